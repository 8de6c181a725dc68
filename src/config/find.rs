//! Finds the configuration: in the scanned directory or in one above it, up to the root of the repository.
//!
//! Files above a repository never count: they may be anyone's. Outside of a repository, nothing marks the end of a
//! project, so only the user's own files and directories count, if they are not world-writable, and the search stops
//! below the user's home. A file that someone put into `/tmp`, or forgot at home, must not decide what is found.

use std::{
    fs::{self, File, Metadata},
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use toml::de::DeTable;

use crate::{
    bytes::line_of,
    hidden::escape_control,
    path::{WholePath, resolved, shown_text},
    root::Root,
};

/// Files that contain only configuration.
pub(crate) const NAMES: [&str; 2] = ["skanner.toml", ".skanner.toml"];

/// Files of other tools that may contain a table for skanner.
const SHARED: [(&str, ConfigKind); 2] =
    [("pyproject.toml", ConfigKind::PyProject), ("Cargo.toml", ConfigKind::Cargo)];

/// A larger file is a mistake, or bait. Ten thousand entries take about a megabyte.
const LARGEST: u64 = 16 << 20;

/// The kind of file that holds the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigKind {
    /// The whole file.
    Own,
    /// The whole file, which is the policy of an organization.
    Policy,
    /// `[tool.skanner]` of a `pyproject.toml`.
    PyProject,
    /// `[package.metadata.skanner]` or `[workspace.metadata.skanner]` of a `Cargo.toml`.
    Cargo,
}

impl ConfigKind {
    /// The tables that may hold it, each as a path of keys.
    #[must_use]
    pub fn tables(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Own | Self::Policy => &[],
            Self::PyProject => &[&["tool", "skanner"]],
            Self::Cargo => &[&["package", "metadata", "skanner"], &["workspace", "metadata", "skanner"]],
        }
    }

    /// The tables, as shown to people.
    fn described(self) -> String {
        let tables = self.tables().iter().map(|table| format!("[{}]", table.join(".")));
        tables.collect::<Vec<_>>().join(" or ")
    }
}

/// A file that holds a configuration, not yet parsed.
#[derive(Clone, Debug)]
pub struct ConfigDocument {
    /// The file, absolute.
    pub file: PathBuf,
    /// The directory that its globs start from, absolute.
    pub base: PathBuf,
    /// Which part of the file holds the configuration.
    pub kind: ConfigKind,
    /// The text of the file.
    pub text: String,
}

/// Finds the configuration for `start`, a file or a directory. The nearest directory that has one decides.
///
/// # Errors
/// When a directory has two of them, or one that cannot be read.
pub(crate) fn find(start: &Path) -> Result<Option<ConfigDocument>> {
    // A missing path is reported when it is read.
    let Ok(start) = start.whole() else { return Ok(None) };
    let Some(mut directory) = (if start.is_dir() { Some(&*start) } else { start.parent() }) else {
        return Ok(None);
    };
    let root = repository_root(directory);
    if root.is_none() && (is_for_all(directory, false) || !is_users(directory)) {
        return Ok(None);
    }
    loop {
        if let Some(document) = in_directory(directory)? {
            // Within a repository, file ownership says little: someone else may have checked it out.
            return Ok(Some(document).filter(|document| root.is_some() || is_users(&document.file)));
        }
        let Some(parent) = directory.parent() else { return Ok(None) };
        let goes_on = match root {
            Some(root) => root != directory,
            None => belongs_together(directory, parent),
        };
        if !goes_on {
            return Ok(None);
        }
        directory = parent;
    }
}

/// What a file of this name may hold.
#[cfg(feature = "cli")]
#[must_use]
pub(crate) fn kind_of_name(name: &str) -> Option<ConfigKind> {
    let own = NAMES.contains(&name).then_some(ConfigKind::Own);
    own.or_else(|| SHARED.iter().find(|(shared, _)| name == *shared).map(|(_, kind)| *kind))
}

/// The files of a directory that may hold a configuration, whether they exist or not.
#[cfg(feature = "cli")]
pub(crate) fn candidates(directory: &Path) -> impl Iterator<Item = PathBuf> {
    NAMES.into_iter().chain(SHARED.map(|(name, _)| name)).map(|name| directory.join(name))
}

