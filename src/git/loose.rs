//! A loose object: a zlib-compressed file with a header such as `blob 12`, a zero byte, and the content.

use std::{fs::File, io::Read, path::Path};

use flate2::{Decompress, FlushDecompress, Status};

use super::{kind::ObjectKind, pack::LARGEST};
use crate::regular_file;

/// The longest valid header, in bytes.
const LONGEST_HEADER: usize = 32;

/// The file is read in pieces of this size, in bytes.
const PIECE: usize = 16 << 10;

/// Deflate produces at most this many bytes from one.
const MOST_INFLATION: u64 = 1032;

/// Reads the object in a file.
///
/// # Errors
/// Why it cannot be read, phrased to follow the name of the object.
pub(super) fn read(path: &Path) -> Result<(ObjectKind, Vec<u8>), String> {
    let mut stream = LooseStream::open(path)?;
    let (kind, size) = stream.header()?;
    Ok((kind, stream.content(size)?))
}

/// Reads only the kind and size of the object in a file.
///
/// # Errors
/// The same as those of [`read`].
pub(super) fn header(path: &Path) -> Result<(ObjectKind, u64), String> {
    LooseStream::open(path)?.header()
}

/// A file that is inflated piece by piece. libgit2 never gets to the end of one that was cut short.
struct LooseStream {
    file: File,
    state: Decompress,
    input: Vec<u8>,
    /// The part of the input that is not inflated yet.
    start: usize,
    end: usize,
    /// What came out behind the header.
    rest: Vec<u8>,
    has_ended: bool,
}

impl LooseStream {
    fn open(path: &Path) -> Result<Self, String> {
        Ok(Self {
            file: regular_file::open(path).map_err(damaged)?,
            state: Decompress::new(true),
            input: vec![0; PIECE],
            start: 0,
            end: 0,
            rest: Vec::new(),
            has_ended: false,
        })
    }

    /// Inflates into the spare capacity of `output` until it is full or the stream ends.
    fn inflate(&mut self, output: &mut Vec<u8>) -> Result<(), String> {
        while !self.has_ended && output.len() < output.capacity() {
            if self.start == self.end {
                self.end = self.file.read(&mut self.input).map_err(damaged)?;
                self.start = 0;
                if self.end == 0 {
                    return Err("is damaged: its file is truncated".to_owned());
                }
            }
            let before = (self.state.total_in(), self.state.total_out());
            let input = &self.input[self.start..self.end];
            let status = self.state.decompress_vec(input, output, FlushDecompress::None);
            let status = status.map_err(|error| format!("is damaged: it cannot be inflated: {error}"))?;
            self.start += (self.state.total_in() - before.0) as usize;
            self.has_ended = status == Status::StreamEnd;
            if !self.has_ended && before == (self.state.total_in(), self.state.total_out()) {
                return Err("is damaged: it cannot be inflated".to_owned());
            }
        }
        Ok(())
    }

    fn header(&mut self) -> Result<(ObjectKind, u64), String> {
        let mut start = Vec::with_capacity(LONGEST_HEADER);
        self.inflate(&mut start)?;
        let no_header = || "is damaged: it has no header".to_owned();
        let zero = start.iter().position(|byte| *byte == 0).ok_or_else(no_header)?;
        self.rest = start.split_off(zero + 1);
        parse(&start[..zero]).ok_or_else(no_header)
    }

    fn content(mut self, size: u64) -> Result<Vec<u8>, String> {
        if size > LARGEST {
            return Err("is larger than 2 GiB, too large to be read into memory".to_owned());
        }
        let wrong_size = || "is damaged: it is not as large as it says".to_owned();
        let most = self.file.metadata().map_err(damaged)?.len().saturating_mul(MOST_INFLATION);
        if size > most || self.rest.len() as u64 > size {
            return Err(wrong_size());
        }
        let mut content = Vec::new();
        if content.try_reserve_exact(size as usize).is_err() {
            return Err("is too large for the available memory".to_owned());
        }
        content.append(&mut self.rest);
        // The capacity may be larger than requested.
        while content.len() < size as usize && !self.has_ended {
            self.inflate(&mut content)?;
        }
        // What follows the content is at most the checksum.
        let mut behind = Vec::with_capacity(1);
        self.inflate(&mut behind)?;
        if content.len() as u64 != size || !behind.is_empty() || !self.has_ended {
            return Err(wrong_size());
        }
        if self.start < self.end || self.file.read(&mut self.input).map_err(damaged)? > 0 {
            return Err("is damaged: its file has extra bytes after the object".to_owned());
        }
        Ok(content)
    }
}

fn damaged(error: std::io::Error) -> String {
    format!("is damaged or cannot be read: {error}")
}

fn parse(header: &[u8]) -> Option<(ObjectKind, u64)> {
    let (kind, size) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let kind = match kind {
        "commit" => ObjectKind::Commit,
        "tree" => ObjectKind::Tree,
        "blob" => ObjectKind::Blob,
        "tag" => ObjectKind::Tag,
        _ => return None,
    };
    Some((kind, size.parse().ok()?))
}
