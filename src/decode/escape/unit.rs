//! What all escapes are made of.

use crate::bytes::hex;

/// One escape sequence.
pub(super) struct EscapeUnit {
    /// Its length in the source, in bytes.
    pub(super) length: usize,
    /// The byte it stands for; `None` if it only joins what is on both sides.
    pub(super) byte: Option<u8>,
    /// Its name in a report.
    pub(super) name: &'static str,
}

/// Whether the keys of any issuer contain the byte.
pub(super) fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_+/=.:".contains(&byte)
}

/// The code point as a byte, if it is ASCII. No key contains anything else.
pub(super) fn ascii(code: u32) -> Option<u8> {
    u8::try_from(code).ok().filter(u8::is_ascii)
}

/// The character that is written as one to four escaped bytes of UTF-8, each behind `mark`, and its length.
pub(super) fn encoded(text: &[u8], mark: &[u8]) -> Option<(u32, usize)> {
    let width = mark.len() + 2;
    let byte = |at: usize| {
        let digits = text.get(at * width..)?.strip_prefix(mark)?.get(..2)?;
        u8::try_from(hex::number(digits)?).ok()
    };
    let first = byte(0)?;
    if first.is_ascii() {
        return Some((first.into(), width));
    }
    let mut bytes = [first, 0, 0, 0];
    for (at, more) in bytes.iter_mut().enumerate().skip(1) {
        *more = byte(at).unwrap_or(0);
    }
    let (code, length) = in_utf8(&bytes)?;
    Some((code, length * width))
}

/// The character at the start of a text, and its length, if it is one of several bytes.
pub(super) fn in_utf8(text: &[u8]) -> Option<(u32, usize)> {
    let length = match *text.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let character = std::str::from_utf8(text.get(..length)?).ok()?.chars().next()?;
    Some((u32::from(character), length))
}
