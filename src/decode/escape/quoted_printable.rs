//! Quoted-printable, RFC 2045: `=2D`, always in upper case, and lines that end in `=` go on in the next one.

use super::{Unit, ascii, hex};

const NAME: &str = "quoted-printable";

pub(super) fn unit(text: &[u8]) -> Option<Unit> {
    let [b'=', high, low, ..] = text else { return None };
    let digits = [*high, *low];
    if digits.iter().any(u8::is_ascii_lowercase) {
        return None;
    }
    Some(Unit { length: 3, byte: Some(ascii(hex(&digits)?)?), name: NAME })
}

pub(super) fn soft_break(text: &[u8]) -> Option<Unit> {
    let length = [&b"=\r\n"[..], b"=\n"].into_iter().find(|line_end| text.starts_with(line_end))?.len();
    Some(Unit { length, byte: None, name: NAME })
}
