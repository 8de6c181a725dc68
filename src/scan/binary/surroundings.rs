//! Whether a text is text, as a whole and near a key.

use std::ops::Range;

use crate::scan::{scratch::Scratch, shape_match::ShapeMatch};

/// How many bytes at the start of a file tell whether it is text.
pub(in crate::scan) const HEAD: usize = 8000;

/// How far from a key its text is checked for bytes that are not text.
const NEAR: usize = 256;

/// The same for bytes that are no UTF-8.
const NEAR_ENCODING: usize = 64;

/// What stands near a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Surroundings {
    Text,
    /// Bytes above ASCII that are not UTF-8: binary data, or text in an old encoding.
    Unclear,
    /// Control characters that no text has.
    Binary,
}

/// Whether a file is not text, judged by its first bytes, as git does.
pub(in crate::scan) fn is_binary(text: &[u8]) -> bool {
    memchr::memchr(0, &text[..text.len().min(HEAD)]).is_some()
}

/// Whether a match around the anchor at `at` is a string of C. Such a string is whole, between two zeros.
pub(in crate::scan) fn is_c_string(text: &[u8], at: usize, one: &ShapeMatch) -> bool {
    /// The type of the next string may touch the end.
    const TYPE: usize = 2;
    let Range { start, end } = one.span;
    let is_between = one.decoded.is_none() && text.get(end) == Some(&0) && text[..start].ends_with(b"\0");
    // The zero may also be part of a length, and the first letter of what has no known form the rest of it.
    let is_length = || (0..=TYPE).any(|after| end - start == 1 + usize::from(text[start]) + after);
    start < at && at < end && is_between && !(one.rule.fallback && is_length())
}

/// What stands near a token.
pub(super) fn surroundings(text: &[u8], start: usize, end: usize, scratch: &mut Scratch) -> Surroundings {
    // The strings of a program of Go are many kilobytes without a control character.
    if *scratch.is_binary.get_or_insert_with(|| is_binary(text)) {
        return Surroundings::Binary;
    }
    let end = end.min(start + 2 * NEAR);
    if is_plain(text, start.saturating_sub(NEAR)..text.len().min(end + NEAR), &mut scratch.plain) {
        return Surroundings::Text;
    }
    let holds_control = |bytes: &[u8]| bytes.iter().fold(false, |any, byte| any | is_control(*byte));
    if holds_control(&text[start.saturating_sub(NEAR)..start])
        || holds_control(&text[end..text.len().min(end + NEAR)])
    {
        return Surroundings::Binary;
    }
    let before = &text[start.saturating_sub(NEAR_ENCODING)..start];
    // The middle of a character may be where the range begins, but no text begins there.
    let before = if start > NEAR_ENCODING { skip_rest(before) } else { before };
    let after = &text[end..text.len().min(end + NEAR_ENCODING)];
    let is_utf8 =
        |bytes: &[u8]| std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    if is_utf8(before) && is_utf8(after) { Surroundings::Text } else { Surroundings::Unclear }
}

/// A control character that no text has.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=6 | 14..=26 | 28..=31)
}

/// Whether there is nothing but ASCII and no control character in the range. `known` is a range in which there is not: of
/// what overlaps it, only the rest is looked at.
fn is_plain(text: &[u8], range: Range<usize>, known: &mut Range<usize>) -> bool {
    let from =
        if (known.start..=known.end).contains(&range.start) { known.end.min(range.end) } else { range.start };
    let is_plain =
        text[from..range.end].iter().fold(true, |all, byte| all & (byte.is_ascii() & !is_control(*byte)));
    if is_plain && from == range.start {
        *known = range;
    } else if is_plain {
        known.end = known.end.max(range.end);
    }
    is_plain
}

/// Without the rest of a character at its start.
fn skip_rest(bytes: &[u8]) -> &[u8] {
    let rest = bytes.iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
    &bytes[rest..]
}
