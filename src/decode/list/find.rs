//! Where lists of bytes are, and whether one may hold a key.
//!
//! A look at eight bytes of each 58 passes over nearly all other text, since that has more letters or fewer digits.

use std::ops::Range;

use crate::bytes::{ONES, non_alphanumeric};

/// Every so many bytes, a sample is looked at. The shortest key takes more as a list. Elements of a list are about as long as
/// each other, so this is no multiple of usual lengths: `) . chr(115` and `, (byte)0x73` would show the same part each time.
const STEP: usize = 58;

/// The length of a sample.
const SAMPLE: usize = 8;

/// How far before or behind a sample a list is looked at, in bytes.
const SIDE: usize = 48;

/// The samples that show no list, as in a line between, before the list is over.
const MOST_OTHERS: usize = 5;

/// The samples in a row that show no list, before the list is over at either end.
const WIDEST_GAP: usize = 12;

/// How far the list may reach beyond its samples at most, in bytes.
pub(crate) const MARGIN: usize = MOST_OTHERS * STEP;

/// The maximum length of what stands between two elements, in bytes.
pub(super) const WIDEST: usize = 120;

/// The first part of `range` in which a list of bytes may be.
#[must_use]
pub(crate) fn next_region(text: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let end = range.end.min(text.len());
    let next = |from: usize, end: usize| (from..end).step_by(STEP).find(|at| is_list(text, *at));
    let first = next(range.start, end)?;
    let mut last = first;
    while let Some(at) = next(last + STEP, end.min(last + MOST_OTHERS * STEP + 1)) {
        last = at;
    }
    let (_, before) = text[first.saturating_sub(MARGIN)..first].as_rchunks();
    let (behind, _) = text[last..text.len().min(last + MARGIN)].as_chunks();
    Some(first - reach(before.iter().rev())..text.len().min(last + reach(behind.iter()) + SAMPLE))
}

/// How far a list goes on, in bytes, and a little more: up to so many samples that show none.
fn reach<'t>(samples: impl Iterator<Item = &'t [u8; SAMPLE]>) -> usize {
    let (mut all, mut others) = (0, 0);
    for sample in samples {
        others = if may_be_list(sample) { 0 } else { others + 1 };
        if others > WIDEST_GAP {
            break;
        }
        all += SAMPLE;
    }
    all
}

/// Whether the sample at `at` and what is on one side of it look like a list.
fn is_list(text: &[u8], at: usize) -> bool {
    let Some(sample) = text[at..].first_chunk::<SAMPLE>() else { return false };
    may_be_list(sample)
        && (text[at..].first_chunk().is_some_and(is_list_all_over)
            || text[..at + SAMPLE].last_chunk().is_some_and(is_list_all_over))
}

/// Whether at most three of the bytes are letters, or other bytes from 0x40 on, and at least two are digits or quotes, for
/// all bytes at once. Each bit of a byte is tested as the lowest one.
fn may_be_list(sample: &[u8; SAMPLE]) -> bool {
    let bytes = u64::from_le_bytes(*sample);
    count(bytes >> 6) <= 3 && count(digits(bytes) | quotes(bytes)) >= 2
}

/// The number of bytes whose lowest bit is set.
fn count(bits: u64) -> u64 {
    sum(bits & ONES)
}

/// The sum of all bytes, below 256.
fn sum(bytes: u64) -> u64 {
    bytes.wrapping_mul(ONES) >> 56
}

/// Sets the lowest bit of each byte that is a quote, or one of `#` and `&`. Other bits are undefined.
fn quotes(bytes: u64) -> u64 {
    (bytes >> 5) & (bytes >> 1) & !((bytes >> 3) | (bytes >> 4) | (bytes >> 6))
}

/// Sets the lowest bit of each byte up to 0x20. Other bits are undefined.
fn blanks(bytes: u64) -> u64 {
    let high = (bytes >> 6) | (bytes >> 7);
    let low = bytes | (bytes >> 1) | (bytes >> 2) | (bytes >> 3) | (bytes >> 4);
    !(high | ((bytes >> 5) & low))
}

/// Sets the lowest bit of each byte from 0x30 to 0x39, whose low half is below ten. Other bits are undefined.
fn digits(bytes: u64) -> u64 {
    let is_ten_or_more = (bytes >> 3) & ((bytes >> 2) | (bytes >> 1));
    (bytes >> 5) & (bytes >> 4) & !(bytes >> 6) & !is_ten_or_more
}

