//! Lines of standard input, many at a time.

use std::{
    io::{self, BufRead, BufReader, Read},
    ops::Range,
};

/// So much is read at once, in bytes. A batch ends with that.
const AT_ONCE: usize = 1 << 20;

/// The longest line that is read, in bytes.
pub(super) const LONGEST: usize = 256 << 20;

/// Some lines, in order.
#[derive(Debug, Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    lines: Vec<BatchLine>,
    /// Whether there are no more.
    pub(super) is_last: bool,
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct BatchLine {
    /// Its number, from 1.
    pub(super) number: u64,
    range: Range<usize>,
    /// Whether there was more than is read.
    pub(super) is_too_long: bool,
}

impl Batch {
    /// Its size, in bytes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// A line without its end.
    pub(super) fn text(&self, line: &BatchLine) -> &[u8] {
        &self.bytes[line.range.clone()]
    }

    /// The lines, in so many parts of about the same size.
    pub(super) fn parts(&self, count: usize) -> Vec<&[BatchLine]> {
        let share = self.bytes.len() / count.max(1) + 1;
        let mut parts = Vec::with_capacity(count);
        let mut rest = &self.lines[..];
        while !rest.is_empty() {
            let limit = rest[0].range.start + share;
            let taken = rest.iter().take_while(|line| line.range.start < limit).count();
            let (part, others) = rest.split_at(taken);
            parts.push(part);
            rest = others;
        }
        parts
    }
}

/// Reads batches.
pub(super) struct BatchReader<R> {
    input: BufReader<R>,
    /// The number of lines so far.
    count: u64,
    longest: usize,
}

impl<R: Read> BatchReader<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(AT_ONCE, input), count: 0, longest: LONGEST }
    }

    /// The next lines: those that can be read at once, so that whoever waits for an answer before writing on gets it.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Batch> {
        let mut batch = Batch::default();
        loop {
            let start = batch.bytes.len();
            let mut is_too_long = false;
            let is_ended = self.read_line(&mut batch.bytes, start, &mut is_too_long)?;
            if batch.bytes.len() == start && !is_ended && !is_too_long {
                batch.is_last = true;
                return Ok(batch);
            }
            self.count += 1;
            let end = batch.bytes.len() - usize::from(is_ended && !is_too_long);
            batch.lines.push(BatchLine { number: self.count, range: start..end, is_too_long });
            if self.input.buffer().is_empty() {
                return Ok(batch);
            }
        }
    }

    /// Appends a line with its end, and tells whether it has one. Nothing is kept of one that is too long.
    fn read_line(&mut self, into: &mut Vec<u8>, start: usize, is_too_long: &mut bool) -> io::Result<bool> {
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let end = memchr::memchr(b'\n', available);
            let count = end.map_or(available.len(), |at| at + 1);
            if count == 0 {
                return Ok(false);
            }
            if !*is_too_long {
                into.extend_from_slice(&available[..count]);
            }
            self.input.consume(count);
            if into.len() - start > self.longest {
                into.truncate(start);
                *is_too_long = true;
            }
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8], longest: usize) -> Vec<(u64, String, bool)> {
        let all = lines_by(text, longest, 1 << 20);
        assert_eq!(lines_by(text, longest, 7), all);
        all
    }

    fn lines_by(text: &[u8], longest: usize, capacity: usize) -> Vec<(u64, String, bool)> {
        let mut reader = BatchReader { input: BufReader::with_capacity(capacity, text), count: 0, longest };
        let mut all = Vec::new();
        loop {
            let batch = reader.next().unwrap();
            for count in [1, 2, 3, 100] {
                let parts = batch.parts(count);
                assert!(parts.len() <= count.max(1) || batch.lines.len() < count);
                let joined: Vec<u64> = parts.concat().iter().map(|line| line.number).collect();
                assert_eq!(joined, batch.lines.iter().map(|line| line.number).collect::<Vec<_>>());
            }
            for line in &batch.lines {
                let text = String::from_utf8(batch.text(line).to_vec()).unwrap();
                all.push((line.number, text, line.is_too_long));
            }
            if batch.is_last {
                return all;
            }
        }
    }

    #[test]
    fn every_line_is_read_once() {
        let line = |number, text: &str| (number, text.to_owned(), false);
        assert_eq!(lines(b"", 9), []);
        assert_eq!(lines(b"a", 9), [line(1, "a")]);
        assert_eq!(lines(b"a\n\nb\n", 9), [line(1, "a"), line(2, ""), line(3, "b")]);
        assert_eq!(
            lines(b"a\n0123456789\nb\n0123456789", 5),
            [line(1, "a"), (2, String::new(), true), line(3, "b"), (4, String::new(), true)]
        );
        let large = "x".repeat(300).repeat(10_000).into_bytes();
        let text: Vec<u8> = large.chunks(300).flat_map(|line| [line, b"\n"].concat()).collect();
        assert_eq!(lines(&text, 400).len(), 10_000);
    }
}
