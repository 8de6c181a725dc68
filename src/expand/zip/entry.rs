//! One entry of a zip archive.

use std::{
    cell::Cell,
    io::{self, BufRead, ErrorKind, Read},
};

use lzma_rust2::LzmaReader;
use memchr::memmem;

use super::whole::{SeekableArchive, u16_at, u32_at, u64_at};
use crate::{
    blob::ReadAt,
    expand::{
        budget::{Budget, Meter},
        bzip2,
        fault::user_error,
        input::{Input, SourceState},
        job::{ArchivePath, ExpandJob},
        source::RangeReader,
        xz, zstd,
    },
};

/// The start of a local header.
pub(super) const LOCAL: &[u8] = b"PK\x03\x04";

/// The length of a local header, without name and extra field.
const HEADER: u64 = 30;

/// The search for an entry proceeds in steps of this many bytes, which double: most often it is near.
const STEPS: (u64, u64) = (1 << 10, 64 << 10);

/// What is known about an entry.
pub(super) struct ZipEntry {
    pub(super) flags: u16,
    pub(super) method: u16,
    /// The checksum of the content, if known.
    pub(super) crc: Option<u32>,
    /// The size of the compressed data, in bytes.
    pub(super) packed: u64,
    /// The size of the content in bytes, if known.
    pub(super) size: Option<u64>,
    /// The offset of the local header.
    pub(super) header: u64,
    /// The length of the name and the extra field in the local header, if that was read.
    pub(super) names: u64,
}

/// The result of reading an entry.
pub(super) struct EntryResult {
    /// Everything in it could be read.
    pub(super) is_well: bool,
    /// Something in it could be read.
    pub(super) has_output: bool,
}

impl ZipEntry {
    /// Finds the next entry at or after `from`, for archives without a directory. Its name goes into `name`.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub(super) fn next(
        whole: &SeekableArchive<'_>,
        from: u64,
        name: &mut Vec<u8>,
    ) -> io::Result<Option<Self>> {
        let Some(header_at) = next_header(whole, from)? else { return Ok(None) };
        let room = whole.size() - header_at;
        let header = whole.bytes(header_at, HEADER)?;
        let lengths = [26, 28].map(|at| u64::from(u16_at(&header, at)));
        let names = whole.bytes(header_at + HEADER, (lengths[0] + lengths[1]).min(room - HEADER))?;
        let split = names.len().min(usize::from(u16_at(&header, 26)));
        name.clear();
        name.extend(&names[..split]);
        let flags = u16_at(&header, 6);
        let mut entry = Self {
            flags,
            method: u16_at(&header, 8),
            crc: Some(u32_at(&header, 14)),
            packed: u64::from(u32_at(&header, 18)),
            size: Some(u64::from(u32_at(&header, 22))),
            header: header_at,
            names: lengths[0] + lengths[1],
        };
        entry.enlarge(&names[split..]);
        if flags & 8 != 0 {
            // Both follow the data, which ends where the next header begins.
            (entry.crc, entry.size) = (None, None);
            let data = header_at + HEADER + lengths[0] + lengths[1];
            let end = search(whole, data, &[LOCAL, b"PK\x01\x02"])?.unwrap_or(whole.size());
            entry.packed = end.saturating_sub(data);
        }
        Ok(Some(entry))
    }

    /// Takes sizes that need more than 32 bits from the extra field.
    pub(super) fn enlarge(&mut self, mut extra: &[u8]) {
        while extra.len() >= 4 {
            let length = usize::from(u16_at(extra, 2)).min(extra.len() - 4);
            let (field, rest) = extra[4..].split_at(length);
            if u16_at(extra, 0) == 1 {
                let mut numbers = field.chunks_exact(8).map(|number| u64_at(number, 0));
                if self.size == Some(u64::from(u32::MAX)) {
                    self.size = numbers.next().or(self.size);
                }
                if self.packed == u64::from(u32::MAX) {
                    self.packed = numbers.next().unwrap_or(self.packed);
                }
                if self.header == u64::from(u32::MAX) {
                    self.header = numbers.next().unwrap_or(self.header);
                }
            }
            extra = rest;
        }
    }

    /// Passes on its content. Errors in the entry are reported.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub(super) fn pass_on(
        &self,
        job: &mut ExpandJob<'_>,
        place: &ArchivePath<'_>,
        whole: &SeekableArchive<'_>,
        name: &[u8],
    ) -> io::Result<EntryResult> {
        if self.packed == 0 && self.size.unwrap_or(0) == 0 {
            return Ok(EntryResult { is_well: true, has_output: false });
        }
        let (flags, has_output) = (SourceState::default(), Cell::new(false));
        let content = self.content(whole, &flags, job.budget, &has_output);
        let result = content.and_then(|mut content| job.inner(place, name, &mut content));
        let has_output = has_output.get();
        let Err(error) = result else { return Ok(EntryResult { is_well: true, has_output }) };
        if whole.flags.failed.get() {
            return Err(error);
        }
        let archive = place.join(name);
        job.damaged(&ArchivePath { archive: Some(&archive), ..*place }, "data", &error);
        Ok(EntryResult { is_well: false, has_output })
    }

    fn content<'a>(
        &self,
        whole: &'a SeekableArchive<'a>,
        flags: &'a SourceState,
        budget: &'a Budget,
        has_output: &'a Cell<bool>,
    ) -> io::Result<ZipContent<'a>> {
        if self.flags & 1 != 0 {
            return Err(user_error(
                "is encrypted: unpack it with its password and scan its contents".to_owned(),
            ));
        }
        let header = if self.header.checked_add(HEADER).is_some_and(|end| end <= whole.size()) {
            whole.bytes(self.header, HEADER)?
        } else {
            Vec::new()
        };
        if !header.starts_with(LOCAL) {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "the zip directory points to the wrong place",
            ));
        }
        let from = self.header + HEADER + u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
        let to = from.saturating_add(self.packed).min(whole.size());
        let data = Input::new(&[], Some(Box::new(RangeReader::new(whole, from, to))), flags);
        let (inner, memory) = self.decoder(data)?;
        Ok(ZipContent {
            inner,
            meter: Meter::new(budget, memory.0, memory.1)?,
            crc: flate2::Crc::new(),
            produced: 0,
            has_output,
            expected: (self.size, self.crc),
        })
    }

    /// The decoder, and the memory it needs: over time, and at once.
    fn decoder<'a>(&self, mut data: Input<'a>) -> io::Result<(Box<dyn Read + 'a>, (u64, u64))> {
        Ok(match self.method {
            0 => (Box::new(data), (0, 0)),
            8 => (Box::new(flate2::bufread::DeflateDecoder::new(data)), (0, 0)),
            9 => (Box::new(deflate64::Deflate64Decoder::with_buffer(data)), (0, 0)),
            12 => {
                let block = bzip2::block(data.peek(4)?);
                (Box::new(::bzip2::bufread::BzDecoder::new(data)), (0, block))
            }
            14 => {
                let header = data.peek(9)?;
                if header.len() < 9 || u16_at(header, 2) != 5 {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
                let (properties, dictionary) = (header[4], u32_at(header, 5));
                data.consume(9);
                let has_end_mark = self.flags & 2 != 0;
                let size = self.size.filter(|_| !has_end_mark).unwrap_or(u64::MAX);
                let mut decoder = LzmaReader::new_with_props(data, size, properties, dictionary, None)?;
                // Return the data decompressed before an error first.
                decoder.set_defer_errors(true);
                (Box::new(decoder), (u64::from(dictionary), xz::FIXED))
            }
            93 => {
                let window = zstd::window(data.peek(14)?);
                let mut decoder = ::zstd::stream::read::Decoder::with_buffer(data)?;
                decoder.window_log_max(zstd::LARGEST)?;
                (Box::new(decoder), (window, zstd::FIXED))
            }
            95 => {
                let window = xz::dictionary_of_stream(data.peek(xz::HEADERS)?);
                (Box::new(xz::Unpacked::new(data, true, window)), (window, xz::FIXED))
            }
            method => {
                return Err(user_error(format!(
                    "is compressed with an unsupported method (number {method}): unpack it and scan its contents"
                )));
            }
        })
    }

    /// The offset of its end.
    pub(super) fn end(&self) -> u64 {
        self.header.saturating_add(HEADER + self.names).saturating_add(self.packed)
    }
}

