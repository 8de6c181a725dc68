//! Backslash escapes of programming languages, JSON, shells and Markdown. Text that was quoted more than once
//! has several backslashes in a row.

use super::{
    invisible,
    unit::{EscapeUnit, ascii, encoded},
};
use crate::bytes::hex;

/// Characters that are escaped without need: `/` in JSON, `_` and `-` in Markdown.
const ITSELF: &[u8] = b"/_-.:+=";

const MOST_BACKSLASHES: usize = 4;

pub(super) fn unit(text: &[u8]) -> Option<EscapeUnit> {
    if text.first() != Some(&b'\\') {
        return None;
    }
    let count = text.iter().take(MOST_BACKSLASHES).take_while(|byte| **byte == b'\\').count();
    let rest = &text[count..];
    let (length, code, name) = match *rest.first()? {
        b'x' => {
            let (code, length) = encoded(text, &text[..=count])?;
            (length - count, code, "hex-escape")
        }
        b'u' if rest.get(1) == Some(&b'{') => {
            let digits = rest[2..].iter().take(7).position(|byte| *byte == b'}')?;
            (digits + 3, hex::number(&rest[2..2 + digits])?, "unicode-escape")
        }
        b'u' => (5, hex::number(rest.get(1..5)?)?, "unicode-escape"),
        b'U' => (9, hex::number(rest.get(1..9)?)?, "unicode-escape"),
        b'0' | b'1' => (3, octal(rest.get(..3)?)?.into(), "octal-escape"),
        itself if ITSELF.contains(&itself) => (1, itself.into(), "backslash"),
        _ => return None,
    };
    invisible::escaped(code, count + length, name)
}

fn octal(digits: &[u8]) -> Option<u8> {
    ascii(u32::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()?)
}
