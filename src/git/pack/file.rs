//! A pack file and its index file.

use std::path::{Path, PathBuf};

use super::{index::PackIndex, map::Mapped};

/// The length of a pack's header: `PACK`, the version, and the number of objects.
pub(super) const HEADER: usize = 12;

/// A pack and its index.
pub(super) struct PackFile {
    path: PathBuf,
    pub(super) data: Mapped,
    pub(super) index: PackIndex,
    /// Length of a name, in bytes.
    pub(super) width: usize,
}

/// Why a pack cannot be read.
pub struct PackDamage {
    /// The file.
    pub path: PathBuf,
    /// The reason.
    pub why: String,
}

impl PackFile {
    /// Opens a pack by the path of its index.
    pub(super) fn open(index_path: &Path, width: usize) -> Result<Self, PackDamage> {
        let path = index_path.with_extension("pack");
        let damage = |path: &Path, why: String| PackDamage { path: path.to_owned(), why };
        let map = Mapped::open(index_path).map_err(|error| damage(index_path, error.to_string()))?;
        let index =
            PackIndex::new(map, width).map_err(|why| damage(index_path, format!("is damaged: it {why}")))?;
        let data = Mapped::open(&path).map_err(|error| damage(&path, error.to_string()))?;
        Ok(Self { path, data, index, width })
    }

    /// Checks the start and end of the pack: that it is complete, and that the index was made for it.
    pub(super) fn check(&self) -> Result<(), PackDamage> {
        let Self { data, index, width, .. } = self;
        let word = |at: usize| {
            data.get(at..at + 4).map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap_or_default()))
        };
        let why = if !data.starts_with(b"PACK") || !matches!(word(4), Some(2 | 3)) {
            "is not a pack of a known version"
        } else if !data.ends_with(index.of_pack()) || data.len() < HEADER + width {
            "is truncated or damaged, or its index belongs to another pack: their checksums differ"
        } else if word(8) != Some(index.len() as u32) {
            "contains a different number of objects than its index"
        } else {
            return Ok(());
        };
        Err(self.damage(why))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Says what is wrong with the pack.
    pub(super) fn damage(&self, why: &str) -> PackDamage {
        PackDamage { path: self.path.clone(), why: why.to_owned() }
    }

    /// Where the entries end and the checksum begins.
    pub(super) fn end(&self) -> usize {
        self.data.len().saturating_sub(self.width)
    }
}
