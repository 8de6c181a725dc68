//! The input of a decoder.

use std::{
    cell::Cell,
    io::{self, BufRead, ErrorKind, Read},
};

/// How much is read at once, in bytes.
const CHUNK: usize = 32 << 10;

/// The state of a container's source.
#[derive(Default)]
pub(super) struct SourceState {
    /// The source could not be read: the error is not the container's own.
    pub(super) failed: Cell<bool>,
    /// Bytes that cannot be read again have been consumed.
    pub(super) spent: Cell<bool>,
}

/// Bytes with lookahead. A start that is already in memory is not copied.
pub(super) struct Input<'a> {
    head: &'a [u8],
    rest: Option<Box<dyn Read + 'a>>,
    flags: &'a SourceState,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<'a> Input<'a> {
    pub(super) fn new(head: &'a [u8], rest: Option<Box<dyn Read + 'a>>, flags: &'a SourceState) -> Self {
        Self { head, rest, flags, buffer: Vec::new(), start: 0, end: 0 }
    }

    /// Returns the next bytes without consuming them: `count` bytes, or fewer at the end.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        if self.start == self.end && self.head.len() >= count {
            return Ok(&self.head[..count]);
        }
        while self.end - self.start < count && self.more()? {}
        let end = self.end.min(self.start + count);
        Ok(&self.buffer[self.start..end])
    }

    /// Appends more bytes to the buffer.
    fn more(&mut self) -> io::Result<bool> {
        self.buffer.resize(CHUNK, 0);
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let room = &mut self.buffer[self.end..];
        let count = if self.head.is_empty() {
            let Some(rest) = &mut self.rest else { return Ok(false) };
            self.flags.spent.set(true);
            read(rest, room).inspect_err(|_| self.flags.failed.set(true))?
        } else {
            self.head.read(room)?
        };
        self.end += count;
        Ok(count > 0)
    }

    /// Skips zero bytes. Any number of them may stand between the parts of a file, and they hold nothing.
    pub(super) fn skip_zeros(&mut self) -> io::Result<()> {
        loop {
            let bytes = self.fill_buf()?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let is_over = zeros < bytes.len() || zeros == 0;
            self.consume(zeros);
            if is_over {
                return Ok(());
            }
        }
    }

    pub(super) fn is_at_end(&mut self) -> io::Result<bool> {
        Ok(self.fill_buf()?.is_empty())
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start < self.end {
            return Ok(&self.buffer[self.start..self.end]);
        }
        if !self.head.is_empty() {
            return Ok(self.head);
        }
        self.more()?;
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        if self.start < self.end {
            self.start += count;
        } else {
            self.head = &self.head[count..];
        }
    }
}

fn read(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Returns an error at the end of an input that failed.
pub(super) struct FailingReader(pub(super) Option<io::Error>);

impl Read for FailingReader {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// The next `left` bytes of an input. It is an error if the input ends sooner.
pub(super) struct ExactReader<'i, 'a> {
    pub(super) input: &'i mut Input<'a>,
    pub(super) left: u64,
}

impl Read for ExactReader<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let count = self.input.read(&mut buffer[..most])?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}
