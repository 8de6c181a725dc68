//! What becomes of the histories of the repositories that a walk meets.

use std::path::PathBuf;

/// Which histories a walk leaves out.
#[derive(Clone, Debug)]
pub(crate) enum LeftHistory {
    /// None: something else reads them, or nobody asks.
    None,
    /// Those of all repositories.
    All,
    /// Those of all repositories that do not lie in this directory of a repository, which is absolute and free of links.
    Outside(PathBuf),
}
