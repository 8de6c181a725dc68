//! Long runs of letters and digits, which may be base64 or hex. Ordinary text consists of short words, so
//! hardly any of it gets past this check.
//!
//! The two other characters of base64, in either alphabet, are not members. They encode six one bits, or five
//! and a zero, which in ASCII only `>`, `?`, `~` and DEL can produce, and no key contains these. So an
//! encoded key never contains them, and leaving them out splits paths and identifiers into short words.

use std::{borrow::Cow, ops::Range};

use super::Decoded;
use crate::bytes::{ONES, alphanumeric_at_end, alphanumeric_at_start, non_alphanumeric};

/// The minimum length of an encoded key, in characters: `sk-` and 22 more are 34 in base64.
pub(crate) const SHORTEST: usize = 32;

/// The smallest member. Spaces, quotes, brackets, most operators and line ends are below it.
const LOWEST: u8 = b'0';

/// The bytes of a step. A run of [`SHORTEST`] covers at least one step completely.
const STEP: usize = 16;

/// The bytes of a look. A step has two, and the first one mostly decides.
const LOOK: usize = 8;

/// How far before a run to look for base64, in bytes. It is only used as context, which may be some way off.
const WIDEST: usize = 1 << 10;

/// The top bit of every byte.
const TOPS: u64 = ONES * 0x80;

/// Whether the byte is a character of base64, in either alphabet.
fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// A run, with wrapped lines joined.
#[derive(Debug)]
pub(crate) struct EncodedRun<'t> {
    /// The run without line separators.
    pub text: Cow<'t, [u8]>,
    /// The source before the run.
    before: &'t [u8],
    /// For every line but the first: where it begins in `text`, and where in the source.
    lines: Vec<(usize, usize)>,
    /// The source range that it covers.
    pub source: Range<usize>,
}

impl EncodedRun<'_> {
    /// The run extended by the base64 directly before it, and the length of that extension.
    #[must_use]
    pub(crate) fn with_text_before(&self) -> (Self, usize) {
        let count = self.before.iter().rev().take(WIDEST).take_while(|byte| is_base64(**byte)).count();
        let (before, more) = self.before.split_at(self.before.len() - count);
        let whole = Self {
            text: Cow::Owned([more, &self.text].concat()),
            before,
            lines: self.lines.iter().map(|(start, source)| (start + count, *source)).collect(),
            source: before.len()..self.source.end,
        };
        (whole, count)
    }

    /// The offset in `text` of the byte at `source`, or of the next byte that belongs to the run.
    #[must_use]
    pub(crate) fn text_of(&self, source: usize) -> usize {
        if source < self.source.start {
            return 0;
        }
        let next = self.lines.partition_point(|(_, start)| *start <= source);
        let (start, line_source) = self.line(next);
        let end = self.lines.get(next).map_or(self.text.len(), |(next, _)| *next);
        (start + (source - line_source)).min(end)
    }

    /// The offset in the source of the byte at `text`.
    #[must_use]
    pub(crate) fn source_of(&self, text: usize) -> usize {
        let (start, source) = self.line(self.lines.partition_point(|(start, _)| *start <= text));
        source + (text - start)
    }

    /// Where its lines begin in the source.
    pub(crate) fn starts(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.source.start).chain(self.lines.iter().map(|(_, source)| *source))
    }

    /// For the line before the one at index `next`: where it begins in the text, and where in the source.
    fn line(&self, next: usize) -> (usize, usize) {
        next.checked_sub(1).map_or((0, self.source.start), |line| self.lines[line])
    }

    /// Maps `text` to the source. It was decoded from the characters of `range`, with `bits` bits per
    /// character.
    pub(super) fn decoded(&self, range: &Range<usize>, text: Vec<u8>, bits: usize) -> Decoded {
        let from = self.lines.partition_point(|(start, _)| *start <= range.start);
        let (start, source) = self.line(from);
        let first = (0, source + (range.start - start));
        let more = self.lines[from..].iter().take_while(|(start, _)| *start < range.end);
        let more = more.map(|(start, source)| (start - range.start, *source));
        Decoded::on_lines(text, std::iter::once(first).chain(more).collect(), bits)
    }
}

/// The first long run that ends after the start of `range` and begins before its end, with wrapped lines
/// joined. Calls `passed` with the places on the way where eight characters look like base64, so that shorter runs can
/// be looked at without another search.
#[must_use]
pub(crate) fn next<'t>(
    text: &'t [u8],
    range: Range<usize>,
    passed: &mut impl FnMut(usize),
) -> Option<EncodedRun<'t>> {
    let first = next_line(text, range, passed)?;
    let mut lines = Vec::new();
    let mut joined: Cow<'_, [u8]> = Cow::Borrowed(&text[first.clone()]);
    let mut end = first.end;
    while let Some(start) = line_break(text, end) {
        let length = alphanumeric_at_start(&text[start..]);
        if length == 0 {
            break;
        }
        lines.push((joined.len(), start));
        joined.to_mut().extend_from_slice(&text[start..start + length]);
        end = start + length;
    }
    Some(EncodedRun { text: joined, before: &text[..first.start], lines, source: first.start..end })
}

