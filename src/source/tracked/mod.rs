//! What git tracks. An ignored file in the index gets committed, so it must be read.

mod exclude;

use std::path::{Path, PathBuf};

use crate::{
    git::{self, index::Index, tree::Mode},
    path::from_git,
    root::Root,
    threads::Pool,
};

pub(super) use exclude::remaining;

/// An entry of the index.
pub(super) struct Tracked {
    /// Its path, below the requested directory and with the same prefix.
    pub(super) path: PathBuf,
    /// It is the commit of a submodule, not a file.
    pub(super) is_submodule: bool,
}

/// Everything that the repository around `directory` tracks below it; empty if there is no repository.
///
/// # Errors
/// When there is a repository whose index cannot be read.
pub(super) fn below(directory: &Path, pool: &Pool) -> Result<Vec<Tracked>, String> {
    let Ok(whole_directory) = directory.canonicalize() else { return Ok(Vec::new()) };
    if matches!(Root::of(&whole_directory), Root::None | Root::Bare(_)) {
        return Ok(Vec::new());
    }
    let repository = match git::discover(directory) {
        Ok(repository) => repository,
        Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.message().to_owned()),
    };
    let Some(root) = repository.workdir() else { return Ok(Vec::new()) };
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let Ok(prefix) = whole_directory.strip_prefix(&root) else { return Ok(Vec::new()) };
    let index = Index::of(&repository, pool)?;
    // A directory entry in the index is one outside of a sparse checkout.
    let entries = index.entries().iter().filter(|entry| entry.mode != Mode::Directory);
    let tracked = entries.filter_map(|entry| {
        let path = from_git(index.name(entry)).strip_prefix(prefix).ok()?.to_owned();
        Some(Tracked { path: directory.join(path), is_submodule: entry.mode == Mode::Submodule })
    });
    Ok(tracked.collect())
}
