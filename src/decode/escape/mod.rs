//! Escapes inside a token, and strings that are split in the source. All are decoded in one pass, since they
//! mix.
//!
//! A new escape is one file here and a row in `ESCAPES`. What joins two pieces only perhaps is in `join`.

mod ansi;
mod backslash;
mod broken;
mod call;
mod html;
mod invisible;
mod join;
mod percent;
mod quoted_printable;
mod split;
mod starts;
mod unit;

use std::ops::Range;

pub(crate) use broken::BrokenPrefixes;
pub(crate) use join::{CONTROL, WRAPPED};
use memchr::memmem;
pub(crate) use starts::escaped_starts;
use unit::{EscapeUnit, is_key_byte};

use super::Decoded;

/// Parses an escape at the start of a text.
type Escape = fn(&[u8]) -> Option<EscapeUnit>;

const ESCAPES: &[Escape] =
    &[percent::unit, backslash::unit, html::unit, quoted_printable::unit, invisible::unit];

/// Escaped spellings of the separator in a key's prefix, or of a letter before it. Nearly every built-in key has such a
/// separator. With more than 32 literals, the search would take twice as long.
pub(crate) const LITERALS: &[&str] = &[
    "%2D", "%2d", "%5F", "%5f", "\\x2", "\\x5", "\\u00", "\\u{", "\\U0", "\\05", "\\13", "k\\_", "&#4",
    "&#9", "&#x", "=2D", "=5F", "k\\-", "s\\-", "c\\_", "2\\_", "%2E", "%2e", "%25", "%73", "%6B", "%6b",
    "\\x7", "\\x6", "&#1", "\\16", "\\15",
];

/// The literals of [`LITERALS`] that contain none of `%`, `\\` and `&`.
pub(crate) const QUOTED_PRINTABLE: &[&[u8]] = &[b"=2D", b"=5F"];

/// The last letters before the separators of built-in prefixes whose anchor ends before: `FLWSECK-`, `tgp_v1_`.
const LAST_LETTERS: &[u8] = b"K0128akpst";

/// Where decoding starts before an anchor, in bytes: room for the longest prefix in its longest escape.
pub(crate) const BEFORE: usize = 80;

/// How much of a token is decoded at a time, in source bytes.
const LONGEST: usize = 4 << 10;

/// A token with its escapes decoded.
#[derive(Debug, Default)]
pub(crate) struct Token {
    /// The decoded text, from a little before the token to the byte after it.
    pub decoded: Decoded,
    /// Where the token begins in the decoded text.
    start: usize,
    /// The escapes that were decoded: the offset in the text, the name, and whether it only joins.
    undone: Vec<(usize, &'static str, bool)>,
    /// Where something was joined that may also be the end of a key.
    joins: Vec<usize>,
    /// Whether the token may go on behind another such join.
    pub may_go_on: bool,
    /// Where what is settled ends, in the source and in the decoded text. If the token was too long, the rest of what
    /// was decoded will be decoded again, together with what follows.
    settled: (usize, usize),
}

impl Token {
    /// The part of the source in which every token that may begin there has been decoded to its end.
    #[must_use]
    pub(crate) fn settled(&self) -> Range<usize> {
        let end = self.settled.0;
        let is_any = self.start < self.decoded.text.len();
        let start = if is_any { self.decoded.source(&(self.start..self.start + 1)).start } else { end };
        start.min(end)..end
    }

    /// The part of the decoded text to search. What is before it are other tokens.
    #[must_use]
    pub(crate) fn own(&self) -> Range<usize> {
        self.start..self.settled.1
    }

    /// The names of the escapes that were decoded inside a range of the text, without duplicates.
    #[must_use]
    pub(crate) fn encodings(&self, range: &Range<usize>) -> Vec<&'static str> {
        let mut names = Vec::new();
        for (at, name, joins) in &self.undone {
            // A seam before the first byte is outside of the range.
            let inside = range.contains(at) && (*at > range.start || !joins);
            if inside && !names.contains(name) {
                names.push(name);
            }
        }
        names
    }

