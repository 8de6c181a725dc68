//! Maps files into memory: the kernel loads the parts that are accessed.

use std::{io, ops::Deref, path::Path};

use memmap2::Mmap;

use super::truncated::Watch;
use crate::regular_file;

/// A file as bytes.
pub(super) struct Mapped {
    /// Dropped before the map itself.
    _watch: Watch,
    map: Mmap,
}

impl Mapped {
    /// # Errors
    /// When the file cannot be opened or mapped. An empty file cannot be mapped.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = regular_file::open(path)?;
        #[expect(unsafe_code, reason = "there is no other way to map a file")]
        // SAFETY: git writes packs and their indexes under another name, and never changes one in place. If someone
        // truncates one while we read it, a signal ends this process, as it would end git itself; see `truncated`.
        let map = unsafe { Mmap::map(&file)? };
        let watch = Watch::new(path, &map);
        Ok(Self { map, _watch: watch })
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}
