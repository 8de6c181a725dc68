//! Which work tree something is in.

use std::path::{Path, PathBuf};

use crate::{path::WholePath, root::Root};

/// The root of the work tree that `directory` is in.
#[must_use]
pub(crate) fn work_tree(directory: &Path) -> Option<PathBuf> {
    let directory = directory.whole().ok()?;
    match Root::of(&directory) {
        Root::Tree(root) => Some(root.to_owned()),
        Root::None | Root::Bare(_) => None,
        Root::Broken(..) => around(&directory),
    }
}

/// What libgit2 finds where a repository is broken, since it looks on above it.
#[cfg(feature = "git")]
fn around(directory: &Path) -> Option<PathBuf> {
    crate::git::discover(directory).ok()?.workdir().map(Path::to_owned)
}

/// Without libgit2, a directory whose repository is broken is taken to be in none.
#[cfg(not(feature = "git"))]
fn around(_: &Path) -> Option<PathBuf> {
    None
}
