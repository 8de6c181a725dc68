//! How far a run has come, for whoever shows it.

use std::sync::atomic::AtomicU64;

/// What has been read so far.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) files: AtomicU64,
    /// Objects of a repository.
    pub(super) objects: AtomicU64,
    /// The objects of the repositories that have been opened so far, read or not.
    pub(super) all_objects: AtomicU64,
    pub(super) bytes: AtomicU64,
}
