//! What is there now, for a library without git: it reads nothing but files, so the past is in nothing that it reads.

use std::path::Path;

use super::location::is_off_disk;
use crate::{
    baseline::{BaselinePaths, FilePath},
    finding::Occurrence,
    session::coverage::ScanScope,
};

/// Answers what is on disk.
pub(super) struct DiskState<'a> {
    places: &'a BaselinePaths,
}

impl<'a> DiskState<'a> {
    pub(super) fn new(_: &ScanScope, places: &'a BaselinePaths, _: &Path) -> Self {
        Self { places }
    }

    /// Whether a file of the baseline is not there any more.
    pub(super) fn is_gone(&self, path: &FilePath) -> bool {
        let files = self.places.files(path);
        !files.is_empty() && files.iter().all(|file| is_off_disk(file))
    }

    /// Whether something is in the history, and not as what is there now.
    pub(super) fn is_past(&self, _: &Occurrence) -> bool {
        false
    }
}
