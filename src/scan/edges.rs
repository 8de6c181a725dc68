//! What is directly next to a key. `task-…` is not a key, and `KEY_sk-…` may contain one, but the `n` of an
//! escaped line feed in `"\nsk-…"` is not a letter.

use crate::rule::{BASE64URL, Edges};

/// The kind of text on the left of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeftEdge {
    /// Nothing that a key could be part of, or an escape sequence.
    Clear,
    /// `_` or `-`.
    Word,
    /// A letter or digit.
    Glued,
}

impl LeftEdge {
    pub(super) fn satisfies(self, edges: Edges) -> bool {
        match edges {
            Edges::Strict => self == Self::Clear,
            Edges::Word => self != Self::Glued,
            Edges::Open => true,
        }
    }
}

/// Whether a key may end at `end`.
pub(super) fn right(text: &[u8], end: usize, edges: Edges) -> bool {
    let Some(next) = text.get(end) else { return true };
    match edges {
        Edges::Strict => !BASE64URL.has(*next),
        Edges::Word | Edges::Open => !next.is_ascii_alphanumeric(),
    }
}

/// Whether the text from `end` on may be more of the same base64.
pub(super) fn goes_on_as_base64(text: &[u8], end: usize) -> bool {
    text.get(end).is_some_and(|next| matches!(next, b'+' | b'/' | b'='))
}

/// The kind of text before a key without a prefix, which a piece of base64 must not be taken for.
pub(super) fn left_of_body(text: &[u8], start: usize) -> LeftEdge {
    match text[..start].last() {
        Some(b'+' | b'/') => LeftEdge::Glued,
        _ => left(text, start),
    }
}

/// The kind of text before `start`.
pub(super) fn left(text: &[u8], start: usize) -> LeftEdge {
    let before = &text[..start];
    match before.last() {
        Some(byte) if BASE64URL.has(*byte) => {
            if ends_in_escape(before) || is_pickled_line(text, start) {
                LeftEdge::Clear
            } else if byte.is_ascii_alphanumeric() {
                LeftEdge::Glued
            } else if stands_alone(before) {
                LeftEdge::Clear
            } else {
                LeftEdge::Word
            }
        }
        _ => LeftEdge::Clear,
    }
}

/// Whether what begins at `start` goes on a word or a slug, such as `btn-sk-…`.
pub(super) fn is_in_word(text: &[u8], start: usize) -> bool {
    text[..start].ends_with(b"-") || ends_word(text, start)
}

/// Whether the few letters before `start` are all of a word that ends in `sk` or `rk`, such as `flask-…`.
pub(super) fn is_end_of_short_word(text: &[u8], start: usize) -> bool {
    const LONGEST: usize = 4;
    /// Of longer beginnings, only these make a word: `mode` and `data` stand before a key in rows of strings.
    const LONG: &[&[u8]] = &[b"fla", b"kio", b"bri", b"whi", b"fri", b"spa", b"sha", b"cle"];
    let letters = text[..start].iter().rev().take(LONGEST + 1).take_while(|byte| byte.is_ascii_alphabetic());
    let count = letters.count();
    let before = &text[start - count..start];
    let is_known = || LONG.iter().any(|word| before.eq_ignore_ascii_case(word));
    count <= LONGEST && ends_word(text, start) && (count < 3 || is_known())
}

/// Whether the letters before `start` make a word of it that ends in `sk` or `rk`: `task-…`, `disk_…`, `network_…`.
pub(super) fn ends_word(text: &[u8], start: usize) -> bool {
    let sk: &[&[u8]] = &[
        b"ta", b"di", b"de", b"ri", b"ma", b"la", b"hi", b"io", b"du", b"hu", b"tu", b"mu", b"bu", b"ca",
        b"ba", b"fi", b"li", b"lu", b"ru",
    ];
    let rk: &[&[u8]] = &[b"wo", b"ma", b"fo", b"to", b"pa", b"da", b"ba", b"la", b"co", b"le", b"pe", b"ha"];
    let known = match text[start..].first_chunk() {
        Some(b"sk" | b"SK") => sk,
        Some(b"rk" | b"RK") => rk,
        _ => return false,
    };
    let before = &text[start.saturating_sub(3)..start];
    let is_letter = |back: usize| before.len() >= back && before[before.len() - back].is_ascii_alphabetic();
    let is_a =
        is_letter(1) && !is_letter(2) && before.last().is_some_and(|byte| byte.eq_ignore_ascii_case(&b'a'));
    is_a || known.iter().any(|end| before.len() >= 2 && before[before.len() - 2..].eq_ignore_ascii_case(end))
}

