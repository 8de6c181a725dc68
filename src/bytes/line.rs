//! The lines around a place.

use std::ops::Range;

use memchr::{memchr_iter, memrchr_iter};

/// The lines of a range with so many lines before and after it, from which at most `most` bytes are taken on either side.
pub(crate) fn line_around(text: &[u8], range: &Range<usize>, lines: usize, most: usize) -> Range<usize> {
    let before = range.start.saturating_sub(most);
    let start = memrchr_iter(b'\n', &text[before..range.start]).nth(lines);
    let after = text.len().min(range.end.saturating_add(most));
    let end = memchr_iter(b'\n', &text[range.end..after]).nth(lines);
    start.map_or(before, |at| before + at + 1)..end.map_or(after, |at| range.end + at + 1)
}

/// The line of an offset, 1-based. What is behind the end is on the last line.
pub(crate) fn line_of(text: &[u8], at: usize) -> u64 {
    memchr_iter(b'\n', &text[..at.min(text.len())]).count() as u64 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_unless_they_are_long() {
        let text = b"one\ntwo\nthree\nfour\nfive";
        for (range, lines, most, expected) in [
            (9..10, 0, 99, "three\n"),
            (9..10, 1, 99, "two\nthree\nfour\n"),
            (9..10, 9, 99, "one\ntwo\nthree\nfour\nfive"),
            (9..10, 1, 3, "o\nthree"),
            (9..10, 1, 2, "\nthre"),
            (3..4, 0, 99, "one\ntwo\n"),
            (0..0, 0, 99, "one\n"),
            (23..23, 0, 99, "five"),
        ] {
            let found = line_around(text, &range, lines, most);
            assert_eq!(std::str::from_utf8(&text[found]).unwrap(), expected, "{range:?} {lines} {most}");
        }
    }
}