    /// Whether a range of the text goes over all joins that may also be ends.
    #[must_use]
    pub(crate) fn spans_joins(&self, range: &Range<usize>) -> bool {
        self.joins.iter().all(|at| range.start < *at && *at < range.end)
    }
}

/// Whether the text around `at`, with its escapes decoded, holds one of the anchors within a few bytes.
#[must_use]
pub(crate) fn spells_anchor<'a>(text: &[u8], at: usize, mut anchors: impl Iterator<Item = &'a str>) -> bool {
    const LONGEST: usize = 8;
    let plain = text[..at].iter().rev().take(LONGEST).take_while(|byte| is_key_byte(**byte)).count();
    let mut spelled = text[at - plain..at].to_vec();
    let mut from = at;
    while spelled.len() < plain + LONGEST && from < text.len() && from < at + 2 * BEFORE {
        match unit(text, from).or_else(|| join::join(text, from, at)) {
            Some(unit) => {
                spelled.extend(unit.byte);
                from += unit.length;
            }
            None => {
                spelled.push(text[from]);
                from += 1;
            }
        }
    }
    anchors.any(|anchor| memmem::find(&spelled, anchor.as_bytes()).is_some())
}

/// Returns where the separator of an escaped prefix begins, if the literal of [`LITERALS`] at `at` may be
/// one: the letter before it must end a built-in prefix or be one of `letters`.
#[must_use]
pub(crate) fn separator(text: &[u8], at: usize, letters: &[u8]) -> Option<usize> {
    // A literal starts with a letter where the escape alone is too short to search for.
    let at = if text[at].is_ascii_alphanumeric() { at + 1 } else { at };
    let at = at - text[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
    if !unit(text, at).is_some_and(|unit| matches!(unit.byte, Some(b'-' | b'_' | b'.'))) {
        return None;
    }
    let escaped = (2..=8.min(at)).find_map(|length| {
        let unit = unit(&text[..at], at - length).filter(|unit| unit.length == length)?;
        unit.byte
    });
    let letter = escaped.or_else(|| text[..at].last().copied())?;
    (LAST_LETTERS.contains(&letter) || letters.contains(&letter)).then_some(at)
}

/// The last run of bytes that keys of any issuer contain, since many tokens may end in one.
#[derive(Default)]
pub(crate) struct KeyRun(Range<usize>);

impl KeyRun {
    /// Where the bytes after `from` that keys may contain end.
    fn end(&mut self, text: &[u8], from: usize) -> usize {
        if !self.0.contains(&from) {
            let length = text[from..].iter().take_while(|byte| is_key_byte(**byte) && **byte != b'=').count();
            self.0 = from..from + length;
        }
        self.0.end.max(from)
    }
}

/// How a token goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GoesOn {
    /// It does not.
    No,
    /// Behind an escape or a seam.
    Yes,
    /// Behind something that may also be its end.
    Perhaps,
}

/// Whether a token whose plain part ends at `end` continues after an escape or a seam.
#[must_use]
pub(crate) fn goes_on(text: &[u8], start: usize, end: usize, run: &mut KeyRun) -> GoesOn {
    // Some keys contain `.`, `:`, `+` or `/`, and the plain part ended at one of these.
    let mut at = run.end(text, end);
    if at - end >= LONGEST / 8 {
        return GoesOn::No;
    }
    // Padding may be part of a key, but `=` is mostly the start of something else.
    if let Some([b'=', b'"' | b'\'' | b'`' | b'\\', ..]) = text.get(at..) {
        at += 1;
    }
    let Some(first) = text.get(at).copied() else { return GoesOn::No };
    let may_join = join::may_begin(first);
    if !may_join && !b"%\\&=\"'`$".contains(&first) && first.is_ascii() {
        return GoesOn::No;
    }
    let byte = match unit(text, at) {
        Some(EscapeUnit { byte: Some(byte), .. }) => Some(byte),
        Some(EscapeUnit { length, .. }) => text.get(at + length).copied(),
        None => {
            let rest = &text[at..];
            let seam = split::seam(rest).or_else(|| split::inner_seam(rest, &mut false));
            seam.or_else(|| call_seam(text, at, start)).map(|_| b'-')
        }
    };
    if byte.is_some_and(is_key_byte) {
        GoesOn::Yes
    } else if may_join && join::join(text, at, start).is_some() {
        GoesOn::Perhaps
    } else {
        GoesOn::No
    }
}

