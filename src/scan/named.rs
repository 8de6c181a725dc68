//! Names for keys on the same line: `api_key = …`, `Authorization: Bearer …`, `… # my token`.

use std::ops::Range;

use memchr::{memchr, memmem, memrchr};

use super::context::ContextMatch;

/// How far before a key a name may begin, and how far behind a key it may end, in bytes.
const BEFORE: usize = 120;
const BEHIND: usize = 60;

/// What names for keys contain, in lower case.
const NAMES: &[&str] = &[
    "key",
    "apikey",
    "token",
    "secret",
    "auth",
    "authorization",
    "authentication",
    "bearer",
    "credential",
    "password",
    "passwd",
    "密钥",
    "秘钥",
    "令牌",
];

/// The nearest name for keys on the line of the key.
pub(super) fn name_on_line(text: &[u8], key: &Range<usize>) -> Option<ContextMatch> {
    let from = key.start.saturating_sub(BEFORE);
    let from = memrchr(b'\n', &text[from..key.start]).map_or(from, |at| from + at + 1);
    let to = text.len().min(key.end + BEHIND);
    let to = memchr(b'\n', &text[key.end..to]).map_or(to, |at| key.end + at);
    let before = names(&text[from..key.start]).map(|(name, range)| (name, key.start - from - range.end));
    let behind = names(&text[key.end..to]).map(|(name, range)| (name, range.start));
    let nearest = before.min_by_key(|(_, bytes)| *bytes).or_else(|| behind.min_by_key(|(_, bytes)| *bytes));
    nearest.map(|(name, bytes)| ContextMatch { text: name.to_owned(), lines: 0, bytes, in_name: false })
}

/// The names in a part of a line.
fn names(text: &[u8]) -> impl Iterator<Item = (&'static str, Range<usize>)> {
    let lower = text.to_ascii_lowercase();
    NAMES.iter().flat_map(move |name| {
        let places: Vec<_> = memmem::find_iter(&lower, name).map(|at| at..at + name.len()).collect();
        let places: Vec<_> = places.into_iter().filter(|range| is_word(text, range)).collect();
        places.into_iter().map(|range| (*name, range))
    })
}

/// Whether a word begins and ends there: `api_key`, `apiKey`, `tokens`, but not `monkey`, `keyboard` or `TOKENIZER`.
fn is_word(text: &[u8], range: &Range<usize>) -> bool {
    let (first, last) = (text[range.start], text[range.end - 1]);
    let begins = match range.start.checked_sub(1).map(|before| text[before]) {
        Some(before) if before.is_ascii_alphabetic() => {
            before.is_ascii_lowercase() && first.is_ascii_uppercase()
        }
        _ => true,
    };
    let rest = &text[range.end..];
    let rest =
        if rest.first().is_some_and(|byte| byte.eq_ignore_ascii_case(&b's')) { &rest[1..] } else { rest };
    let ends = match rest.first() {
        Some(next) if next.is_ascii_lowercase() => false,
        Some(next) if next.is_ascii_uppercase() => last.is_ascii_lowercase(),
        _ => true,
    };
    begins && ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_keys_are_told_from_other_words() {
        for (line, expected) in [
            ("api_key = \"K\"", Some("key")),
            ("MY_APIKEY=K", Some("apikey")),
            ("accessToken: K", Some("token")),
            ("Authorization: Bearer K", Some("bearer")),
            ("tokens: [K]", Some("token")),
            ("x = \"K\"  # the secret", Some("secret")),
            ("monkey = K", None),
            ("keyboard: K", None),
            ("TOKENIZER=K", None),
            ("tokenizer = K", None),
            ("author: K", None),
            ("key\nx = K", None),
            ("x = K\nkey", None),
        ] {
            let at =
                line.find('K').filter(|_| !line.contains("KEY=")).or_else(|| line.rfind('K')).unwrap_or(0);
            let at = if line.contains("TOKENIZER") { line.len() - 1 } else { at };
            let found = name_on_line(line.as_bytes(), &(at..at + 1));
            assert_eq!(found.map(|found| found.text).as_deref(), expected, "{line}");
        }
    }
}
