//! What git tracks: an ignored file that is in the index is committed all the same, so it is read all the same.

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
    /// Its path, below the folder that was asked about and named like it.
    pub(super) path: PathBuf,
    /// It is a submodule's commit, no file.
    pub(super) is_submodule: bool,
}

/// All that the repository round `directory` tracks below it; nothing where there is no repository.
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
    // A folder in the index is one outside of a sparse checkout.
    let entries = index.entries().iter().filter(|entry| entry.mode != Mode::Directory);
    let tracked = entries.filter_map(|entry| {
        let path = from_git(index.name(entry)).strip_prefix(prefix).ok()?.to_owned();
        Some(Tracked { path: directory.join(path), is_submodule: entry.mode == Mode::Submodule })
    });
    Ok(tracked.collect())
}
