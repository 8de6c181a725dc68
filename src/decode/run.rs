//! Long runs of letters and digits: what base64 and hex look like from afar. Text is made of short words, so hardly
//! anything of it is ever looked at more closely than here.
//!
//! The two other characters of base64, in either alphabet, do not count: they stand for six bits of ones, or of ones
//! and a zero, and the only ASCII that can give those are `>`, `?`, `~` and DEL, which no key holds. So an encoded key
//! never contains them, and paths and identifiers fall apart.

use std::{borrow::Cow, ops::Range};

use super::Decoded;

/// No encoded key is shorter, in characters: `sk-` and 22 more are 34 in base64.
pub const SHORTEST: usize = 32;

/// The smallest member; spaces, quotes, brackets, most operators and line ends are all below it.
const LOWEST: u8 = b'0';

/// Bytes looked at in one step. A run of [`SHORTEST`] covers one step wholly.
const STEP: usize = 16;

/// Bytes of a look, of which a step takes two: the first mostly says it all.
const LOOK: usize = 8;

/// How far before a run base64 is looked for, in bytes: for evidence, which need not be near.
const WIDEST: usize = 1 << 10;

/// One in every byte.
const ONES: u64 = u64::MAX / 255;

/// The top bit of every byte.
const TOPS: u64 = ONES * 0x80;

fn is_member(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// A run, put together where it was wrapped into lines.
#[derive(Debug)]
pub struct Run<'t> {
    /// The run without what separates its lines.
    pub text: Cow<'t, [u8]>,
    /// All that stands before it in the source.
    before: &'t [u8],
    /// For every line but the first: where it begins in `text`, and where in the source.
    lines: Vec<(usize, usize)>,
    /// What it covers of the source.
    pub source: Range<usize>,
}

impl Run<'_> {
    /// The run with the base64 that stands directly before it, and how much that is.
    #[must_use]
    pub fn with_text_before(&self) -> (Self, usize) {
        let may_belong = |byte: &u8| is_member(*byte) || matches!(byte, b'+' | b'/' | b'-' | b'_');
        let count = self.before.iter().rev().take(WIDEST).take_while(|byte| may_belong(byte)).count();
        let (before, more) = self.before.split_at(self.before.len() - count);
        let whole = Self {
            text: Cow::Owned([more, &self.text].concat()),
            before,
            lines: self.lines.iter().map(|(start, source)| (start + count, *source)).collect(),
            source: before.len()..self.source.end,
        };
        (whole, count)
    }

    /// Where the byte at `source`, or the next one that belongs to the run, stands in the text.
    #[must_use]
    pub fn text_of(&self, source: usize) -> usize {
        if source < self.source.start {
            return 0;
        }
        let next = self.lines.partition_point(|(_, start)| *start <= source);
        let (start, line_source) = self.line(next);
        let end = self.lines.get(next).map_or(self.text.len(), |(next, _)| *next);
        (start + (source - line_source)).min(end)
    }

    /// Where the line before the one at `next` in `lines` begins in the text, and where in the source.
    fn line(&self, next: usize) -> (usize, usize) {
        next.checked_sub(1).map_or((0, self.source.start), |line| self.lines[line])
    }

    /// What `text` is, which was decoded from the characters of `range`, each of which holds `bits` bits.
    pub(super) fn decoded(&self, range: &Range<usize>, text: Vec<u8>, bits: usize) -> Decoded {
        let from = self.lines.partition_point(|(start, _)| *start <= range.start);
        let (start, source) = self.line(from);
        let first = (0, source + (range.start - start));
        let more = self.lines[from..].iter().take_while(|(start, _)| *start < range.end);
        let more = more.map(|(start, source)| (start - range.start, *source));
        Decoded::on_lines(text, std::iter::once(first).chain(more).collect(), bits)
    }
}

/// The first long run that ends after the start of `range` and begins before its end, wrapped lines put together.
#[must_use]
pub fn next(text: &[u8], range: Range<usize>) -> Option<Run<'_>> {
    let first = next_line(text, range)?;
    let mut lines = Vec::new();
    let mut joined: Cow<'_, [u8]> = Cow::Borrowed(&text[first.clone()]);
    let mut end = first.end;
    while let Some(start) = line_break(text, end) {
        let length = count_members(&text[start..]);
        if length == 0 {
            break;
        }
        lines.push((joined.len(), start));
        joined.to_mut().extend_from_slice(&text[start..start + length]);
        end = start + length;
    }
    Some(Run { text: joined, before: &text[..first.start], lines, source: first.start..end })
}

/// Whether a long run ends after the start of `range` and begins before its end.
#[must_use]
pub fn is_any(text: &[u8], range: Range<usize>) -> bool {
    next_line(text, range).is_some()
}

