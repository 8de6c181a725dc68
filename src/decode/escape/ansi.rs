//! Control sequences of terminals, as bytes or as logs write them: colors, `grep --color`, links.

/// The name of a control sequence in a report.
pub(super) const NAME: &str = "ansi";

/// How the escape character is written. The last two are `^[` and the picture of it.
const INTRODUCERS: &[&[u8]] = &[
    b"\x1b",
    b"\\x1b",
    b"\\x1B",
    b"\\033",
    b"\\e",
    b"\\u001b",
    b"\\u001B",
    b"\\u{1b}",
    b"\\u{1B}",
    b"\\E",
    b"^[",
    b"\xe2\x90\x9b",
];

/// The maximum length of the parameters, which include the address of a link.
const LONGEST: usize = 300;

/// The length of the control sequences at the start of a text.
pub(super) fn sequences(text: &[u8]) -> Option<usize> {
    let mut length = 0;
    while let Some(more) = sequence(&text[length..]) {
        length += more;
    }
    (length > 0).then_some(length)
}

fn sequence(text: &[u8]) -> Option<usize> {
    let introducer = INTRODUCERS.iter().find(|introducer| text.starts_with(introducer))?;
    let rest = &text[introducer.len()..];
    let length = match rest.first()? {
        b'[' => {
            let parameters =
                rest[1..].iter().take(24).take_while(|byte| (b' '..=b'?').contains(*byte)).count();
            let last = *rest.get(1 + parameters)?;
            (b'@'..=b'~').contains(&last).then_some(2 + parameters)?
        }
        b']' => {
            let ends_at = |at: usize| {
                let rest = &rest[at..];
                let of_string =
                    INTRODUCERS.iter().find_map(|one| rest.strip_prefix(*one)?.strip_prefix(b"\\"));
                if rest[0] == 7 { Some(1) } else { Some(rest.len() - of_string?.len()) }
            };
            (1..rest.len().min(LONGEST)).find_map(|at| Some(at + ends_at(at)?))?
        }
        _ => return None,
    };
    Some(introducer.len() + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_end_where_they_end() {
        for (text, length) in [
            ("\x1b[01;31m\x1b[Ksk", 11),
            ("\x1b[mx", 3),
            ("\\x1b[0mx", 7),
            ("\\u001b[1;32mx", 12),
            ("^[[31mx", 6),
            ("\x1b]8;;https://example.org\x07x", 25),
            ("\x1b]8;;\x1b\\x", 7),
        ] {
            assert_eq!(sequences(text.as_bytes()), Some(length), "{text:?}");
        }
        for text in ["", "\x1b", "\x1b[", "[31m", "\\x1bx", "\x1b]8;;"] {
            assert_eq!(sequences(text.as_bytes()), None, "{text:?}");
        }
    }
}