/// The length of a seam between two arguments of a call that puts nothing between them.
fn call_seam(text: &[u8], at: usize, start: usize) -> Option<usize> {
    let (length, certainty) = call::seam(text, at, start)?;
    let rest = text.get(at + length..)?;
    let goes_on = rest.first().is_some_and(|byte| is_key_byte(*byte)) && !split::begins_a_key(rest);
    (goes_on && certainty == call::Certainty::Sure).then_some(length)
}

/// Decodes the escapes around `anchor`, to the end of the token. Joins up to so many pieces of it that may also be
/// something else.
#[must_use]
pub(crate) fn token(text: &[u8], anchor: usize, mut joins: usize) -> Token {
    let mut token = Token::default();
    let mut at = anchor.saturating_sub(BEFORE);
    let limit = text.len().min(anchor + LONGEST);
    let mut opened = false;
    while at < limit {
        let rest = &text[at..];
        if at <= anchor {
            token.start = token.decoded.text.len();
        }
        if at <= anchor + LONGEST / 2 {
            token.settled = (at, token.decoded.text.len());
        }
        let join =
            || (at > anchor && join::may_begin(text[at])).then(|| join::join(text, at, anchor)).flatten();
        let ends = |unit: &EscapeUnit| unit.byte.is_some_and(|byte| !is_key_byte(byte));
        if let Some(unit) = unit(text, at).filter(|unit| !ends(unit) || join().is_none()) {
            token.undone.push((token.decoded.text.len(), unit.name, unit.byte.is_none()));
            if let Some(byte) = unit.byte {
                token.decoded.push(byte, at..at + unit.length);
                if at > anchor && !is_key_byte(byte) {
                    break;
                }
            }
            at += unit.length;
            continue;
        }
        // A color beside the underscore of a prefix is inside of it.
        if at < anchor
            && join::may_begin(text[at])
            && let Some(length) = ansi::sequences(rest)
            && (token.decoded.text.ends_with(b"_") || rest[length..].starts_with(b"_"))
        {
            token.undone.push((token.decoded.text.len(), ansi::NAME, true));
            at += length;
            continue;
        }
        // So does every seam.
        if at > anchor
            && b"\\\"'`$,\n".contains(&text[at])
            && let Some(length) = split::seam(rest)
                .or_else(|| split::inner_seam(rest, &mut opened))
                .or_else(|| call_seam(text, at, anchor))
        {
            token.undone.push((token.decoded.text.len(), split::NAME, true));
            at += length;
            continue;
        }
        if let Some(unit) = join() {
            if joins > 0 {
                joins -= 1;
                token.joins.push(token.decoded.text.len());
                token.undone.push((token.decoded.text.len(), unit.name, true));
                at += unit.length;
                continue;
            }
            token.may_go_on = true;
        }
        token.decoded.push(text[at], at..at + 1);
        at += 1;
        if at > anchor && !is_key_byte(text[at - 1]) {
            break;
        }
    }
    let before = &token.decoded.text[..token.start];
    token.start -= before.iter().rev().take_while(|byte| is_key_byte(**byte)).count();
    let is_cut = at >= limit && limit < text.len();
    if !is_cut {
        token.settled = (at, token.decoded.text.len());
    }
    token
}

