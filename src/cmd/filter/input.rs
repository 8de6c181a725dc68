//! What a line of `skanner filter` says, or what is wrong with it. No message quotes the line, which may hold a key.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::members::{self, LineMembers};

/// What a line may say. Whatever else is in it is left alone.
#[derive(Deserialize)]
struct GoodLine<'l> {
    #[serde(borrow, default)]
    id: Option<&'l RawValue>,
    #[serde(borrow, default)]
    path: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    text: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    content_base64: Option<Cow<'l, str>>,
}

/// What to scan, and the path that it is said to have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LineContent<'l> {
    pub(super) path: Cow<'l, str>,
    pub(super) content: Cow<'l, [u8]>,
}

/// A line that has been read.
pub(super) struct ParsedLine<'l> {
    /// As it is written, if it could be read.
    pub(super) id: Option<Cow<'l, str>>,
    pub(super) content: Result<LineContent<'l>, String>,
}

/// Reads a line, of which so many bytes before `text` have been passed over.
pub(super) fn parsed(text: &[u8], passed: usize) -> ParsedLine<'_> {
    if let Some(b'{') = text.first()
        && let Ok(GoodLine { id, path, text, content_base64 }) = serde_json::from_slice(text)
    {
        return ParsedLine {
            id: id.map(|id| Cow::Borrowed(id.get())),
            content: content(path, text, content_base64),
        };
    }
    match std::str::from_utf8(text) {
        Ok(text) => {
            let mut members = LineMembers::default();
            let content = members::read(text, passed, &mut members).and_then(|()| {
                let [path, text, base64] = members.texts()?;
                content(path, text, base64)
            });
            ParsedLine { id: members.id().map(Cow::Borrowed), content }
        }
        Err(error) => {
            let at = error.valid_up_to();
            let why = format!("is not UTF-8: byte {} is 0x{:02x}", passed + at + 1, text[at]);
            // Of what is in it instead, the id may be intact.
            let lossy = String::from_utf8_lossy(text);
            let mut members = LineMembers::default();
            let _ = members::read(&lossy, passed, &mut members);
            let id = members.id().filter(|id| !id.contains(char::REPLACEMENT_CHARACTER));
            ParsedLine { id: id.map(|id| Cow::Owned(id.to_owned())), content: Err(why) }
        }
    }
}

/// The path and the content of a line.
fn content<'l>(
    path: Option<Cow<'l, str>>,
    text: Option<Cow<'l, str>>,
    base64: Option<Cow<'l, str>>,
) -> Result<LineContent<'l>, String> {
    let content = match (text, base64) {
        (Some(Cow::Borrowed(text)), None) => Cow::Borrowed(text.as_bytes()),
        (Some(Cow::Owned(text)), None) => Cow::Owned(text.into_bytes()),
        (None, Some(digits)) => Cow::Owned(decoded(&digits)?),
        (Some(_), Some(_)) => return Err("has both `text` and `content_base64`".to_owned()),
        (None, None) => return Err("has neither `text` nor `content_base64`".to_owned()),
    };
    Ok(LineContent { path: path.unwrap_or_default(), content })
}

/// Decodes base64 as any program writes it: in either alphabet, padded or not, on one line or several.
fn decoded(text: &str) -> Result<Vec<u8>, String> {
    const WHAT: &str = "`content_base64` is not base64";
    if let Ok(decoded) = base64_simd::STANDARD.decode_to_vec(text.as_bytes()) {
        return Ok(decoded);
    }
    let mut digits = Vec::with_capacity(text.len());
    let mut padding = None;
    for (number, character) in (1..).zip(text.chars()) {
        let digit = match character {
            '-' => b'+',
            '_' => b'/',
            '+' | '/' | 'a'..='z' | 'A'..='Z' | '0'..='9' => character as u8,
            '=' => {
                padding.get_or_insert(number);
                continue;
            }
            _ if character.is_ascii_whitespace() => continue,
            _ => {
                return Err(format!(
                    "{WHAT}: character {number} is `{}`; it may have letters, digits, `+` or `-`, `/` or `_`, \
                     line breaks, and `=` at its end",
                    character.escape_default()
                ));
            }
        };
        if let Some(at) = padding {
            return Err(format!("{WHAT}: character {at} is `=`, which may only be at its end"));
        }
        digits.push(digit);
    }
    base64_simd::forgiving_decode_to_vec(&digits).map_err(|_| {
        // Four characters are three bytes, so that one alone is none.
        format!("{WHAT}: it ends in the middle of a byte, after {} characters; is it cut off?", digits.len())
    })
}

#[cfg(test)]
mod tests {
    use base64::{
        Engine,
        alphabet::{STANDARD, URL_SAFE},
        engine::{GeneralPurpose, GeneralPurposeConfig},
    };
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_base64_is_decoded(
            bytes: Vec<u8>,
            padded: bool,
            url: bool,
            width in 1..90_usize,
            line_end in prop::sample::select(vec!["", "\n", "\r\n", " "]),
            mixed: bool,
        ) {
            let config = GeneralPurposeConfig::new().with_encode_padding(padded);
            let alphabet = if url { &URL_SAFE } else { &STANDARD };
            let mut text = GeneralPurpose::new(alphabet, config).encode(&bytes);
            if mixed {
                text = text.replacen('-', "+", 1).replacen('/', "_", 1);
            }
            let lines: Vec<&str> =
                text.as_bytes().chunks(width).map(|line| str::from_utf8(line).unwrap()).collect();
            prop_assert_eq!(decoded(&lines.join(line_end)), Ok(bytes));
        }
    }

    #[test]
    fn what_is_no_base64_is_told_by_its_place() {
        for (text, expected) in [
            ("AAAA%", "character 5 is `%`; it may have"),
            ("AA\nA\u{e9}", "character 5 is `\\u{e9}`"),
            ("A\u{0}", "character 2 is `\\u{0}`"),
            ("AA==AAAA", "character 3 is `=`, which may only be at its end"),
            ("AAAAA", "after 5 characters"),
            ("A", "after 1 characters"),
        ] {
            let error = decoded(text).unwrap_err();
            assert!(
                error.starts_with("`content_base64` is not base64: ") && error.contains(expected),
                "{error}"
            );
        }
        assert_eq!(decoded(""), Ok(Vec::new()));
    }
}
