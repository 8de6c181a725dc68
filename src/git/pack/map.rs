//! Files in memory without being read: the kernel brings in what is looked at.

use std::{io, ops::Deref, path::Path};

use memmap2::Mmap;

use crate::regular_file;

/// A file as bytes.
pub(super) struct Mapped(Mmap);

impl Mapped {
    /// # Errors
    /// When the file cannot be opened or mapped; an empty one cannot.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = regular_file::open(path)?;
        #[expect(unsafe_code, reason = "there is no other way to map a file")]
        // SAFETY: git writes packs and their indexes under another name, and never changes one that is in place. Who
        // cuts one short while we read it ends this process with a signal, as it would end git itself.
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self(map))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
