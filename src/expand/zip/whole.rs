//! Random access to the bytes of a zip archive.

use std::io::{self, ErrorKind};

use crate::{blob::ReadAt, bytes::fill_by, expand::input::SourceState};

/// An archive with random access.
pub(super) struct SeekableArchive<'a> {
    pub(super) at: &'a dyn ReadAt,
    pub(super) flags: &'a SourceState,
}

impl SeekableArchive<'_> {
    /// Exactly this many bytes starting at `at`.
    ///
    /// # Errors
    /// When there are fewer, or they cannot be read.
    pub(super) fn bytes(&self, at: u64, count: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(count).map_err(|_| contradiction())?];
        match fill_by(&mut bytes, |room, filled| self.read_at(room, at + filled as u64)) {
            (_, Some(error)) => Err(error),
            (filled, None) if filled < bytes.len() => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(bytes),
        }
    }
}

impl ReadAt for SeekableArchive<'_> {
    fn size(&self) -> u64 {
        self.at.size()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.at.read_at(buffer, offset).inspect_err(|_| self.flags.failed.set(true))
    }
}

pub(super) fn contradiction() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "its directory contradicts itself")
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
