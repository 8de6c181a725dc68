//! Names for keys on the same line: `api_key = …`, `Authorization: Bearer …`, `… # my token`.

use std::ops::Range;

use memchr::{memchr, memmem, memrchr};

use super::context::{ContextMatch, begins_word};

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

/// What a setting calls its value where its name stands on the line above, in lower case.
const VALUES: &[&[u8]] = &[b"", b"value", b"val", b"string", b"data", b"text", b"content", b"default"];

/// The nearest name for keys on the line of the key, or on the line above if this one has only the value.
pub(super) fn name_on_line(text: &[u8], key: &Range<usize>) -> Option<ContextMatch> {
    let from = line_start(text, key.start);
    let to = text.len().min(key.end + BEHIND);
    let to = memchr(b'\n', &text[key.end..to]).map_or(to, |at| key.end + at);
    let before = names(&text[from..key.start]).map(|(name, range)| (name, key.start - from - range.end));
    let behind = names(&text[key.end..to]).map(|(name, range)| (name, range.start));
    let nearest = before.min_by_key(|(_, bytes)| *bytes).or_else(|| behind.min_by_key(|(_, bytes)| *bytes));
    if let Some((name, bytes)) = nearest {
        return Some(ContextMatch { text: name.to_owned(), lines: 0, bytes, in_name: false });
    }
    let is_value = from > 0 && text[from - 1] == b'\n' && VALUES.contains(&&*letters(&text[from..key.start]));
    let above = is_value.then(|| line_start(text, from - 1)..from - 1)?;
    let (name, range) = names(&text[above.clone()]).last()?;
    let bytes = key.start - above.start - range.end;
    Some(ContextMatch { text: name.to_owned(), lines: -1, bytes, in_name: false })
}

/// Where the line begins that ends at `end` or later, but not too far before it.
fn line_start(text: &[u8], end: usize) -> usize {
    let from = end.saturating_sub(BEFORE);
    memrchr(b'\n', &text[from..end]).map_or(from, |at| from + at + 1)
}

/// The letters of a text in lower case.
fn letters(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
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
    let rest = &text[range.end..];
    let rest =
        if rest.first().is_some_and(|byte| byte.eq_ignore_ascii_case(&b's')) { &rest[1..] } else { rest };
    let ends = match rest.first() {
        Some(next) if next.is_ascii_lowercase() => false,
        Some(next) if next.is_ascii_uppercase() => text[range.end - 1].is_ascii_lowercase(),
        _ => true,
    };
    ends && begins_word(text, range.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_keys_are_told_from_other_words() {
        for (line, expected) in [
            ("api_key = \"@\"", Some("key")),
            ("MY_APIKEY=@", Some("apikey")),
            ("accessToken: @", Some("token")),
            ("Authorization: Bearer @", Some("bearer")),
            ("tokens: [@]", Some("token")),
            ("x = \"@\"  # the secret", Some("secret")),
            ("monkey = @", None),
            ("keyboard: @", None),
            ("TOKENIZER=@", None),
            ("tokenizer = @", None),
            ("author: @", None),
            ("key\nx = @", None),
            ("x = @\nkey", None),
            ("name: MY_TOKEN\n  value: @", Some("token")),
            ("<key>password</key>\n<string>@", Some("password")),
            ("my secret\nname: @", None),
        ] {
            let at = line.find('@').unwrap_or_default();
            let found = name_on_line(line.as_bytes(), &(at..at + 1));
            assert_eq!(found.map(|found| found.text).as_deref(), expected, "{line}");
        }
    }
}