/// How many members the text begins with.
fn count_members(text: &[u8]) -> usize {
    let (looks, _) = text.as_chunks::<LOOK>();
    for (at, look) in looks.iter().enumerate() {
        let others = non_members(look);
        if others != 0 {
            return at * LOOK + others.trailing_zeros() as usize / 8;
        }
    }
    let whole = looks.len() * LOOK;
    whole + text[whole..].iter().take_while(|byte| is_member(**byte)).count()
}

/// How many members the text ends with.
fn count_members_at_end(text: &[u8]) -> usize {
    let (rest, looks) = text.as_rchunks::<LOOK>();
    for (at, look) in looks.iter().rev().enumerate() {
        let others = non_members(look);
        if others != 0 {
            return at * LOOK + others.leading_zeros() as usize / 8;
        }
    }
    looks.len() * LOOK + rest.iter().rev().take_while(|byte| is_member(**byte)).count()
}

/// The top bit of every byte that is no member, all at once: adding `0x80 - c` to a byte of seven bits sets the top bit
/// where it is `c` or more.
fn non_members(look: &[u8; LOOK]) -> u64 {
    let word = u64::from_le_bytes(*look);
    let ascii = word & !TOPS;
    let lower = ascii | (ONES * 0x20);
    let from = |word: u64, least: u8| word + (ONES * u64::from(0x80 - least));
    let digits = from(ascii, b'0') & !from(ascii, b'9' + 1);
    let letters = from(lower, b'a') & !from(lower, b'z' + 1);
    (word | !(digits | letters)) & TOPS
}

/// The first line's worth of a long run that ends after the start of `range` and begins before its end.
fn next_line(text: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let from = range.start;
    // The step that a run covers wholly may be the one after that in which it begins.
    let end_of_steps = range.end.saturating_add(STEP);
    let last = text.len().min(end_of_steps.saturating_add(STEP));
    let mut at = from;
    loop {
        let mut steps = text.get(at..last)?.chunks_exact(STEP);
        let skipped =
            steps.by_ref().take_while(|step| has_lower(&step[..LOOK]) || has_lower(&step[LOOK..])).count();
        at += skipped * STEP;
        if at >= end_of_steps {
            return None;
        }
        let step = text.get(at..at + STEP)?;
        // What follows the last byte that does not belong may be the start of a run.
        let members = count_members_at_end(step);
        if members < STEP {
            at += STEP - members;
            continue;
        }
        let start = at - count_members_at_end(&text[from..at]);
        let end = at + STEP + count_members(&text[at + STEP..]);
        if end - start >= SHORTEST {
            return (start < range.end).then_some(start..end);
        }
        at = end;
    }
}

/// Whether any byte is below [`LOWEST`], all at once: the borrow of a subtraction shows in the top bit.
fn has_lower(look: &[u8]) -> bool {
    let word = look.first_chunk().map_or(0, |look: &[u8; LOOK]| u64::from_le_bytes(*look));
    word.wrapping_sub(ONES * LOWEST as u64) & !word & TOPS != 0
}

/// Where the next line of a wrapped run begins, if it is wrapped at `at`: behind a line feed and indentation, or one
/// written as `\n` in a string.
fn line_break(text: &[u8], at: usize) -> Option<usize> {
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
        let run = next(text.as_bytes(), 0..text.len()).unwrap();
        assert_eq!(run.text.len(), 47);
        let decoded = run.decoded(&(0..47), vec![0; 35], 6);
        assert_eq!((decoded.source(&(0..3)), decoded.source(&(29..31))), (3..7, 41..49));
        assert_eq!((run.text_of(3), run.text_of(44), run.text_of(47), run.text_of(0)), (0, 40, 40, 0));
        assert_eq!(run.source, 3..54);
    }

    #[test]
    fn members_are_told_apart_all_at_once() {
        for byte in 0..=u8::MAX {
            for at in 0..LOOK {
                let mut look = [b'x'; LOOK];
                look[at] = byte;
                let expected = if is_member(byte) { 0 } else { 0x80 << (8 * at) };
                assert_eq!(non_members(&look), expected, "{byte}");
            }
        }
    }

    proptest! {
        #[test]
        fn finds_every_long_run(before in "[ a-z]{0,40}", run in "[A-Za-z0-9]{28,80}", after in " [ a-z]{0,40}") {
            let text = format!("{before} {run}{after}");
            let found = next(text.as_bytes(), 0..text.len()).filter(|found| found.text.len() == run.len());
            let expected = run.len() >= SHORTEST;
            prop_assert_eq!(found.is_some(), expected, "{:?}", text);
        }
    }
}