/// Whether `start` is behind the `V` of a line of a pickle of protocol 0. The next line is `p` and a number.
fn is_pickled_line(text: &[u8], start: usize) -> bool {
    const LONGEST: usize = 512;
    let Some(before) = text[..start].strip_suffix(b"V") else { return false };
    let rest = &text[start..text.len().min(start + LONGEST)];
    // An item of a list follows the `a` that appends the one before it.
    let before = before.strip_suffix(b"a").or(before.strip_suffix(b"s")).unwrap_or(before);
    before.last().is_none_or(|byte| matches!(byte, b'\n' | b'('))
        && memchr::memchr(b'\n', rest).is_some_and(|line| match rest.get(line + 1) {
            Some(b'p') => rest.get(line + 2).is_some_and(u8::is_ascii_digit),
            Some(next) => b".astu".contains(next),
            None => false,
        })
}

/// Whether the `-` or `_` at the end of the text is not part of a word: `${KEY:-sk-…}`, `__sk-…__`, a line of
/// a diff.
fn stands_alone(before: &[u8]) -> bool {
    const MOST: usize = 2;
    let marks = before.iter().rev().take(MOST).take_while(|byte| matches!(byte, b'-' | b'_')).count();
    before[..before.len() - marks].last().is_none_or(|byte| !BASE64URL.has(*byte))
}

/// Whether the text ends in an escape sequence whose last byte looks like part of a word.
fn ends_in_escape(before: &[u8]) -> bool {
    let from_end = |back: usize| before.len().checked_sub(back).map(|at| before[at]);
    let are_hex = |count: usize| {
        before.len() >= count && before[before.len() - count..].iter().all(u8::is_ascii_hexdigit)
    };
    let opened_by = |back: usize, marks: &[u8]| {
        from_end(back).is_some_and(|mark| marks.contains(&mark)) && from_end(back + 1) == Some(b'\\')
    };
    // \n \t \0 …
    (from_end(2) == Some(b'\\') && from_end(1).is_some_and(|byte| b"abefnrtv0".contains(&byte)))
        // %20, and =3D of quoted-printable text, which is always uppercase
        || (are_hex(2) && from_end(3) == Some(b'%'))
        || (are_hex(2) && from_end(3) == Some(b'=') && !before[before.len() - 2..].iter().any(u8::is_ascii_lowercase))
        // \x22 \u0022 \U00000022 \042
        || (are_hex(2) && opened_by(3, b"x"))
        || (are_hex(4) && opened_by(5, b"uU"))
        || (are_hex(8) && opened_by(9, b"U"))
        || (from_end(4) == Some(b'\\') && before[before.len() - 3..].iter().all(|byte| (b'0'..=b'7').contains(byte)))
        || ends_in_color(before)
}

/// Whether the text ends in a terminal's color sequence, `ESC [ 1 ; 31 m`, as bytes or written as
/// `\x1b[1;31m`.
fn ends_in_color(before: &[u8]) -> bool {
    const LONGEST: usize = 24;
    // `grep --color` also clears to the end of the line, with a `K`.
    let Some(parameters) = before.strip_suffix(b"m").or_else(|| before.strip_suffix(b"K")) else {
        return false;
    };
    let tail = &parameters[parameters.len().saturating_sub(LONGEST)..];
    let digits = tail.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    let Some(introducer) = parameters[..parameters.len() - digits].strip_suffix(b"[") else { return false };
    [&b"\x1b"[..], b"\\x1b", b"\\x1B", b"\\033", b"\\e", b"\\u001b", b"\\u001B"]
        .iter()
        .any(|esc| introducer.ends_with(esc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_no_neighbor() {
        let clear = [
            "",
            "x=",
            "\"",
            "\\n",
            "\\t",
            "\\u0022",
            "\\x22",
            "\\042",
            "\\U00000022",
            "%20",
            "=3D",
            "\x1b[93m",
            "\\x1b[1;31m",
            "\\033[0m",
            "${K:-",
            "__",
            "\n-",
            "\\e[m",
            "é",
        ];
        for before in clear {
            assert_eq!(left(before.as_bytes(), before.len()), LeftEdge::Clear, "{before:?}");
        }
    }

    #[test]
    fn a_letter_is() {
        for before in ["ta", "20", "n", "x22", "u0022", "[93m", "m", "042"] {
            assert_eq!(left(before.as_bytes(), before.len()), LeftEdge::Glued, "{before:?}");
        }
        for before in ["KEY_", "a-", "btn-", "a__", "---"] {
            assert_eq!(left(before.as_bytes(), before.len()), LeftEdge::Word, "{before:?}");
        }
    }

    #[test]
    fn strict_edges_take_no_key_character() {
        for (next, strict, word) in [
            ("", true, true),
            ("\"", true, true),
            ("_", false, true),
            ("-", false, true),
            ("x", false, false),
        ] {
            assert_eq!(right(next.as_bytes(), 0, Edges::Strict), strict, "{next:?}");
            assert_eq!(right(next.as_bytes(), 0, Edges::Word), word, "{next:?}");
        }
    }
}
