//! The central directory at the end of a zip archive.

use std::io;

use memchr::memmem;

use super::{
    entry::ZipEntry,
    whole::{SeekableArchive, contradiction, u16_at, u32_at, u64_at},
};
use crate::blob::ReadAt;

/// The length of the end record, without its comment.
const END: usize = 22;

/// How much of the directory is read at once, in bytes. No entry is longer.
const CHUNK: usize = 256 << 10;

/// The result of searching for the directory.
pub(super) enum DirectorySearch<'a> {
    /// It was found.
    Here(Directory<'a>),
    /// It is not where it should be.
    Nowhere,
}

/// A directory, read from its start.
pub(super) struct Directory<'a> {
    whole: &'a SeekableArchive<'a>,
    /// What must be added to its offsets, because other data precedes the archive.
    base: u64,
    /// Where the directory starts.
    pub(super) start: u64,
    /// Where the end record after it ends.
    pub(super) end: u64,
    /// Where the first entry starts, as far as has been read.
    pub(super) first_entry: u64,
    /// The archive is split into several files.
    pub(super) is_split: bool,
    /// The archive's comment.
    pub(super) comment: Vec<u8>,
    /// The comment of the last entry read.
    pub(super) entry_comment: Vec<u8>,
    /// How many entries are left, and where the next one is.
    left: u64,
    at: u64,
    stop: u64,
    buffer: Vec<u8>,
    buffer_at: u64,
}

impl<'a> Directory<'a> {
    /// Searches for the directory from the end of the archive.
    ///
    /// # Errors
    /// When it cannot be read or contradicts itself.
    pub(super) fn find(whole: &'a SeekableArchive<'a>) -> io::Result<DirectorySearch<'a>> {
        let size = whole.size();
        let tail_at = size.saturating_sub((END + usize::from(u16::MAX)) as u64);
        let tail = whole.bytes(tail_at, size - tail_at)?;
        // Take the last one that fits, since other data may follow.
        let Some(at) = memmem::rfind_iter(&tail, b"PK\x05\x06").find(|at| {
            tail.get(*at..at + END).is_some_and(|end| tail.len() - at - END >= usize::from(u16_at(end, 20)))
        }) else {
            return Ok(DirectorySearch::Nowhere);
        };
        let end = &tail[at..];
        let comment = end[END..END + usize::from(u16_at(end, 20))].to_vec();
        let end_at = tail_at + at as u64;
        let mut is_split = u16_at(end, 4) != 0 && u16_at(end, 4) != u16::MAX;
        let (mut count, mut length, mut offset) =
            (u64::from(u16_at(end, 10)), u64::from(u32_at(end, 12)), u64::from(u32_at(end, 16)));
        let mut directory_end = end_at;
        if let Some(large) = zip64(whole, end_at)? {
            is_split = u32_at(&large.record, 16) != 0;
            (count, length, offset) =
                (u64_at(&large.record, 32), u64_at(&large.record, 40), u64_at(&large.record, 48));
            directory_end = large.at;
        }
        let start = directory_end.checked_sub(length).ok_or_else(contradiction)?;
        let base = start.checked_sub(offset).ok_or_else(contradiction)?;
        Ok(DirectorySearch::Here(Self {
            whole,
            base,
            start,
            end: end_at + (END + comment.len()) as u64,
            first_entry: start,
            is_split,
            comment,
            entry_comment: Vec::new(),
            left: count,
            at: start,
            stop: directory_end,
            buffer: Vec::new(),
            buffer_at: start,
        }))
    }

    /// Reads the next entry. Its name goes into `name`.
    ///
    /// # Errors
    /// When the directory cannot be read or contradicts itself.
    pub(super) fn next(&mut self, name: &mut Vec<u8>) -> io::Result<Option<ZipEntry>> {
        if self.at >= self.stop {
            // Small archives count their entries modulo 65536.
            return if self.left & 0xffff == 0 { Ok(None) } else { Err(contradiction()) };
        }
        let header = self.bytes(46)?;
        if !header.starts_with(b"PK\x01\x02") {
            return Err(contradiction());
        }
        let [name_size, extra_size, comment_size] = [28, 30, 32].map(|at| usize::from(u16_at(header, at)));
        let mut entry = ZipEntry {
            flags: u16_at(header, 8),
            method: u16_at(header, 10),
            crc: Some(u32_at(header, 16)),
            packed: u64::from(u32_at(header, 20)),
            size: Some(u64::from(u32_at(header, 24))),
            header: u64::from(u32_at(header, 42)),
            names: 0,
        };
        let whole = self.bytes(46 + name_size + extra_size + comment_size)?;
        let (names, rest) = whole[46..].split_at(name_size);
        let (extra, comment) = rest.split_at(extra_size);
        name.clear();
        name.extend(names);
        entry.enlarge(extra);
        let comment = comment.to_vec();
        let length = whole.len() as u64;
        entry.header = entry.header.checked_add(self.base).ok_or_else(contradiction)?;
        self.entry_comment = comment;
        self.first_entry = self.first_entry.min(entry.header);
        self.at += length;
        self.left = self.left.wrapping_sub(1);
        Ok(Some(entry))
    }

    /// The next bytes of the directory.
    fn bytes(&mut self, count: usize) -> io::Result<&[u8]> {
        let mut from = usize::try_from(self.at - self.buffer_at).unwrap_or(usize::MAX);
        if from.saturating_add(count) > self.buffer.len() {
            let length = (self.stop - self.at).min(CHUNK as u64);
            self.buffer = self.whole.bytes(self.at, length)?;
            self.buffer_at = self.at;
            from = 0;
        }
        self.buffer.get(from..from + count).ok_or_else(contradiction)
    }
}

/// The end record of large archives.
struct Zip64Record {
    at: u64,
    record: Vec<u8>,
}

fn zip64(whole: &SeekableArchive<'_>, end: u64) -> io::Result<Option<Zip64Record>> {
    let Some(locator_at) = end.checked_sub(20) else { return Ok(None) };
    let locator = whole.bytes(locator_at, 20)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    // At the stated offset, or right before its locator if other data was put in front of the archive.
    for at in [u64_at(&locator, 8), locator_at.saturating_sub(56)] {
        if at.checked_add(56).is_some_and(|end| end <= locator_at) {
            let record = whole.bytes(at, 56)?;
            if record.starts_with(b"PK\x06\x06") {
                return Ok(Some(Zip64Record { at, record }));
            }
        }
    }
    Err(contradiction())
}
