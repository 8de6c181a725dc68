//! What a walk has met.

use std::{
    hash::{BuildHasher, RandomState},
    path::{Path, PathBuf},
};

use crate::{finding::NotReadKind, source::words::display_path};

/// The result of a walk.
pub(super) struct Walked {
    hasher: RandomState,
    /// How many files were seen, readable or not.
    pub(super) met: u64,
    /// Hashes of their paths, to find tracked files that were not seen.
    pub(super) seen: Vec<u64>,
    /// What was left out, unless git tracks it.
    pub(super) left_out: Vec<(PathBuf, NotReadKind)>,
    /// Directories that contain a repository of their own.
    pub(super) repositories: Vec<PathBuf>,
}

impl Walked {
    /// Nothing yet. All parts of one walk have the same hasher.
    pub(super) fn new(hasher: RandomState) -> Self {
        Self { hasher, met: 0, seen: Vec::new(), left_out: Vec::new(), repositories: Vec::new() }
    }

    pub(super) fn hash(&self, path: &Path) -> u64 {
        self.hasher.hash_one(display_path(path))
    }

    /// Moves what another part has met to this one.
    pub(super) fn take(&mut self, other: &mut Self) {
        self.met += other.met;
        self.seen.append(&mut other.seen);
        self.left_out.append(&mut other.left_out);
        self.repositories.append(&mut other.repositories);
    }
}
