//! Which baseline applies to a run, and what its paths are relative to.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{
    baseline::{DEFAULT_NAME, LinkPolicy, ReportRoots},
    config::{SettingSource, Settings},
    path::{WholePath, current_directory, shown_text},
    session::{coverage::ScanScope, redact::Redactor, settings::Session},
    source::work_tree,
};

/// How many ancestors of the current directory are tried to show a file with `../`. Otherwise its path is absolute.
const MOST_UP: usize = 8;

/// The location of a baseline, which may not exist.
#[derive(Clone, Debug)]
pub(crate) struct BaselineLocation {
    /// The file.
    pub(crate) file: PathBuf,
    /// Its name in reports.
    pub(crate) shown: String,
    /// Whether the file may be a link.
    pub(crate) follow: LinkPolicy,
    /// The directory that its paths start from.
    pub(crate) directory: PathBuf,
    /// The root of the repository, or of what is scanned.
    pub(crate) root: PathBuf,
    /// What paths in the report start from.
    pub(crate) bases: ReportRoots,
}

impl BaselineLocation {
    /// Finds the baseline that applies; `None` if there is none. `base` is the directory that paths in the report start
    /// from.
    ///
    /// # Errors
    /// When the current directory no longer exists.
    pub(crate) fn find(scope: &ScanScope, base: &Path, session: &Session) -> Result<Option<Self>> {
        let Session { settings, redactor, .. } = session;
        // On an untrusted range, the baseline is in the tree of its base.
        let is_elsewhere = session.is_elsewhere();
        let is_foreign = matches!(scope, ScanScope::Commits { is_foreign: true, .. });
        let named = settings.baseline.value.as_deref();
        let is_untrusted = session.options.untrusted && !is_elsewhere;
        if named.is_none() && (settings.isolated.value || is_foreign || is_untrusted) {
            return Ok(None);
        }
        let here = current_directory().context("the current directory no longer exists")?;
        let start = match scope {
            ScanScope::Files(named) => directory_of(named.iter().find(|path| path.as_os_str() != "-"), &here),
            ScanScope::History { at, .. } => directory_of(Some(at), &here),
            ScanScope::Index | ScanScope::Commits { .. } => base.to_owned(),
        };
        // Opening a repository costs more than checking for the file.
        if named.is_none()
            && !is_elsewhere
            && !start.ancestors().any(|directory| is_there(&directory.join(DEFAULT_NAME)))
        {
            return Ok(None);
        }
        let root = match scope {
            ScanScope::Index | ScanScope::Commits { .. } => base.to_owned(),
            _ => root_of(&start),
        };
        let location = Self::default(root, &here);
        refuse_links(settings, redactor)?;
        Ok(Some(match named {
            Some(named) => location.named(named, &settings.baseline.from, &here),
            None => location,
        }))
    }

    /// The default file of a directory, whether it exists or not.
    pub(crate) fn default(root: PathBuf, here: &Path) -> Self {
        let file = root.join(DEFAULT_NAME);
        let shown = display_path(&file, here);
        let bases = ReportRoots { files: here.to_owned(), tree: root.clone() };
        Self { file, shown, follow: LinkPolicy::No, directory: root.clone(), root, bases }
    }

    /// A different file, named by the user or the configuration.
    pub(crate) fn named(self, named: &Path, by: &SettingSource, here: &Path) -> Self {
        let file = here.join(named);
        let parent = file.parent().unwrap_or(&file);
        let directory = parent.whole().unwrap_or_else(|_| parent.to_owned());
        let file = directory.join(file.file_name().unwrap_or_default());
        // Paths relative to a directory outside the root, such as a CI directory, would differ between machines.
        let directory = if directory.starts_with(&self.root) { directory } else { self.root.clone() };
        let shown = if named.is_absolute() { display_path(&file, here) } else { shown_text(named) };
        // The configuration may have come with the tree.
        let follow = if by.is_requested() { LinkPolicy::Yes } else { LinkPolicy::No };
        Self { file, shown, follow, directory, ..self }
    }
}

/// Refuses a baseline in a linked directory: the link may have come with the tree and lead anywhere. A link in place of
/// the file itself is refused when it is opened.
///
/// # Errors
/// When the configuration names a file behind such a link.
pub(crate) fn refuse_links(settings: &Settings, redactor: &Redactor) -> Result<()> {
    let policy = settings.policy.as_ref().map(|policy| &policy.config);
    let (place, config) = match &settings.baseline.from {
        SettingSource::File(place) => (place, settings.config.as_ref()),
        SettingSource::Policy(place) => (place, policy),
        _ => return Ok(()),
    };
    let (Some(file), Some(config)) = (&settings.baseline.value, config) else { return Ok(()) };
    let below = file.strip_prefix(&config.base).unwrap_or(file);
    let directories: Vec<&Path> = below.ancestors().skip(1).collect();
    for directory in directories.into_iter().rev().filter(|directory| !directory.as_os_str().is_empty()) {
        if config.base.join(directory).is_symlink() {
            let names = [below, directory].map(shown_text);
            let [below, directory] = names.map(|name| redactor.line(&name));
            bail!(
                "{place}: the baseline {below} is below {directory}, a symbolic link, which is not followed; name the \
                 file itself with --baseline"
            );
        }
    }
    Ok(())
}

/// The named directory, or the directory of the named file.
fn directory_of(path: Option<&PathBuf>, here: &Path) -> PathBuf {
    let path = here.join(path.map_or(Path::new("."), |path| path));
    let directory = if path.is_dir() { &path } else { path.parent().unwrap_or(&path) };
    directory.whole().unwrap_or_else(|_| directory.to_owned())
}

/// The root of the repository that a directory is in, or the directory itself.
pub(crate) fn root_of(directory: &Path) -> PathBuf {
    let root = work_tree(directory).and_then(|root| root.whole().ok());
    root.unwrap_or_else(|| directory.to_owned())
}

/// Whether there is no such file; a folder of its name is none.
pub(super) fn is_off_disk(file: &Path) -> bool {
    match file.symlink_metadata() {
        Ok(metadata) => metadata.is_dir(),
        Err(error) => matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory),
    }
}

fn is_there(file: &Path) -> bool {
    file.symlink_metadata().is_ok()
}

/// A path as the user would write it from here.
fn display_path(file: &Path, here: &Path) -> String {
    let up = here.ancestors().take(MOST_UP).enumerate();
    let mut from_here = up.filter_map(|(up, directory)| {
        Some("../".repeat(up) + &shown_text(file.strip_prefix(directory).ok()?))
    });
    from_here.next().unwrap_or_else(|| shown_text(file))
}
