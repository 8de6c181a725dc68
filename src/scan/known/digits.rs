//! What base64, hex, lists of bytes and UTF-16 make of a value, wherever it begins in what is encoded.

use std::io::{self, Write};

use zeroize::Zeroizing;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A value in digits.
pub(super) struct WrittenDigits {
    /// The digits that depend on nothing else.
    pub(super) text: Zeroizing<Vec<u8>>,
    /// The name of the encoding.
    pub(super) name: &'static str,
    /// Whether the case of letters is of no importance.
    pub(super) ignores_case: bool,
    /// The number of digits before and behind them that hold a part of the value, and of what is beside it.
    pub(super) beside: (usize, usize),
    /// Whether it is UTF-16.
    pub(super) is_wide: bool,
}

/// All of them.
pub(super) fn of(text: &[u8], characters: &[u32]) -> Vec<WrittenDigits> {
    let mut all = Vec::new();
    for shift in 0..3 {
        let standard = base64(text, shift, STANDARD);
        let url = base64(text, shift, URL);
        let is_same = *standard == *url;
        let beside = (usize::from(shift > 0), usize::from(!(8 * (shift + text.len())).is_multiple_of(6)));
        for text in [Some(standard), Some(url).filter(|_| !is_same)].into_iter().flatten() {
            all.push(WrittenDigits { text, name: "base64", ignores_case: false, beside, is_wide: false });
        }
    }
    let mut hex = Zeroizing::new(Vec::with_capacity(2 * text.len()));
    for byte in text {
        hex.extend([byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]));
    }
    all.push(WrittenDigits { text: hex, name: "hex", ignores_case: true, beside: (0, 0), is_wide: false });
    for (before, between) in [("", ":"), ("", " "), ("0x", ", "), ("0x", ",")] {
        let text = list(text, between, |into, byte| write!(into, "{before}{byte:02x}"));
        let name = if before.is_empty() { "hex-dump" } else { "byte-list" };
        all.push(WrittenDigits { text, name, ignores_case: true, beside: (0, 0), is_wide: false });
    }
    for between in [", ", ",", " "] {
        let text = list(text, between, |into, byte| write!(into, "{byte}"));
        all.push(WrittenDigits {
            text,
            name: "byte-list",
            ignores_case: false,
            beside: (0, 0),
            is_wide: false,
        });
    }
    for (name, is_big) in [("utf-16le", false), ("utf-16be", true)] {
        let text = utf16(characters, is_big);
        all.push(WrittenDigits { text, name, ignores_case: false, beside: (0, 0), is_wide: true });
    }
    all
}

/// The characters of base64 that all six bits are known of, if `shift` bytes stand before the text.
fn base64(text: &[u8], shift: usize, alphabet: &[u8; 64]) -> Zeroizing<Vec<u8>> {
    let bits = 8 * (shift + text.len());
    let known = (8 * shift).div_ceil(6)..bits / 6;
    let bit = |at: usize| {
        let byte = at / 8;
        let value = byte.checked_sub(shift).and_then(|byte| text.get(byte)).copied().unwrap_or_default();
        usize::from(value >> (7 - at % 8) & 1)
    };
    let mut digits = Zeroizing::new(Vec::with_capacity(known.len()));
    digits.extend(known.map(|digit| {
        let index = (6 * digit..6 * digit + 6).fold(0, |index, at| index << 1 | bit(at));
        alphabet[index]
    }));
    digits
}

/// The bytes one by one, on a single line.
fn list(
    text: &[u8],
    between: &str,
    write: impl Fn(&mut Zeroizing<Vec<u8>>, u8) -> io::Result<()>,
) -> Zeroizing<Vec<u8>> {
    // Room for all of it, so that no copy of a part is left behind: the longest is `0x00, `.
    let mut list = Zeroizing::new(Vec::with_capacity(6 * text.len()));
    for (at, byte) in text.iter().enumerate() {
        if at > 0 {
            list.extend_from_slice(between.as_bytes());
        }
        // A vector takes all that is written.
        let _ = write(&mut list, *byte);
    }
    list
}

fn utf16(characters: &[u32], is_big: bool) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4 * characters.len()));
    for character in characters {
        let mut units = [0; 2];
        let units: &[u16] = match char::from_u32(*character) {
            Some(character) => character.encode_utf16(&mut units),
            None => {
                units[0] = (character & 0xff) as u16;
                &units[..1]
            }
        };
        for unit in units {
            bytes.extend(if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_every_encoder() {
        let text = b"a?b~c>d\xc3\xa9";
        let all = of(text, &super::super::forms::characters(text));
        for before in 0..4 {
            for after in 0..4 {
                let whole = [&b"x".repeat(before), &text[..], &b"y".repeat(after)].concat();
                let standard = base64_simd::STANDARD.encode_to_string(&whole);
                let url = base64_simd::URL_SAFE.encode_to_string(&whole);
                for encoded in [standard, url] {
                    let is_in =
                        |one: &WrittenDigits| memchr::memmem::find(encoded.as_bytes(), &one.text).is_some();
                    assert!(all.iter().any(is_in), "{before} {after}");
                }
            }
        }
        let wide: Vec<u8> = "a?b~c>dé".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(all.iter().any(|one| *one.text == wide));
        assert!(all.iter().any(|one| *one.text == b"613f627e633e64c3a9"));
    }
}
