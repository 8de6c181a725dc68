//! Inflates entries, and runs every cheap check on them.

use super::{
    deflate::{Decompressor, DeflateError},
    delta,
    header::EntryHeader,
    one::Pack,
};

/// Deflate produces at most this many bytes from one.
const MOST_INFLATION: u64 = 1032;

/// Inflates entries.
pub(super) struct Inflater {
    decompressor: Decompressor,
    /// Whether to verify the checksum of the index.
    is_checked: bool,
}

impl Inflater {
    pub(super) fn new() -> Self {
        Self { decompressor: Decompressor::new(), is_checked: true }
    }

    /// For callers that hash the output, which proves more than the checksum of the index.
    pub(super) fn unchecked() -> Self {
        Self { is_checked: false, ..Self::new() }
    }

    /// Inflates the data after the header of an entry, and runs every cheap check: the CRC-32 of the entry in the
    /// index, the size in the header, and zlib's Adler-32 of the content.
    pub(super) fn inflate(
        &mut self,
        pack: &Pack,
        entry: u32,
        bytes: &mut Vec<u8>,
    ) -> Result<EntryHeader, &'static str> {
        let packed = pack.file.data.get(pack.forest.range(entry)).ok_or("is listed outside of its pack")?;
        let checksum = pack.file.index.checksum(pack.forest.position(entry));
        if self.is_checked && checksum.is_some_and(|checksum| crc32fast::hash(packed) != checksum) {
            return Err("is damaged: its checksum does not match");
        }
        let header = EntryHeader::parse(packed, pack.file.width).ok_or("has a header that cannot be read")?;
        let packed = &packed[header.length..];
        if header.size / MOST_INFLATION > packed.len() as u64 {
            return Err("is damaged: it is said to be larger than it can be");
        }
        if header.size > delta::LARGEST {
            return Err("is larger than 2 GiB, too large to be read into memory");
        }
        let size = usize::try_from(header.size).unwrap_or(usize::MAX);
        if size > bytes.capacity() && bytes.try_reserve_exact(size - bytes.len()).is_err() {
            return Err("is too large for the available memory");
        }
        bytes.resize(size, 0);
        match self.decompressor.inflate(packed, bytes) {
            Ok((taken, made)) if made == size => {
                if taken != packed.len() {
                    pack.note_gap(packed.len() - taken);
                }
                Ok(header)
            }
            Ok(_) | Err(DeflateError::TooLong) => Err("is damaged: it is not as large as it says"),
            Err(DeflateError::BadData) => Err("is damaged: it cannot be inflated"),
        }
    }
}