/// The configuration named by the user. `base` is the directory that its globs start from.
///
/// # Errors
/// When it cannot be read, or holds no configuration.
pub(crate) fn named(file: &Path, base: &Path) -> Result<ConfigDocument> {
    let metadata =
        fs::metadata(file).with_context(|| format!("the configuration {} cannot be read", show(file)))?;
    ensure!(metadata.is_file(), "the configuration {} is not a regular file", show(file));
    let name = file.file_name().unwrap_or_default();
    let kind = SHARED.iter().find(|(shared, _)| name == *shared).map_or(ConfigKind::Own, |(_, kind)| *kind);
    let text = read(file)?;
    ensure!(
        kind == ConfigKind::Own || has_table(&text, kind),
        "{} has no table {}",
        show(file),
        kind.described()
    );
    let file = std::path::absolute(file).context("the current directory no longer exists")?;
    Ok(ConfigDocument { file, base: base.to_owned(), kind, text })
}

/// The policy named by the user. `base` is the directory that its globs start from.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn policy_document(file: &Path, base: &Path) -> Result<ConfigDocument> {
    let unreadable =
        || format!("the policy {} cannot be read, and nothing is scanned without it", show(file));
    let metadata = fs::metadata(file).with_context(unreadable)?;
    ensure!(metadata.is_file(), "the policy {} is not a regular file", show(file));
    let text = read_or(file, unreadable)?;
    let file = std::path::absolute(file).context("the current directory no longer exists")?;
    Ok(ConfigDocument { file: resolved(&file), base: base.to_owned(), kind: ConfigKind::Policy, text })
}

/// The configuration in a directory whose files are somewhere else, such as in a tree of git. `read` returns the text of
/// a file, or `None` if there is none.
///
/// # Errors
/// When there are two.
#[cfg(feature = "git")]
pub(crate) fn of_texts(
    directory: &Path,
    read: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<ConfigDocument>> {
    let kinds = NAMES.iter().map(|name| (*name, ConfigKind::Own)).chain(SHARED);
    let mut found = Vec::new();
    for (name, kind) in kinds {
        if let Some(text) = read(name).filter(|text| kind == ConfigKind::Own || has_table(text, kind)) {
            found.push(ConfigDocument { file: directory.join(name), base: directory.to_owned(), kind, text });
        }
    }
    only(found)
}

/// The root of the repository that contains a file or directory. The path must be absolute.
#[must_use]
pub(crate) fn root(path: &Path) -> Option<&Path> {
    repository_root(if path.is_dir() { path } else { path.parent()? })
}

/// The root of the repository that contains the directory. A `.git` in a world-writable directory does not count.
fn repository_root(directory: &Path) -> Option<&Path> {
    let root = match Root::of(directory) {
        Root::None => return None,
        // If the intended repository cannot be determined, nothing above it counts.
        Root::Tree(root) | Root::Bare(root) | Root::Broken(root, _) => root,
    };
    let mut inside = directory.ancestors().take_while(|directory| directory.starts_with(root));
    inside.all(|directory| !is_for_all(directory, true)).then_some(root)
}

/// Whether the parent of a directory may configure it outside of a repository.
fn belongs_together(directory: &Path, parent: &Path) -> bool {
    let is_home = std::env::home_dir().and_then(|home| home.whole().ok()).is_some_and(|home| home == parent);
    parent.parent().is_some() && !is_home && !is_for_all(parent, false) && have_one_owner(directory, parent)
}

/// Whether a directory is world-writable. `shared` asks for directories such as `/tmp`, whose files belong to many
/// users.
#[cfg(unix)]
fn is_for_all(directory: &Path, shared: bool) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const WRITABLE_BY_OTHERS: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    fs::metadata(directory).is_ok_and(|metadata| {
        let mode = metadata.permissions().mode();
        mode & WRITABLE_BY_OTHERS != 0 && (!shared || mode & STICKY != 0)
    })
}

#[cfg(unix)]
fn have_one_owner(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = |directory: &Path| fs::metadata(directory).map(|metadata| metadata.uid()).ok();
    owner(a) == owner(b)
}

/// Whether a file or directory belongs to the current user, or to the system.
#[cfg(unix)]
fn is_users(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.uid() == user || metadata.uid() == 0)
}

/// Elsewhere the owner is not asked for. What is in the user's home is taken for the user's, and nothing else is: on
/// Windows, anyone may create directories in the root of a drive, and files in these.
#[cfg(not(unix))]
fn is_users(path: &Path) -> bool {
    std::env::home_dir().is_some_and(|home| is_in_home(path, &home))
}

/// Whether a path, which must be absolute and free of links, is a home or something in it.
#[cfg(any(not(unix), test))]
fn is_in_home(path: &Path, home: &Path) -> bool {
    // The home of a service may be the root of a drive, or not be set.
    home.whole().is_ok_and(|home| home.parent().is_some() && path.starts_with(home))
}

#[cfg(not(unix))]
fn is_for_all(_: &Path, _: bool) -> bool {
    false
}

/// A search that begins in the user's home ends in it.
#[cfg(not(unix))]
fn have_one_owner(a: &Path, b: &Path) -> bool {
    is_users(a) == is_users(b)
}

