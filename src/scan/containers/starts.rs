//! Where containers begin in base64. Most of them have no literal of their own in the main search: each literal makes it
//! slower. The search for long runs passes by every base64 anyway, and hardly by anything else. So it is enough to look
//! from there at the start of the token, or of the lines that it is wrapped in.

use super::characters::{is_character, is_start};
use crate::bytes::alphanumeric_at_end;

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
            loop {
                start -= alphanumeric_at_end(&text[self.done.min(start)..start]);
                if start <= self.done {
                    break;
                }
                // Base64 may stand behind a slash, and an escape before it.
                match text[start - 1] {
                    b'/' | b'_' => note(text, start, found),
                    b'\\' => [1, 5].iter().for_each(|length| note(text, start + length, found)),
                    b'%' => note(text, start + 2, found),
                    b'+' | b'-' => {}
                    _ => break,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::run;

    /// Where a container may begin, as the search for runs finds it.
    fn starts(text: &[u8]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut starts = TokenStarts::new(0);
        let mut from = 0;
        while let Some(run) =
            run::next(text, from..text.len(), &mut |at| starts.look(text, at, &mut |at| found.push(at)))
        {
            run.starts().for_each(|at| starts.look(text, at, &mut |at| found.push(at)));
            from = run.source.end;
        }
        found
    }

    #[test]
    fn every_start_is_found_behind_everything() {
        let body = "vEdmPz8/Qm3xYp0wLr+7Nd5sTqA/Zk1Hc9UjRo6eBf2VgXiKt4WnMy8aSlCbDhJqGuEwOvIr".repeat(2);
        for start in ["eAE", "eF6", "eJx", "eNr", "KLUv", "QlpoO", "UEFDS"] {
            for before in [
                "", " ", "\"", "a=", "a:", "b/", "%3D", "\\n", "\\r\\n", "\\u0022", "base64,", "x/y-z/",
                "a\\/",
            ] {
                for shift in 0..16 {
                    let before = format!("{}{before}", " ".repeat(shift));
                    let text = format!("{before}{start}{body}\" and more");
                    assert!(starts(text.as_bytes()).contains(&before.len()), "{text}");
                }
            }
        }
    }

    #[test]
    fn the_first_character_of_xz_is_found() {
        let body = "oAAATm1rRGAgAhARwAAAAQz1jMAQAES3NrLQABAAAAAABZWg".repeat(2);
        for (first, length) in [("/", 1), ("_", 1), ("%2F", 3), ("\\u002f", 6), ("\\/", 1)] {
            for shift in 0..16 {
                let text = format!("{}a=\"{first}Td6WF{body}\"", " ".repeat(shift));
                let at = shift + 3 + first.len() - length;
                assert!(starts(text.as_bytes()).contains(&at), "{text}");
            }
        }
    }

    #[test]
    fn words_that_look_alike_are_passed_over() {
        for text in ["typeJxabcdefghijklmnop", "preNormalizationOfEverything", "-eJxabcdefghijklmnopq"] {
            assert_eq!(starts(format!("{text} {text}\n{text}").as_bytes()), Vec::<usize>::new());
        }
    }

    #[test]
    fn the_first_of_many_lines_is_found() {
        // No line but the last has eight letters in a row.
        let text = format!("data: |\n  eJxab+cd\n  {}\n  {}\n", "ab+cd/ef+".repeat(8), "a".repeat(40));
        assert!(starts(text.as_bytes()).contains(&10), "{:?}", starts(text.as_bytes()));
    }
}