/// The content of an entry, and whether it is intact.
struct ZipContent<'a> {
    inner: Box<dyn Read + 'a>,
    meter: Meter<'a>,
    crc: flate2::Crc,
    produced: u64,
    has_output: &'a Cell<bool>,
    expected: (Option<u64>, Option<u32>),
}

impl Read for ZipContent<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = self.inner.read(buffer)?;
        if count > 0 {
            self.crc.update(&buffer[..count]);
            self.produced += count as u64;
            self.has_output.set(true);
            self.meter.add(count)?;
            return Ok(count);
        }
        let (size, crc) = self.expected;
        if size.is_some_and(|size| self.produced < size) {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if size.is_some_and(|size| size != self.produced) || crc.is_some_and(|crc| crc != self.crc.sum()) {
            return Err(io::Error::new(ErrorKind::InvalidData, "its checksum does not match"));
        }
        Ok(0)
    }
}

/// Whether these are the first bytes of a local header, with a valid version and a valid method. The mark alone is in many
/// files.
pub(super) fn is_header(bytes: &[u8]) -> bool {
    bytes.len() >= 30 && bytes.starts_with(LOCAL) && bytes[4] < 64 && bytes[8] < 100 && bytes[9] == 0
}

/// The first local header at or after `from`.
fn next_header(whole: &SeekableArchive<'_>, from: u64) -> io::Result<Option<u64>> {
    let (mut at, mut step) = (from, STEPS.0);
    while at.saturating_add(HEADER) <= whole.size() {
        let chunk = whole.bytes(at, step.min(whole.size() - at))?;
        let mut marks = memmem::find_iter(&chunk, LOCAL);
        if let Some(found) = marks.find(|found| is_header(&chunk[*found..])) {
            return Ok(Some(at + found as u64));
        }
        // A header may straddle the boundary.
        at += (chunk.len() as u64).saturating_sub(HEADER - 1).max(1);
        step = (step * 2).min(STEPS.1);
    }
    Ok(None)
}

/// The first of the given marks at or after `from`.
fn search(whole: &SeekableArchive<'_>, from: u64, marks: &[&[u8]]) -> io::Result<Option<u64>> {
    let (mut at, mut step) = (from, STEPS.0);
    while at.saturating_add(4) <= whole.size() {
        let chunk = whole.bytes(at, step.min(whole.size() - at))?;
        if let Some(found) = marks.iter().filter_map(|mark| memmem::find(&chunk, mark)).min() {
            return Ok(Some(at + found as u64));
        }
        // A mark may straddle the boundary.
        at += (chunk.len() as u64).saturating_sub(3).max(1);
        step = (step * 2).min(STEPS.1);
    }
    Ok(None)
}