fn in_directory(directory: &Path) -> Result<Option<ConfigDocument>> {
    let document = |file, kind, text| ConfigDocument { file, base: directory.to_owned(), kind, text };
    let mut found: Vec<ConfigDocument> = Vec::new();
    for name in NAMES {
        let file = directory.join(name);
        if let Some(metadata) = look(&file, |file| fs::symlink_metadata(file))? {
            check_own(&file, &metadata)?;
            let text = read(&file)?;
            found.push(document(file, ConfigKind::Own, text));
        }
    }
    for (name, kind) in SHARED {
        let file = directory.join(name);
        if !look(&file, |file| fs::metadata(file))?.is_some_and(|metadata| metadata.is_file()) {
            continue;
        }
        let text = read(&file)?;
        if has_table(&text, kind) {
            check_own(&file, &fs::symlink_metadata(&file)?)?;
            found.push(document(file, kind, text));
        }
    }
    only(found)
}

/// The only configuration of a directory.
fn only(mut found: Vec<ConfigDocument>) -> Result<Option<ConfigDocument>> {
    if let [one, other, ..] = &found[..] {
        bail!(
            "there are two configurations in one directory, {} and {}: put everything into one of them and delete \
             the other",
            show(&one.file),
            show(&other.file)
        );
    }
    Ok(found.pop())
}

fn look(file: &Path, stat: impl Fn(&Path) -> std::io::Result<Metadata>) -> Result<Option<Metadata>> {
    match stat(file) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error).with_context(|| unreadable(file)),
    }
}

/// A link could make us show lines of any file, since errors quote the configuration.
fn check_own(file: &Path, metadata: &Metadata) -> Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_symlink() {
        "a symbolic link"
    } else if metadata.is_dir() {
        "a directory"
    } else {
        "a pipe or device"
    };
    bail!(
        "the configuration {} is {what}, but must be a regular file; use --config for a file elsewhere, or \
         --isolated for no configuration",
        show(file)
    )
}

/// Whether a text is a path of a configuration, and not an address.
#[must_use]
pub(super) fn is_extendable(text: &str) -> bool {
    text.ends_with(".toml") && !text.contains(':')
}

pub(super) fn read(file: &Path) -> Result<String> {
    read_or(file, || unreadable(file))
}

/// The same, with another message for a file that cannot be read.
fn read_or(file: &Path, unreadable: impl FnOnce() -> String) -> Result<String> {
    let mut bytes = Vec::new();
    let count = File::open(file).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    count.with_context(unreadable)?;
    ensure!(
        bytes.len() as u64 <= LARGEST,
        "{} is larger than {} MiB, the limit for a configuration",
        show(file),
        LARGEST >> 20
    );
    String::from_utf8(bytes).map_err(|error| {
        let line = line_of(error.as_bytes(), error.utf8_error().valid_up_to());
        anyhow::anyhow!("{}:{line}: not valid UTF-8, which TOML requires", show(file))
    })
}

fn unreadable(file: &Path) -> String {
    format!("{} cannot be read, so its settings are unknown; use --isolated to ignore it", show(file))
}

/// Whether another tool's file has a table for skanner. A file that mentions skanner and is not valid TOML counts, so
/// that its errors are shown.
fn has_table(text: &str, kind: ConfigKind) -> bool {
    if memchr::memmem::find(text.as_bytes(), b"skanner").is_none() {
        return false;
    }
    let Ok(root) = DeTable::parse(text) else { return true };
    kind.tables().iter().any(|path| {
        let mut table = Some(root.get_ref());
        let (last, directories) = path.split_last().unwrap_or((&"", &[]));
        for key in directories {
            table = table.and_then(|table| table.get(*key)).and_then(|value| value.get_ref().as_table());
        }
        table.is_some_and(|table| table.contains_key(*last))
    })
}

pub(super) fn show(file: &Path) -> String {
    escape_control(&shown_text(file)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_the_home_is_taken_for_the_users() {
        let dir = tempfile::tempdir().unwrap();
        let whole = dir.path().whole().unwrap();
        let home = whole.join("home");
        fs::create_dir_all(home.join("work")).unwrap();
        for (path, expected) in
            [("home", true), ("home/work", true), ("home/work/a", true), ("", false), ("homes", false)]
        {
            assert_eq!(is_in_home(&whole.join(path), &home), expected, "{path}");
        }
        // The name of the home may lead through `..` or a link.
        assert!(is_in_home(&home.join("work"), &home.join("work/..")));
        assert!(!is_in_home(&whole, &whole.join("missing")));
        let root = whole.ancestors().last().unwrap();
        assert!(!is_in_home(&whole, root));
    }
}