fn unit(text: &[u8], at: usize) -> Option<EscapeUnit> {
    // Every escape begins with one of these.
    if !text.get(at).is_some_and(|byte| b"%\\&=".contains(byte) || matches!(byte, 0xc2..=0xf3)) {
        return None;
    }
    ESCAPES.iter().find_map(|escape| escape(&text[at..])).or_else(|| quoted_printable::soft_break(text, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undone(text: &str) -> (String, Vec<&'static str>) {
        let token = token(text.as_bytes(), 0, 0);
        let all = token.encodings(&(0..token.decoded.text.len()));
        (String::from_utf8(token.decoded.text).unwrap(), all)
    }

    #[test]
    fn every_escape_is_undone() {
        for (text, plain, name) in [
            ("sk%2Dab%5f1 ", "sk-ab_1 ", "percent"),
            ("%73%6b%2dab\"", "sk-ab\"", "percent"),
            ("sk%252Dab%2520", "sk-ab ", "percent"),
            ("%2573%256b%252dab%25", "sk-ab%", "percent"),
            ("sk\\x2dab ", "sk-ab ", "hex-escape"),
            ("sk\\u002Dab ", "sk-ab ", "unicode-escape"),
            ("sk\\\\u002Dab ", "sk-ab ", "unicode-escape"),
            ("sk\\u{2d}ab ", "sk-ab ", "unicode-escape"),
            ("sk\\U0000002dab ", "sk-ab ", "unicode-escape"),
            ("\\163\\153\\055ab ", "sk-ab ", "octal-escape"),
            ("sk\\_live\\_ab ", "sk_live_ab ", "backslash"),
            ("sk-a\\/b ", "sk-a/b ", "backslash"),
            ("sk&#45;ab ", "sk-ab ", "html-entity"),
            ("sk&#x2D;ab ", "sk-ab ", "html-entity"),
            ("sk=2Dab ", "sk-ab ", "quoted-printable"),
            (
                "sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=\r\nb ",
                "sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab ",
                "quoted-printable",
            ),
            ("sk-a\" + \"b\" ", "sk-ab\"", "split"),
            ("sk-a\"\n   'b' ", "sk-ab'", "split"),
            ("sk-a' . 'b' ", "sk-ab'", "split"),
            ("sk-a\\\" +\\n \\\"b\\\" ", "sk-ab\\", "split"),
            ("sk-a\\\n    b ", "sk-ab ", "split"),
            ("sk-a${\"b\"}c` ", "sk-abc`", "split"),
        ] {
            assert_eq!(undone(text), (plain.to_owned(), vec![name]), "{text}");
        }
    }

    #[test]
    fn what_is_no_seam_ends_the_token() {
        for text in
            ["sk-\" + key", "sk-a\", \"b\"", "sk-a\"", "sk-a\" + f(", "sk-a\\n\"b\"", "sk-ab\"\n\"sk-cd\""]
        {
            assert!(undone(text).1.is_empty(), "{text}");
        }
    }

    #[test]
    fn the_letter_before_a_separator_must_fit() {
        let at = |text: &str| {
            // Letters may be escaped as well, and the separator comes last.
            let hit = LITERALS.iter().filter_map(|literal| text.find(literal)).max().unwrap();
            separator(text.as_bytes(), hit, b"ke")
        };
        assert_eq!(at("sk%2Dx"), Some(2));
        assert_eq!(at("%73%6B%2Dx"), Some(6));
        assert_eq!(at("sk%252Dx"), Some(2));
        assert_eq!(at("sk\\\\u002dx"), Some(2));
        assert_eq!(at("sk\\_x"), Some(2));
        assert_eq!(at("acme%2Dx"), Some(4));
        assert_eq!(at("foo%2Dx"), None);
        assert_eq!(at("sk\\u0025x"), None);
    }
}
