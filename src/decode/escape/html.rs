//! Character references of HTML and XML: `&#45;`, `&#x2d;`, `&shy;`.

use super::{invisible, unit::EscapeUnit};
use crate::bytes::hex;

/// The number of digits of the longest reference to an ASCII character, leading zeros included.
const LONGEST: usize = 8;

const NAME: &str = "html-entity";

/// References by name, as far as they stand for something in a key, or for nothing that is seen.
const NAMED: &[(&str, u32)] = &[
    ("&shy;", 0xad),
    ("&ZeroWidthSpace;", 0x200b),
    ("&zwnj;", 0x200c),
    ("&zwj;", 0x200d),
    ("&lrm;", 0x200e),
    ("&rlm;", 0x200f),
    ("&NoBreak;", 0x2060),
    ("&hyphen;", 0x2d),
    ("&dash;", 0x2d),
    ("&minus;", 0x2d),
    ("&ndash;", 0x2d),
    ("&lowbar;", 0x5f),
    ("&UnderBar;", 0x5f),
    ("&period;", 0x2e),
];

pub(super) fn unit(text: &[u8]) -> Option<EscapeUnit> {
    let Some(reference) = text.strip_prefix(b"&#") else {
        let (name, code) = NAMED.iter().find(|(name, _)| text.starts_with(name.as_bytes()))?;
        return invisible::escaped(*code, name.len(), NAME);
    };
    let end = reference.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let digits = &reference[..end];
    let code = match digits.strip_prefix(b"x").or(digits.strip_prefix(b"X")) {
        Some(digits) => hex::number(digits)?,
        None => std::str::from_utf8(digits).ok()?.parse().ok()?,
    };
    invisible::escaped(code, 2 + end + 1, NAME)
}
