//! Quoted-printable, RFC 2045: `=2D`, always in uppercase, and soft line breaks, which are a `=` at the end
//! of a line.

use super::{
    invisible,
    unit::{EscapeUnit, encoded},
};

const NAME: &str = "quoted-printable";

pub(super) fn unit(text: &[u8]) -> Option<EscapeUnit> {
    let [b'=', high, low, ..] = text else { return None };
    let digits = [*high, *low];
    if digits.iter().any(u8::is_ascii_lowercase) {
        return None;
    }
    let (code, length) = encoded(text, b"=")?;
    invisible::escaped(code, length, NAME)
}

/// A soft line break. Encoders only break lines that are close to the maximum length. A shorter line that
/// ends in `=` is padded base64.
pub(super) fn soft_break(text: &[u8], at: usize) -> Option<EscapeUnit> {
    const LENGTHS: std::ops::RangeInclusive<usize> = 50..=76;
    let length = [&b"=\r\n"[..], b"=\n"].into_iter().find(|line_end| text[at..].starts_with(line_end))?.len();
    let line = text[..at].iter().rev().take(LENGTHS.end() + 1).take_while(|byte| **byte != b'\n').count();
    let is_padding = text[..at].ends_with(b"=");
    (LENGTHS.contains(&line) && !is_padding).then_some(EscapeUnit { length, byte: None, name: NAME })
}