/// The first line of a long run that ends after the start of `range` and begins before its end.
fn next_line(text: &[u8], range: Range<usize>, passed: &mut impl FnMut(usize)) -> Option<Range<usize>> {
    let from = range.start;
    // A run may begin in one step, and only cover the step after it completely.
    let end_of_steps = range.end.saturating_add(STEP);
    let last = text.len().min(end_of_steps.saturating_add(STEP));
    let mut at = from;
    loop {
        for step in text.get(at..last)?.chunks_exact(STEP) {
            if !has_lower(&step[..LOOK]) {
                if is_mixed(&step[..LOOK]) && is_long(text, at) {
                    passed(at);
                }
                if !has_lower(&step[LOOK..]) {
                    break;
                }
            }
            at += STEP;
        }
        if at >= end_of_steps {
            return None;
        }
        let step = text.get(at..at + STEP)?;
        // The members after the last non-member may be the start of a run.
        let members = alphanumeric_at_end(step);
        if members < STEP {
            at += STEP - members;
            continue;
        }
        let start = at - alphanumeric_at_end(&text[from..at]);
        let end = at + STEP + alphanumeric_at_start(&text[at + STEP..]);
        if end - start >= SHORTEST {
            return (start < range.end).then_some(start..end);
        }
        at = end;
    }
}

/// Whether any byte is below [`LOWEST`], for all bytes at once: the borrow of the subtraction shows in the top bit.
fn has_lower(look: &[u8]) -> bool {
    let word = look.first_chunk().map_or(0, |look: &[u8; LOOK]| u64::from_le_bytes(*look));
    word.wrapping_sub(ONES * u64::from(LOWEST)) & !word & TOPS != 0
}

/// Whether base64 may go on for eight bytes before or behind the look at `at`.
fn is_long(text: &[u8], at: usize) -> bool {
    let goes_on = |look: &[u8]| look.len() == LOOK && look.iter().all(|byte| is_base64(*byte));
    goes_on(&text[at + LOOK..at + STEP]) || goes_on(&text[at.saturating_sub(LOOK)..at])
}

/// Whether there are letters and digits only, as in most of base64, and neither words nor names of several words: some
/// lower-case letters, and two others. Expects no byte below [`LOWEST`]. Of those, only what is above 0x5f has both of the
/// bits that are tested.
fn is_mixed(look: &[u8]) -> bool {
    let word = look.first_chunk().map_or(0, |look: &[u8; LOOK]| u64::from_le_bytes(*look));
    let lower = (word & (word << 1) & (ONES * 0x40)).count_ones();
    (1..=LOOK as u32 - 2).contains(&lower) && non_alphanumeric(word) == 0
}

/// Where the next line of a wrapped run begins, if it is wrapped at `at`: after a line feed, or one written
/// as `\n` in a string, and any indentation.
#[must_use]
pub(crate) fn line_break(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..];
    for separator in [&b"\r\n"[..], b"\n", b"\\r\\n", b"\\n", b"=\r\n", b"=\n"] {
        if rest.starts_with(separator) {
            let indentation =
                rest[separator.len()..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            return Some(at + separator.len() + indentation);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn puts_wrapped_lines_together() {
        let text = format!("x: {}\n   {}==\nend", "A".repeat(40), "B".repeat(7));
        let run = next(text.as_bytes(), 0..text.len(), &mut |_| ()).unwrap();
        assert_eq!(run.text.len(), 47);
        let decoded = run.decoded(&(0..47), vec![0; 35], 6);
        assert_eq!((decoded.source(&(0..3)), decoded.source(&(29..31))), (3..7, 41..49));
        assert_eq!((run.text_of(3), run.text_of(44), run.text_of(47), run.text_of(0)), (0, 40, 40, 0));
        assert_eq!(run.source, 3..54);
    }

    #[test]
    fn base64_is_mixed_and_words_are_not() {
        for (text, expected) in [
            ("abcdefgh", false),
            ("ABCDEFGH", false),
            ("12345678", false),
            ("abcdefgH", false),
            ("abcdefGH", true),
            ("AbcDefgh", true),
            ("1bcdefg2", true),
            ("ABCDEFGh", true),
            ("aBCDEFG1", true),
            ("aBCDEF\u{e4}", false),
            ("aBC_EF12", false),
            ("aBC::F12", false),
        ] {
            assert_eq!(is_mixed(text.as_bytes()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn finds_every_long_run(before in "[ a-z]{0,40}", run in "[A-Za-z0-9]{28,80}", after in " [ a-z]{0,40}") {
            let text = format!("{before} {run}{after}");
            let found = next(text.as_bytes(), 0..text.len(), &mut |_| ());
            let found = found.filter(|found| found.text.len() == run.len());
            let expected = run.len() >= SHORTEST;
            prop_assert_eq!(found.is_some(), expected, "{:?}", text);
        }
    }
}
