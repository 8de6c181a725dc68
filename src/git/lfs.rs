//! Where Git LFS keeps what its pointers stand for.

use std::path::{Path, PathBuf};

use crate::regular_file;

/// The directory that Git LFS keeps its files in. The configuration may move it.
#[must_use]
pub(crate) fn lfs_storage(directory: &Path) -> PathBuf {
    let config = directory.join("config");
    let moved = regular_file::check(&config)
        .ok()
        .and_then(|()| git2::Config::open(&config).ok())
        .and_then(|config| config.get_path("lfs.storage").ok());
    directory.join(moved.unwrap_or_else(|| PathBuf::from("lfs")))
}