/// Whether digits and quotes are everywhere, hardly any long words and numbers, as a dump has beside and before its bytes,
/// and half of the words may be bytes of a key.
fn is_list_all_over(side: &[u8; SIDE]) -> bool {
    const MOST_LONG: u32 = 1;
    const LEAST_BYTES: u32 = 2;
    if !is_dense(side) || side.as_chunks().0.iter().any(is_binary) {
        return false;
    }
    let (digits, quotes) = (bits(side, digits), bits(side, quotes));
    let letters = bits(side, |bytes| bytes >> 6);
    let threes = |bits: u64| bits & (bits >> 1) & (bits >> 2);
    let sixes = |bits: u64| threes(bits) & (threes(bits) >> 3);
    let long_runs = |bits: u64| (sixes(bits) & !(sixes(bits) << 1)).count_ones();
    let is_longer_than_an_offset = sixes(digits) & (threes(digits) >> 6) != 0;
    if long_runs(letters) > MOST_LONG || long_runs(digits) > MOST_LONG || is_longer_than_an_offset {
        return false;
    }
    let words = bits(side, |bytes| !non_alphanumeric(bytes) >> 7);
    let (starts, ends) = (words & !(words << 1), words & !(words >> 1));
    // What is cut at either end may be quoted.
    let quoted = starts & ends & (quotes << 1 | 1) & (quotes >> 1 | 1 << (SIDE - 1));
    let mut bytes = if quotes == 0 { 0 } else { quoted.count_ones() };
    let mut longer = starts & !ends;
    while longer != 0 {
        let start = longer.trailing_zeros() as usize;
        longer &= longer - 1;
        let length = (words >> start).trailing_ones() as usize;
        bytes += u32::from(may_be_byte(&side[start..start + length]));
    }
    // One may be cut at either end.
    bytes >= LEAST_BYTES && 2 * bytes + 2 >= starts.count_ones()
}

/// Whether at least each sixth byte is a digit or a quote, apart from blanks, and one of each twelve, as long as the elements
/// of most lists, or these are an indentation.
fn is_dense(side: &[u8; SIDE]) -> bool {
    const ELEMENT: usize = 12;
    const INDENTED: u32 = 4;
    const LEAST: u64 = 6;
    let telling = |bytes| digits(bytes) | quotes(bytes);
    let total = |test: &dyn Fn(u64) -> u64| {
        sum(side.as_chunks().0.iter().map(|chunk| test(u64::from_le_bytes(*chunk)) & ONES).sum())
    };
    let enough = total(&telling) * LEAST;
    if enough < SIDE as u64 && enough + total(&blanks) < SIDE as u64 {
        return false;
    }
    let telling = bits(side, telling);
    let parts = (0..SIDE).step_by(ELEMENT).map(|start| ((1 << ELEMENT) - 1) << start);
    let mut empty = parts.filter(|part| telling & part == 0).peekable();
    if empty.peek().is_none() {
        return true;
    }
    let blanks = bits(side, blanks);
    empty.all(|part| (blanks & part).count_ones() >= INDENTED)
}

/// Whether any byte is outside of ASCII, or a control character that no text has.
fn is_binary(bytes: &[u8; 8]) -> bool {
    let bytes = u64::from_le_bytes(*bytes);
    (bytes | bytes.wrapping_sub(ONES * u64::from(b'\t'))) & (ONES << 7) != 0
}

/// One bit for each byte: the lowest one of what `test` makes of it.
fn bits(side: &[u8; SIDE], test: impl Fn(u64) -> u64) -> u64 {
    let (chunks, _) = side.as_chunks::<8>();
    chunks.iter().rev().fold(0, |all, chunk| {
        let lowest = test(u64::from_le_bytes(*chunk)) & ONES;
        all << 8 | lowest.wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

/// Whether a word of a list may be a byte of a key: a number of two or three digits or twice two hex digits, and a short
/// type.
fn may_be_byte(word: &[u8]) -> bool {
    match word {
        [b'0', b'x' | b'X', number @ ..] => is_high(number),
        [b'1', b'0'..=b'2', last, ..] if last.is_ascii_digit() => true,
        [_, _] | [_, _, b'a'..=b'z' | b'A'..=b'Z', ..] if word.len() <= 6 => is_high(word),
        [_, _, rest @ ..] if rest.len() == 2 => is_high(word) && is_high(rest),
        _ => false,
    }
}

/// Whether a number begins with two hex digits, the first of which all bytes of keys have, in either base.
fn is_high(number: &[u8]) -> bool {
    matches!(number, [b'2'..=b'9', low, ..] if low.is_ascii_hexdigit())
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
pub(crate) fn goes_on_with(text: &[u8], at: usize, spelling: &[u8], [second, third]: [u8; 2]) -> bool {
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
    // The bytes of a word may be swapped.
    let is_swapped = at >= 2 && is_spelled(&text[at - 2..at], second);
    let is_quoted = spelling.starts_with(b"'") || spelling.starts_with(b"\"");
    (within(second, 3) || is_swapped) && (is_quoted || within(third, 6))
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
