//! The directory of a plan. Its files hold keys, so it lies where no repository takes them, and only its owner can read it.

use std::{
    fs,
    io::Write,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use git2::Repository;

use crate::{
    git,
    path::{WholePath, shown_text},
};

/// A directory that may hold a plan.
#[derive(Debug)]
pub(crate) struct PlanDirectory {
    /// Absolute and without links.
    path: PathBuf,
}

impl PlanDirectory {
    /// Checks that a plan for this repository may be written there. Writes nothing.
    ///
    /// # Errors
    /// When it is in a repository, is no directory, or is not empty.
    pub(crate) fn check(named: &Path, repository: &Repository) -> Result<Self> {
        let shown = shown_text(named);
        ensure!(
            !repository.is_shallow(),
            "--plan {shown}: this is a shallow clone, whose history ends too early to be rewritten; run `git fetch \
             --unshallow` first, or plan in a full clone"
        );
        let format = repository.config().and_then(|config| config.get_string("extensions.objectformat"));
        ensure!(
            format.map_or(true, |format| format == "sha1"),
            "--plan {shown}: the repository names its objects by SHA-256, which git-filter-repo cannot rewrite"
        );
        let path = without_links(named).with_context(|| format!("--plan {shown}"))?;
        if let Some(holder) = repository_around(&path, repository) {
            let place = suggestion(repository);
            bail!(
                "--plan {shown}: is in the repository {}, and a plan holds keys that must not be committed or published \
                 with it; write it outside, such as to {}",
                shown_text(&holder),
                shown_text(&place)
            );
        }
        match fs::read_dir(&path) {
            Ok(mut entries) => ensure!(
                entries.next().is_none(),
                "--plan {shown}: is not empty; name a directory that does not exist yet, or delete it if it holds an \
                 older plan"
            ),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("--plan {shown}: cannot be used")),
        }
        Ok(Self { path })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Creates it, for its owner alone.
    ///
    /// # Errors
    /// When that is not possible.
    pub(super) fn create(&self) -> Result<()> {
        let shown = shown_text(&self.path);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.path).with_context(|| format!("the directory {shown} cannot be created"))?;
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            // An empty directory that existed may have been open to others.
            fs::set_permissions(&self.path, mode)
                .with_context(|| format!("{shown} cannot be closed to other users"))?;
        }
        // Somebody may have put a link there meanwhile.
        let is_same = self.path.whole().is_ok_and(|path| path == self.path);
        ensure!(is_same, "the directory {shown} has been replaced while skanner ran");
        Ok(())
    }

    /// Writes one file, which must not exist, for its owner alone.
    ///
    /// # Errors
    /// When it exists or cannot be written.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.path.join(name);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let write = || options.open(&path)?.write_all(content);
        write().with_context(|| format!("{} cannot be written", shown_text(&path)))
    }
}

/// The path without links and `..`. Its last parts need not exist.
fn without_links(named: &Path) -> Result<PathBuf> {
    let absolute = std::path::absolute(named).context("the current directory no longer exists")?;
    let mut path = PathBuf::new();
    for part in absolute.components() {
        if part == Component::ParentDir {
            path.pop();
            continue;
        }
        path.push(part);
        if path.symlink_metadata().is_ok() {
            path = path.whole().with_context(|| format!("{} leads nowhere", shown_text(&path)))?;
        }
    }
    Ok(path)
}

/// The repository that a path is in, or would be in.
fn repository_around(path: &Path, repository: &Repository) -> Option<PathBuf> {
    let own = [repository.workdir(), Some(repository.path()), Some(repository.commondir())];
    for root in own.into_iter().flatten() {
        let root = root.whole().unwrap_or_else(|_| root.to_owned());
        if path.starts_with(&root) {
            return Some(root);
        }
    }
    let existing = path.ancestors().find(|path| path.symlink_metadata().is_ok())?;
    for directory in existing.ancestors() {
        // It need not be one that opens.
        if directory.join(".git").symlink_metadata().is_ok() {
            return Some(directory.to_owned());
        }
    }
    git::discover(existing).ok().map(|found| found.workdir().unwrap_or_else(|| found.path()).to_owned())
}

/// A directory outside of every repository.
fn suggestion(repository: &Repository) -> PathBuf {
    let root = repository.workdir().unwrap_or_else(|| repository.path());
    let root = root.whole().unwrap_or_else(|_| root.to_owned());
    let name =
        root.file_name().map_or_else(|| "repository".into(), |name| name.to_string_lossy().into_owned());
    let name = format!("{name}-cleanup");
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let mut places = root.parent().map(Path::to_owned).into_iter().chain(home).map(|place| place.join(&name));
    let is_outside = |place: &PathBuf| repository_around(place, repository).is_none();
    places.find(is_outside).unwrap_or_else(|| std::env::temp_dir().join(name))
}
