//! From byte offsets to line and column numbers.

use std::ops::Range;

use memchr::{memchr_iter, memrchr};

/// The location of something in a text. Lines and columns are 1-based, columns count Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First line.
    pub line: u64,
    /// Column of the first character.
    pub column: u64,
    /// Last line.
    pub end_line: u64,
    /// Column after the last character.
    pub end_column: u64,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Counts lines and code points, moving forward through a text that may come in windows. It counts nothing
/// until the first call of [`span`](Self::span).
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    /// The offset in the current text up to which it has counted.
    at: usize,
    line: u64,
    column: u64,
    /// The number of continuation bytes that are still expected for the last character.
    pending: u8,
    at_start: bool,
}

impl Default for Cursor {
    fn default() -> Self {
        Self { at: 0, line: 1, column: 1, pending: 0, at_start: true }
    }
}

impl Cursor {
    /// The line and column numbers of a range. It must not begin before a range of an earlier call.
    #[must_use]
    pub(crate) fn span(&mut self, text: &[u8], range: &Range<usize>) -> Span {
        self.advance(text, range.start);
        let (line, column) = (self.line, self.column);
        self.advance(text, range.end);
        Span { line, column, end_line: self.line, end_column: self.column }
    }

    /// Drops the first `count` bytes of the text: offsets are relative to the rest from now on.
    pub(crate) fn drop_front(&mut self, text: &[u8], count: usize) {
        self.advance(text, count);
        self.at -= count;
    }

    fn advance(&mut self, text: &[u8], to: usize) {
        if to <= self.at {
            return;
        }
        if self.at_start && text.starts_with(BYTE_ORDER_MARK) {
            self.at = BYTE_ORDER_MARK.len();
        }
        self.at_start = false;
        let mut part = &text[self.at.min(to)..to];
        if let Some(last) = memrchr(b'\n', part) {
            self.line += memchr_iter(b'\n', &part[..=last]).count() as u64;
            self.column = 1;
            self.pending = 0;
            part = &part[last + 1..];
        }
        self.column += self.characters(part);
        self.at = to;
    }

    /// Counts characters. A byte that is not part of valid UTF-8 counts as one.
    fn characters(&mut self, part: &[u8]) -> u64 {
        if self.pending == 0 && part.is_ascii() {
            return part.len() as u64;
        }
        let mut count = 0;
        for byte in part {
            match byte {
                0x80..=0xbf if self.pending > 0 => self.pending -= 1,
                _ => {
                    self.pending = match byte {
                        0xc2..=0xdf => 1,
                        0xe0..=0xef => 2,
                        0xf0..=0xf4 => 3,
                        _ => 0,
                    };
                    count += 1;
                }
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The line and column of an offset, computed the slow way.
    fn slow(text: &str, at: usize) -> (u64, u64) {
        let before = &text[..at];
        let line = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) as u64 + 1;
        (line, column)
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        assert_eq!(Cursor::default().span(b"\xef\xbb\xbfkey", &(3..6)).column, 1);
    }

    #[test]
    fn latin_1_bytes_are_columns() {
        assert_eq!(Cursor::default().span(b"cl\xe9 key", &(4..7)).column, 5);
    }

    proptest! {
        #[test]
        fn counts_like_the_slow_way_in_any_steps(text in "[a\n\r é汉🦀]{0,60}", cuts: [prop::sample::Index; 3]) {
            let boundaries: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            let mut at: Vec<usize> = cuts.iter().map(|cut| boundaries[cut.index(boundaries.len())]).collect();
            at.sort_unstable();
            let bytes = text.as_bytes();
            let mut cursor = Cursor::default();
            cursor.drop_front(bytes, at[0]);
            let span = cursor.span(&bytes[at[0]..], &(at[1] - at[0]..at[2] - at[0]));
            prop_assert_eq!((span.line, span.column), slow(&text, at[1]));
            prop_assert_eq!((span.end_line, span.end_column), slow(&text, at[2]));
        }
    }
}
