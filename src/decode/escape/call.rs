//! Strings that a call joins: `"".join(["a", "b"])`, `concat!("a", "b")`, `["a", "b"].join("")`. A comma between two
//! literals joins them only there.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Match};

use super::unit::is_key_byte;

/// Tells most text from calls at once.
static SEARCH: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(CALLS).unwrap_or_else(|_| unreachable!("the names of calls are few")));

/// How far a call begins before the first piece at most, and ends behind a piece, in bytes.
const BEFORE: usize = 120;
const BEHIND: usize = 400;

/// The maximum number of letters and digits between a call and the first piece.
const MOST_LETTERS: usize = 24;

/// The maximum length of the name of a call, in bytes.
const LONGEST_NAME: usize = 20;

/// The maximum length of the white space beside a comma, in bytes.
const WIDEST: usize = 200;

/// What joins its arguments, in lower case. What follows must only hold what [`leads_to_list`] allows.
const CALLS: &[&str] = &[
    "join",
    "concat",
    "paste0",
    "paste",
    "format",
    "implode",
    "sprintf",
    "printf",
    "strcat",
    "cat",
    "string(",
    "concatenate",
    "textjoin",
    "glue",
    "str_c",
    "append",
    "from_list",
    "iolist_to_binary",
    "<<",
    "% ",
    "mconcat",
];

/// Those that put nothing between their arguments, whatever these are.
const BARE: &[&str] =
    &["concat", "paste0", "strcat", "string(", "concatenate", "append", "iolist_to_binary", "<<", "mconcat"];

/// What joins the list before it.
const METHODS: &[&str] = &[
    ".join(\"\")",
    ".join('')",
    ".join(``)",
    ".join",
    ".joined()",
    ".jointostring(\"\")",
    ".mkstring",
    " -join",
    "-join",
    ".concat",
    ".to_vec().concat()",
    ".inject(:+)",
    ".sum",
    ".reduce(",
];

/// The length of the seam at `at`, between two literals or plain words of a list, if a call joins the list. The first
/// piece begins at or after `start`.
pub(super) fn seam(text: &[u8], at: usize, start: usize) -> Option<(usize, Certainty)> {
    let rest = &text[at..];
    let quoted = quoted_seam(rest);
    let length = quoted.or_else(|| bare_seam(rest))?;
    if super::split::begins_a_key(&rest[length..]) {
        return None;
    }
    let before = &text[start.saturating_sub(BEFORE)..start.min(at)];
    let called = is_called(before, quoted.is_none());
    let behind = || quoted.and_then(|_| method_behind(&rest[length..]));
    Some((length, called.or_else(behind)?))
}

/// Whether nothing is put between the pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    /// Nothing is.
    Sure,
    /// Perhaps a separator is.
    Unsure,
}

/// `", "`, also with escaped quotes, or `; ` as in OCaml.
fn quoted_seam(text: &[u8]) -> Option<usize> {
    let rest = quote(text)?;
    let rest = space(rest);
    let rest = rest.strip_prefix(b",").or_else(|| rest.strip_prefix(b";"))?;
    let rest = space(rest);
    let prefix = rest.iter().take(2).take_while(|byte| b"rRbBfFuUL@$N".contains(byte)).count();
    // An item of a block list.
    let rest = quote(&rest[prefix..])?;
    Some(text.len() - rest.len())
}

/// `, ` in a list of YAML without quotes, or the next item of a block list, with or without quotes.
fn bare_seam(text: &[u8]) -> Option<usize> {
    if let Some(rest) = text.strip_prefix(b",") {
        let rest = space(rest);
        return rest.first().filter(|byte| is_key_byte(**byte)).map(|_| text.len() - rest.len());
    }
    let rest = quote(text).unwrap_or(text);
    let feed = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    let rest = space(feed).strip_prefix(b"- ")?;
    let rest = space(rest);
    let rest = quote(rest).unwrap_or(rest);
    Some(text.len() - rest.len())
}

fn quote(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"\\").unwrap_or(text);
    let [b'"' | b'\'' | b'`', rest @ ..] = text else { return None };
    Some(rest)
}

fn space(text: &[u8]) -> &[u8] {
    let count = text.iter().take(WIDEST).take_while(|byte| byte.is_ascii_whitespace()).count();
    &text[count..]
}

