//! Numeric character references of HTML and XML: `&#45;`, `&#x2d;`.

use super::unit::{EscapeUnit, ascii};
use crate::bytes::hex;

/// The number of digits of the longest reference to an ASCII character, leading zeros included.
const LONGEST: usize = 8;

pub(super) fn unit(text: &[u8]) -> Option<EscapeUnit> {
    let reference = text.strip_prefix(b"&#")?;
    let end = reference.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let digits = &reference[..end];
    let code = match digits.strip_prefix(b"x").or(digits.strip_prefix(b"X")) {
        Some(digits) => hex::number(digits)?,
        None => std::str::from_utf8(digits).ok()?.parse().ok()?,
    };
    Some(EscapeUnit { length: 2 + end + 1, byte: Some(ascii(code)?), name: "html-entity" })
}
