//! Finds the streams of a PDF.

use std::io;

use memchr::memmem;

use crate::{blob::ReadAt, expand::seekable::bytes_at};

/// How much is searched at once, in bytes.
const CHUNK: usize = 1 << 20;

/// How much of a dictionary before its stream is read, in bytes.
const DICTIONARY: usize = 4 << 10;

/// A stream, and the dictionary that describes it.
pub(super) struct PdfStream {
    pub(super) dictionary: Vec<u8>,
    /// Its data, as offsets in the file.
    pub(super) start: u64,
    pub(super) end: u64,
}

impl PdfStream {
    /// Pixels cannot hold text.
    pub(super) fn is_picture(&self) -> bool {
        value(&self.dictionary, b"/Subtype").is_some_and(|value| value.starts_with(b"/Image"))
    }
}

/// What follows a key in a dictionary.
pub(super) fn value<'d>(dictionary: &'d [u8], key: &[u8]) -> Option<&'d [u8]> {
    memmem::find_iter(dictionary, key).find_map(|at| {
        let behind = &dictionary[at + key.len()..];
        // Another key may begin the same way.
        let is_key = behind.first().is_some_and(|byte| !byte.is_ascii_alphanumeric());
        is_key.then(|| behind.trim_ascii_start())
    })
}

/// Goes through the streams of a file.
pub(super) struct Streams<'a> {
    at: &'a dyn ReadAt,
    /// Where the search goes on.
    from: u64,
    /// No other stream has an end.
    is_endless: bool,
    chunk: Vec<u8>,
    chunk_at: u64,
}

impl<'a> Streams<'a> {
    pub(super) fn new(at: &'a dyn ReadAt) -> Self {
        Self { at, from: 0, is_endless: false, chunk: Vec::new(), chunk_at: 0 }
    }

    /// The next stream.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<PdfStream>> {
        const MARK: &[u8] = b"stream";
        loop {
            let Some(mark) = self.find(MARK, self.from)? else { return Ok(None) };
            self.from = mark + MARK.len() as u64;
            let before =
                bytes_at(self.at, mark.saturating_sub(DICTIONARY as u64), DICTIONARY.min(mark as usize))?;
            // Its dictionary ends right before it.
            if !before.trim_ascii_end().ends_with(b">>") {
                continue;
            }
            let start = match bytes_at(self.at, self.from, 2)?[..] {
                [b'\r', b'\n'] => self.from + 2,
                [b'\r' | b'\n', ..] => self.from + 1,
                _ => continue,
            };
            let own = [&b"endstream"[..], b" obj", b"endobj"];
            let begin = own.iter().filter_map(|mark| memmem::rfind(&before, mark)).max().unwrap_or(0);
            let dictionary = before[begin..].to_vec();
            let end = self.end(&dictionary, start)?;
            self.from = end.max(start);
            return Ok(Some(PdfStream { dictionary, start, end }));
        }
    }

    /// The end of the data that begins at `start`: where its length says, if a mark is there, or else at the next mark.
    fn end(&mut self, dictionary: &[u8], start: u64) -> io::Result<u64> {
        const MARK: &[u8] = b"endstream";
        let length = value(dictionary, b"/Length").and_then(|value| {
            let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let is_reference = value[digits..].trim_ascii_start().first().is_some_and(u8::is_ascii_digit);
            std::str::from_utf8(&value[..digits]).ok()?.parse::<u64>().ok().filter(|_| !is_reference)
        });
        if let Some(end) = length.and_then(|length| start.checked_add(length))
            && bytes_at(self.at, end, MARK.len() + 2)?.trim_ascii_start().starts_with(MARK)
        {
            return Ok(end);
        }
        if self.is_endless {
            return Ok(self.at.size());
        }
        let end = self.find(MARK, start)?;
        self.is_endless = end.is_none();
        Ok(end.unwrap_or(self.at.size()))
    }

    /// The first mark at or after `from`.
    fn find(&mut self, mark: &[u8], mut from: u64) -> io::Result<Option<u64>> {
        loop {
            let end = self.chunk_at + self.chunk.len() as u64;
            if from < self.chunk_at || from + mark.len() as u64 > end {
                if from >= self.at.size() {
                    return Ok(None);
                }
                self.chunk = bytes_at(self.at, from, CHUNK)?;
                self.chunk_at = from;
            }
            let inside = usize::try_from(from - self.chunk_at).unwrap_or(usize::MAX);
            if let Some(found) = self.chunk.get(inside..).and_then(|rest| memmem::find(rest, mark)) {
                return Ok(Some(from + found as u64));
            }
            let end = self.chunk_at + self.chunk.len() as u64;
            if end >= self.at.size() || self.chunk.len() < mark.len() {
                return Ok(None);
            }
            // A mark may straddle the end.
            from = end - (mark.len() as u64 - 1);
        }
    }
}
