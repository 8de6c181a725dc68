//! Where lists of bytes are, and whether one may hold a key.
//!
//! Hardly any other text has as few letters, so a look at eight bytes of each 64 finds them.

use std::ops::Range;

/// Every so many bytes, a sample is looked at. The shortest key takes more as a list.
const STEP: usize = 64;

/// The length of a sample.
const SAMPLE: usize = 8;

/// The samples that show no list, as in a line between, before the list is over.
const MOST_OTHERS: usize = 8;

/// How far the list may reach beyond its samples, in bytes.
pub(crate) const MARGIN: usize = MOST_OTHERS * STEP;

/// The maximum length of what stands between two elements, in bytes.
pub(super) const WIDEST: usize = 120;

/// A 1 in every byte.
const ONES: u64 = u64::MAX / 255;

/// The first part of `range` in which a list of bytes may be.
#[must_use]
pub(crate) fn next_region(text: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let first = sample(text, range.start, range.end)?;
    let mut last = first;
    let mut at = first + STEP;
    while at < range.end && at <= last + MOST_OTHERS * STEP {
        if is_list(text, at) {
            last = at;
        }
        at += STEP;
    }
    Some(first.saturating_sub(MARGIN)..text.len().min(last + MARGIN))
}

/// The first sample at or after `from` that looks like a list.
fn sample(text: &[u8], from: usize, end: usize) -> Option<usize> {
    let end = end.min(text.len());
    let mut at = from;
    loop {
        let steps = text.get(at..end)?.chunks(STEP);
        let skipped = steps.take_while(|step| has_letters(step)).count();
        at += skipped * STEP;
        if at >= end {
            return None;
        }
        if is_list(text, at) {
            return Some(at);
        }
        at += STEP;
    }
}

/// Whether more than three of the eight bytes are letters, or other bytes from 0x40 on.
fn has_letters(step: &[u8]) -> bool {
    const MOST: u64 = 3;
    step.first_chunk().is_none_or(|sample: &[u8; SAMPLE]| {
        let letters = (u64::from_le_bytes(*sample) >> 6) & ONES;
        letters.wrapping_mul(ONES) >> 56 > MOST
    })
}

fn is_list(text: &[u8], at: usize) -> bool {
    let Some(sample) = text.get(at..at + SAMPLE) else { return false };
    let telling =
        sample.iter().filter(|byte| byte.is_ascii_digit() || matches!(**byte, b'\'' | b'"')).count();
    telling >= 2 && sample.is_ascii() && !has_letters(sample)
}

/// How the first byte of a key may be written in a list.
#[must_use]
pub(crate) fn spellings(byte: u8) -> Vec<Vec<u8>> {
    let quoted = |quote: char| format!("{quote}{}{quote}", char::from(byte)).into_bytes();
    let mut all =
        vec![byte.to_string().into_bytes(), format!("{byte:02x}").into_bytes(), quoted('\''), quoted('"')];
    let upper = format!("{byte:02X}").into_bytes();
    if !all.contains(&upper) {
        all.push(upper);
    }
    all
}

/// Whether a list may go on with the other bytes of an anchor, behind the spelling of its first one, which is at `at`.
#[must_use]
pub(crate) fn goes_on_with(text: &[u8], at: usize, spelling: &[u8], others: &[u8]) -> bool {
    let behind = at + spelling.len();
    let after = &text[behind..text.len().min(behind + WIDEST)];
    // The next line of a dump begins with an offset, and a list may have one element a line.
    let within = |byte: u8, most: usize| {
        let mut lines = after.split(|byte| *byte == b'\n').take(4);
        lines.any(|line| {
            let words = line.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
            words.take(most).any(|word| is_spelled(word, byte))
        })
    };
    let [second, more @ ..] = others else { return true };
    // The bytes of a word may be swapped.
    let is_swapped = at >= 2 && is_spelled(&text[at - 2..at], *second);
    let is_quoted = spelling.starts_with(b"'") || spelling.starts_with(b"\"");
    (within(*second, 3) || is_swapped) && (is_quoted || more.first().is_none_or(|third| within(*third, 6)))
}

/// Whether a word of a list spells the byte, or begins or ends with its hex digits.
fn is_spelled(word: &[u8], byte: u8) -> bool {
    let ends =
        [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).map_or(0, |digit| digit as u8));
    let is_hex = |digits: Option<&[u8]>| digits.is_some_and(|digits| digits.eq_ignore_ascii_case(&ends));
    let number = word.strip_prefix(b"0x").or(word.strip_prefix(b"0X")).unwrap_or(word);
    let digits = word.iter().take_while(|digit| digit.is_ascii_digit()).count();
    let value = word[..digits].iter().take(4).fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    word == [byte]
        || (1..=3).contains(&digits) && value == u32::from(byte)
        || is_hex(number.get(..2))
        || number.len() == 4 && is_hex(number.get(2..))
}
