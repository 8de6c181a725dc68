//! The characters of an encoded container, as they are written in texts: wrapped, escaped, in either alphabet.

use crate::{blob::Wrapping, decode::run};

/// What follows in the text of a container.
pub(super) enum ContainerStep {
    /// A character in the standard alphabet, and the offset after it.
    Character(u8, usize),
    /// The next line, which begins at this offset.
    Line(usize),
    End,
}

pub(super) fn step(text: &[u8], at: usize, wrapping: Wrapping) -> ContainerStep {
    let Some(byte) = text.get(at) else { return ContainerStep::End };
    match byte {
        _ if wrapping == Wrapping::Hex && byte.is_ascii_hexdigit() => {
            return ContainerStep::Character(*byte, at + 1);
        }
        _ if wrapping == Wrapping::Hex => {}
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'/' => {
            return ContainerStep::Character(*byte, at + 1);
        }
        b'-' if !text[at..].starts_with(b"--") => return ContainerStep::Character(b'+', at + 1),
        b'_' => return ContainerStep::Character(b'/', at + 1),
        b'\\' | b'%' => {
            const ESCAPES: [(&[u8], u8); 5] =
                [(b"\\/", b'/'), (b"\\u002b", b'+'), (b"\\u002f", b'/'), (b"%2b", b'+'), (b"%2f", b'/')];
            for (escape, character) in ESCAPES {
                let end = at + escape.len();
                if text.get(at..end).is_some_and(|here| here.eq_ignore_ascii_case(escape)) {
                    return ContainerStep::Character(character, end);
                }
            }
        }
        _ => {}
    }
    match run::line_break(text, at) {
        Some(next) if text.get(next).is_some_and(|byte| is_character(*byte)) => ContainerStep::Line(next),
        _ => ContainerStep::End,
    }
}

pub(super) fn is_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'\\' | b'%')
}

/// Whether base64 may begin after this text.
pub(super) fn is_start(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b'r' | b't'] | [.., b'%', _, _] | [.., b'\\', b'u', _, _, _, _] => true,
        [.., last] => !last.is_ascii_alphanumeric() && !matches!(last, b'+' | b'_' | b'-'),
        [] => true,
    }
}

/// Whether someone left out what follows.
pub(super) fn is_left_out(behind: &[u8]) -> bool {
    [&b"..."[..], "…".as_bytes()].iter().any(|mark| behind.starts_with(mark))
}
