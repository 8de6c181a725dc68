//! Characters that nobody sees, such as a zero-width space, and characters that look like others: the dashes of word
//! processors, and full-width letters.

use super::unit::{EscapeUnit, ascii, in_utf8};

const INVISIBLE: &str = "invisible";

const LOOK_ALIKE: &str = "look-alike";

/// The characters of a text in UTF-8.
pub(super) fn unit(text: &[u8]) -> Option<EscapeUnit> {
    let (code, length) = in_utf8(text)?;
    let (byte, name) = stands_for(code)?;
    Some(EscapeUnit { length, byte, name })
}

/// What a code point in an escape stands for. `name` is that of the escape.
pub(super) fn escaped(code: u32, length: usize, name: &'static str) -> Option<EscapeUnit> {
    let byte = match ascii(code) {
        Some(byte) => Some(byte),
        None => stands_for(code)?.0,
    };
    Some(EscapeUnit { length, byte, name })
}

/// The byte that a character stands for, or nothing if nobody sees it.
fn stands_for(code: u32) -> Option<(Option<u8>, &'static str)> {
    match code {
        // Soft hyphen, zero-width characters, marks of direction, byte order mark, variation selectors.
        0xad | 0x34f | 0x61c | 0x180b..=0x180e | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f => {
            Some((None, INVISIBLE))
        }
        0xfe00..=0xfe0f | 0xfeff | 0xe0000..=0xe007f | 0xe0100..=0xe01ef => Some((None, INVISIBLE)),
        0x2010..=0x2015 | 0x2043 | 0x2212 | 0xfe58 | 0xfe63 => Some((Some(b'-'), LOOK_ALIKE)),
        0xff01..=0xff5e => Some((Some(ascii(code - 0xfee0)?), LOOK_ALIKE)),
        _ => None,
    }
}
