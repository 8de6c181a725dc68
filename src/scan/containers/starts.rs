//! Where containers begin in base64. Most of them have no literal of their own in the main search: each literal makes it
//! slower. The search for long runs passes by every base64 anyway, and hardly by anything else. So it is enough to look
//! from there at the start of the token, or of the lines that it is wrapped in.

use super::characters::{is_character, is_start};

/// What containers begin with: Zstandard, bzip2 and a git pack.
const STARTS: [&[u8]; 3] = [b"KLUv", b"QlpoO", b"UEFDS"];

/// What xz begins with, without its first character. That is no letter, so it may be written in several ways.
const XZ: &[u8] = b"Td6WF";

/// Looks at the starts of tokens.
pub(in crate::scan) struct TokenStarts {
    /// Everything before this offset is done.
    done: usize,
}

impl TokenStarts {
    /// For what follows `from`.
    pub(in crate::scan) fn new(from: usize) -> Self {
        Self { done: from }
    }

    /// Looks at the base64 around `at`, and passes on where a container may begin in what comes before. The offsets must
    /// not decrease, so nothing is looked at twice.
    pub(in crate::scan) fn look(&mut self, text: &[u8], at: usize, found: &mut impl FnMut(usize)) {
        let mut start = at;
        loop {
            while start > self.done && is_character(text[start - 1]) {
                // Base64 may stand behind a slash, and an escape before it.
                match text[start - 1] {
                    b'/' | b'_' => note(text, start, found),
                    b'\\' => [1, 5].iter().for_each(|length| note(text, start + length, found)),
                    b'%' => note(text, start + 2, found),
                    _ => {}
                }
                start -= 1;
            }
            note(text, start, found);
            match line_before(&text[self.done.min(start)..start]) {
                Some(length) => start -= length,
                None => break,
            }
        }
        self.done = at.max(self.done);
    }
}

/// Passes on an offset if a container may begin there.
fn note(text: &[u8], at: usize, found: &mut impl FnMut(usize)) {
    let Some((before, rest)) = text.split_at_checked(at) else { return };
    let may_begin = match rest {
        [b'T', ..] if rest.starts_with(XZ) => {
            let first: [&[u8]; 4] = [b"%2F", b"\\u002f", b"/", b"_"];
            if let Some(first) = first.iter().find(|first| before.ends_with(first)) {
                found(at - first.len());
            }
            return;
        }
        // Each level of zlib, with the two bits of the next byte.
        [b'e', b'A', b'E'..=b'H', ..]
        | [b'e', b'F', b'4'..=b'7', ..]
        | [b'e', b'J', b'w'..=b'z', ..]
        | [b'e', b'N', b'o'..=b'r', ..] => is_start(before),
        _ => STARTS.iter().any(|start| rest.starts_with(start)),
    };
    if may_begin {
        found(at);
    }
}

/// The length of a line separator and an indentation at the end of the text, if base64 comes before.
fn line_before(text: &[u8]) -> Option<usize> {
    let indentation = text.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let end = text[..text.len() - indentation].strip_suffix(b"\n")?;
    let end = end.strip_suffix(b"\r").unwrap_or(end);
    let end = end.strip_suffix(b"=").unwrap_or(end);
    end.last().is_some_and(|byte| is_character(*byte)).then_some(text.len() - end.len())
}