/// Whether the text before the first piece calls something that joins.
fn is_called(before: &[u8], is_bare: bool) -> Option<Certainty> {
    let mut letters = 0;
    let may_lead = |byte: &&u8| {
        letters += usize::from(byte.is_ascii_alphanumeric());
        letters <= MOST_LETTERS + LONGEST_NAME
            && (byte.is_ascii_alphanumeric() || is_between(**byte) || b"_.".contains(byte))
    };
    let reach = before.iter().rev().take_while(may_lead).count();
    let before = before[before.len() - reach..].to_ascii_lowercase();
    let mut found = SEARCH
        .find_overlapping_iter(&before)
        .filter(|one| !is_bare || one.pattern().as_usize() == 0)
        .filter(|one| leads_to_list(&before[one.end()..]))
        .peekable();
    found.peek()?;
    // In PowerShell, `-join` before a list has no separator.
    let is_bare_call = |one: Match| {
        let name = CALLS[one.pattern().as_usize()];
        BARE.contains(&name) || name == "join" && before[..one.start()].ends_with(b"-")
    };
    let is_sure = found.any(is_bare_call) || has_empty(&before);
    Some(if is_sure { Certainty::Sure } else { Certainty::Unsure })
}

/// Whether an empty string leads to the list, or a format with nothing between two places. The call may be a method of
/// either.
fn has_empty(before: &[u8]) -> bool {
    const EMPTY: &[&[u8]] = &[b"\"\"", b"''", b"``", b"%s%s", b"{}{}"];
    const METHODS: &[&[u8]] = &[b".join", b".format"];
    let behind = |at: usize| EMPTY.iter().find_map(|empty| before[at..].strip_prefix(*empty));
    (0..before.len()).rev().find_map(behind).is_some_and(|rest| {
        let closed = quote(rest).unwrap_or(rest);
        let called = METHODS.iter().find_map(|method| closed.strip_prefix(*method));
        called.map_or_else(|| !rest.starts_with(b".") && leads_to_list(rest), leads_to_list)
    })
}

/// Whether nothing but brackets, a separator and a format stands between the call and the first piece.
fn leads_to_list(between: &[u8]) -> bool {
    let mut rest = between;
    // What belongs to the name of the call.
    while let [byte, more @ ..] = rest
        && (byte.is_ascii_alphanumeric() || b"_!.:".contains(byte))
    {
        rest = more;
    }
    let letters = rest.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    letters <= MOST_LETTERS && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || is_between(*byte))
}

/// Whether the byte may be part of brackets, separators and formats before a list.
fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'`[({])},:-_<>@$%\\&=|!".contains(&byte)
}

/// Whether the list that goes on with `text` is joined behind its end.
fn method_behind(text: &[u8]) -> Option<Certainty> {
    let text = &text[..text.len().min(BEHIND)];
    memchr::memchr3_iter(b']', b')', b'}', text).take(4).find_map(|at| {
        let behind = &text[at + 1..];
        if !matches!(behind.first(), Some(b'.' | b' ' | b'-')) {
            return None;
        }
        let behind = behind.iter().take(24).map(u8::to_ascii_lowercase).collect::<Vec<u8>>();
        let method = METHODS.iter().find(|method| behind.starts_with(method.as_bytes()))?;
        let is_empty = [&b"\"\""[..], b"''", b"``", b"()"]
            .iter()
            .any(|empty| memchr::memmem::find(&behind, empty).is_some());
        Some(if is_empty || method.contains("concat") { Certainty::Sure } else { Certainty::Unsure })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_joined(text: &str) -> bool {
        let start = text.find("sk-").unwrap();
        let at = start + text[start..].find(['"', '\'', ',', '\n']).unwrap();
        seam(text.as_bytes(), at, start).is_some()
    }

    #[test]
    fn a_comma_joins_inside_of_a_call() {
        for text in [
            "\"\".join([\"sk-a\", \"b\"])",
            "''.join(('sk-a', 'b'))",
            "paste0(\"sk-a\", \"b\")",
            "paste(\"sk-a\", \"b\", sep = \"\")",
            "concat!(\"sk-a\", \"b\")",
            "{\"Fn::Join\":[\"\",[\"sk-a\",\"b\"]]}",
            "!Join [\"\", [\"sk-a\", \"b\"]]",
            "!Join ['', [sk-a, b]]",
            "!Join\n  - ''\n  - - sk-a\n    - b",
            "join(\"\", [\"sk-a\", \"b\"])",
            "format(\"%s%s\", \"sk-a\", \"b\")",
            "[\"sk-a\", \"b\"].join(\"\")",
            "implode('', ['sk-a', 'b'])",
            "strings.Join([]string{\"sk-a\", \"b\"}, \"\")",
            "string.Concat(\"sk-a\", \"b\")",
            "SELECT CONCAT('sk-a', 'b')",
            "(\"sk-a\", \"b\") -join ''",
        ] {
            assert!(is_joined(text), "{text}");
        }
        for text in [
            "[\"sk-a\", \"b\"]",
            "f(\"sk-a\", \"b\")",
            "{\"a\": \"sk-a\", \"b\": 1}",
            "joined = x; y = [\"sk-a\", \"b\"]",
            "- sk-a\n- b",
            "a, sk-a, b",
        ] {
            assert!(!is_joined(text), "{text}");
        }
    }
}
