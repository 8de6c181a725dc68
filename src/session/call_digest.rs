//! Tells calls apart whose results must not be mixed.

use std::{
    fmt::Debug,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use sha2::{Digest, Sha256};

use crate::{bytes::hex, cold::ColdSort};

/// A digest of everything that decides what a call reports.
#[derive(Default)]
pub(crate) struct CallDigest(Sha256);

impl CallDigest {
    /// Adds a value, with what it is.
    pub(crate) fn add(&mut self, what: &str, value: &impl Debug) {
        self.add_bytes(format!("{what}: {value:?}").as_bytes());
    }

    /// Adds bytes.
    pub(crate) fn add_bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    /// Adds the content of a file, or of all files of a directory.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) fn add_file(&mut self, path: &Path) -> Result<()> {
        if !path.is_dir() {
            self.add_bytes(&fs::read(path)?);
            return Ok(());
        }
        let entries = fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path()));
        let mut paths: Vec<PathBuf> = entries.collect::<Result<_, _>>()?;
        paths.cold_sort();
        for path in paths {
            self.add("file", &path.file_name());
            self.add_file(&path)?;
        }
        Ok(())
    }

    /// The digest as 64 hex digits.
    pub(crate) fn digits(self) -> String {
        hex::digits(&self.0.finalize())
    }
}
