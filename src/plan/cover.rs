//! How a key is covered where it stands: each encoding has its own way in which the file stays useful.

use std::ops::Range;

use memchr::memmem;

use super::{
    digits::{BASE64, BASE64URL, DigitCode, HEX, UPPER_HEX},
    form::{REMOVED, filler, utf16},
};
use crate::finding::{Occurrence, Secret};

/// The ways to cover a key, the kindest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CoverWay {
    /// In its encoding, so that what decodes it still can.
    Encoded,
    /// With as many characters as it has, so that everything else stays where it is.
    SameLength,
    /// With a word.
    Word,
}

pub(super) const WAYS: [CoverWay; 3] = [CoverWay::Encoded, CoverWay::SameLength, CoverWay::Word];

/// Whether git treats this as binary. git-filter-repo does not replace texts in it.
pub(super) fn is_binary(content: &[u8]) -> bool {
    content[..content.len().min(8192)].contains(&0)
}

/// What to replace in a content to cover a key in one place, in offsets of the content. Empty if it does not stand there
/// as it was found, as in a compressed file.
pub(super) fn covers(
    content: &[u8],
    secret: &Secret,
    place: &Occurrence,
    way: CoverWay,
) -> Vec<(Range<usize>, Vec<u8>)> {
    if secret.name().is_some() {
        return Vec::new();
    }
    let written = place.written.as_ref().unwrap_or(secret).bytes();
    let keeps_length = is_binary(content) || place.archive.is_some();
    let plain = memmem::find_iter(content, written);
    let ranges: Vec<_> = plain.map(|at| at..at + written.len()).collect();
    if !ranges.is_empty() {
        let cover = |range| cover(content, range, secret, place, way, keeps_length);
        return ranges.into_iter().filter_map(cover).collect();
    }
    for is_big in [false, true] {
        let wide = utf16(written, is_big);
        let with = match keeps_length && way != CoverWay::Word && !is_text_in_utf16(content) {
            true => filler(written.len()),
            false => REMOVED.as_bytes().to_vec(),
        };
        let found: Vec<_> =
            memmem::find_iter(content, &wide).map(|at| (at..at + wide.len(), utf16(&with, is_big))).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// A text that says so by its first bytes.
fn is_text_in_utf16(content: &[u8]) -> bool {
    content.starts_with(b"\xff\xfe") || content.starts_with(b"\xfe\xff")
}

fn cover(
    content: &[u8],
    range: Range<usize>,
    secret: &Secret,
    place: &Occurrence,
    way: CoverWay,
    keeps_length: bool,
) -> Option<(Range<usize>, Vec<u8>)> {
    let written = &content[range.clone()];
    let encoding = place.encoding.first().copied().unwrap_or_default();
    let codes: &[DigitCode] = match encoding {
        "base64" if has_any(written, b"-_") => &[BASE64URL],
        "base64" => &[BASE64],
        "hex" if has_any(written, b"ABCDEF") => &[UPPER_HEX],
        "hex" => &[HEX],
        _ => &[],
    };
    match (way, codes.first()) {
        (CoverWay::Encoded, Some(code)) => rewrite(content, &range, secret, code),
        (CoverWay::SameLength, Some(code)) => {
            let zero = if code.has(b'g') { b'A' } else { b'0' };
            let with = written.iter().map(|byte| if code.has(*byte) { zero } else { *byte }).collect();
            Some((range, with))
        }
        (CoverWay::Encoded, None) if encoding == "byte-list" => {
            let with = numbers(written);
            Some((range, with))
        }
        (CoverWay::Encoded, None) if encoding.starts_with("utf-16") && !place.encoding.is_empty() => {
            let with = utf16(&filler(written.len() / 2), encoding == "utf-16be");
            (with.len() == written.len()).then_some((range, with))
        }
        (CoverWay::Encoded, None) if !keeps_length => Some((range, REMOVED.as_bytes().to_vec())),
        (CoverWay::Encoded | CoverWay::SameLength, _) => {
            let with = filler(range.len());
            Some((range, with))
        }
        (CoverWay::Word, _) => Some((range, REMOVED.as_bytes().to_vec())),
    }
}

fn has_any(text: &[u8], bytes: &[u8]) -> bool {
    text.iter().any(|byte| bytes.contains(byte))
}

/// The whole run of digits around a key, with the key in it covered.
fn rewrite(
    content: &[u8],
    range: &Range<usize>,
    secret: &Secret,
    code: &DigitCode,
) -> Option<(Range<usize>, Vec<u8>)> {
    let before = content[..range.start].iter().rev().take_while(|byte| code.has(**byte)).count();
    let after = content[range.end..].iter().take_while(|byte| code.has(**byte)).count();
    let run = range.start - before..range.end + after;
    let key = secret.bytes();
    let needles: Vec<_> = [key.to_vec(), utf16(key, false), utf16(key, true)].into();
    let fillers: Vec<_> =
        [filler(key.len()), utf16(&filler(key.len()), false), utf16(&filler(key.len()), true)].into();
    let pairs: Vec<_> = needles.into_iter().zip(fillers).collect();
    let new = code.rewrite(&content[run.clone()], &pairs)?;
    Some((run, new))
}

/// A list of numbers, in which every number that stands for a byte becomes that of an `x`.
fn numbers(written: &[u8]) -> Vec<u8> {
    let mut new = Vec::with_capacity(written.len());
    let mut words = written.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let is_dump = words.all(|word| word.len() == 2 && word.iter().all(u8::is_ascii_hexdigit));
    let mut rest = written;
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let (word, behind) = rest.split_at(count.max(1));
        match word {
            _ if is_dump && first.is_ascii_alphanumeric() => new.extend_from_slice(b"78"),
            [b'0', b'x' | b'X', ..] => new.extend_from_slice(b"0x78"),
            [b'0', b'o' | b'O', ..] => new.extend_from_slice(b"0o170"),
            [b'0', b'b' | b'B', ..] => new.extend_from_slice(b"0b1111000"),
            _ if word.iter().all(u8::is_ascii_digit) => new.extend_from_slice(b"120"),
            [one] if one.is_ascii_alphanumeric() => new.push(b'x'),
            _ => new.extend_from_slice(word),
        }
        rest = behind;
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_stays_a_list() {
        for (written, expected) in [
            ("115, 107,45", "120, 120,120"),
            ("0x73, 0x6B", "0x78, 0x78"),
            ("'s', 'k', '-'", "'x', 'x', '-'"),
            ("73 6b 2d", "78 78 78"),
        ] {
            assert_eq!(String::from_utf8_lossy(&numbers(written.as_bytes())), expected);
        }
    }
}
