//! What git tracks. An ignored file in the index gets committed, so it must be read.

mod exclude;

use std::path::{Path, PathBuf};

use crate::{
    git::{self, index::Index, tree::Mode},
    path::{WholePath, from_git},
    root::Root,
    threads::Pool,
};

#[cfg(feature = "cli")]
pub(crate) use exclude::is_ignored;
pub(super) use exclude::remaining;

/// An entry of the index.
pub(super) struct Tracked {
    /// Its path, below the requested directory and with the same prefix.
    pub(super) path: PathBuf,
    /// It is the commit of a submodule, not a file.
    pub(super) is_submodule: bool,
}

/// The repository around a directory.
pub(super) struct Tracking {
    /// The root of its work tree, without links.
    pub(super) root: PathBuf,
    repository: git2::Repository,
    /// The directory that was asked about, and its path from the root.
    directory: PathBuf,
    prefix: PathBuf,
}

impl Tracking {
    /// The repository around `directory`; `None` if it is in no work tree, or in one whose repository cannot be opened.
    ///
    /// # Errors
    /// When there is a repository and libgit2 refuses it.
    pub(super) fn around(directory: &Path) -> Result<Option<Self>, String> {
        let Ok(whole_directory) = directory.whole() else { return Ok(None) };
        if !matches!(Root::of(&whole_directory), Root::Tree(_)) {
            return Ok(None);
        }
        let repository = match git::discover(directory) {
            Ok(repository) => repository,
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error.message().to_owned()),
        };
        let Some(root) = repository.workdir() else { return Ok(None) };
        let root = root.whole().unwrap_or_else(|_| root.to_owned());
        let Ok(prefix) = whole_directory.strip_prefix(&root).map(Path::to_owned) else { return Ok(None) };
        Ok(Some(Self { root, repository, directory: directory.to_owned(), prefix }))
    }

    /// Whether the objects and refs are in this directory, as those of submodules are in that of the outer repository.
    pub(super) fn is_kept_in(&self, directory: &Path) -> bool {
        self.repository.commondir().whole().is_ok_and(|own| own.starts_with(directory))
    }

    /// Whether it has any commits, or other objects that a reference names.
    pub(super) fn has_history(&self) -> bool {
        self.repository.head().is_ok()
            || self.repository.references().is_ok_and(|mut references| references.next().is_some())
    }

    /// Everything that it tracks below the directory.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(super) fn entries(&self, pool: &Pool) -> Result<Vec<Tracked>, String> {
        let index = Index::of(&self.repository, pool)?;
        // A directory entry in the index is one outside of a sparse checkout.
        let entries = index.entries().iter().filter(|entry| entry.mode != Mode::Directory);
        let tracked = entries.filter_map(|entry| {
            let path = from_git(index.name(entry));
            let path = path.strip_prefix(&self.prefix).ok()?;
            Some(Tracked { path: self.directory.join(path), is_submodule: entry.mode == Mode::Submodule })
        });
        Ok(tracked.collect())
    }
}
