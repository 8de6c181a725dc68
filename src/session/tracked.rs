//! Whether a file is part of a repository.

use std::path::Path;

use anyhow::Result;
use git2::Repository;

use crate::{git::index::Index, path::shown, threads::Pool};

/// Whether git tracks a file in the work tree with this root. Both paths are absolute and without links.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn is_tracked(repository: &Repository, root: &Path, file: &Path) -> Result<bool> {
    let Ok(inner) = file.strip_prefix(root) else { return Ok(false) };
    let index = Index::of(repository, &Pool::default()).map_err(anyhow::Error::msg)?;
    let inner = shown(inner);
    Ok(index.entries().iter().any(|entry| index.name(entry) == &*inner))
}
