//! Reads JSON as a sequence of tokens with their places, in one pass, without recursion and without a limit of depth. What is
//! given back to an agent must be the bytes that it sent, so nothing is turned into values and written anew.

use std::ops::Range;

/// A token of a JSON text. Ranges are offsets in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JsonToken {
    /// `{` or `[`, and whether it is an object.
    Open(usize, bool),
    /// `}` or `]`.
    Close(usize),
    /// The name of a member, without its quotation marks.
    MemberName(Range<usize>),
    /// A string, without its quotation marks.
    Text(Range<usize>),
    /// A number, `true`, `false` or `null`.
    Word(Range<usize>),
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaited {
    Value,
    ValueOrClose,
    NameOrClose,
    MemberName,
    CommaOrClose,
    End,
}

/// Reads the tokens of a JSON text, as RFC 8259 defines it. Members may occur twice, and surrogates may be alone.
#[derive(Clone, Debug)]
pub(crate) struct JsonTokens<'t> {
    text: &'t [u8],
    at: usize,
    awaited: Awaited,
    /// For each open bracket, whether it is that of an object.
    open: Vec<bool>,
    /// Whether the text is known to be valid JSON.
    is_valid: bool,
}

impl<'t> JsonTokens<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), at: 0, awaited: Awaited::Value, open: Vec::new(), is_valid: false }
    }

    /// The same for a text whose tokens somebody has read to the end, which is faster.
    pub(crate) fn of_valid(text: &'t str) -> Self {
        Self { is_valid: true, ..Self::new(text) }
    }

    /// The next token; `None` behind the last one.
    ///
    /// # Errors
    /// The offset of the byte that JSON does not allow.
    pub(crate) fn next(&mut self) -> Result<Option<JsonToken>, usize> {
        loop {
            self.skip_space();
            let at = self.at;
            let Some(byte) = self.text.get(at).copied() else {
                return if self.awaited == Awaited::End { Ok(None) } else { Err(at) };
            };
            return match (self.awaited, byte) {
                (Awaited::CommaOrClose, b',') => {
                    self.at += 1;
                    let is_object = self.open.last() == Some(&true);
                    self.awaited = if is_object { Awaited::MemberName } else { Awaited::Value };
                    continue;
                }
                (Awaited::CommaOrClose | Awaited::NameOrClose, b'}') if self.open.last() == Some(&true) => {
                    Ok(Some(self.close()))
                }
                (Awaited::CommaOrClose | Awaited::ValueOrClose, b']') if self.open.last() == Some(&false) => {
                    Ok(Some(self.close()))
                }
                (Awaited::MemberName | Awaited::NameOrClose, b'"') => {
                    let name = self.string()?;
                    self.skip_space();
                    if self.text.get(self.at) != Some(&b':') {
                        return Err(self.at);
                    }
                    self.at += 1;
                    self.awaited = Awaited::Value;
                    Ok(Some(JsonToken::MemberName(name)))
                }
                (Awaited::Value | Awaited::ValueOrClose, byte) => self.value(byte).map(Some),
                _ => Err(at),
            };
        }
    }

    /// The place of the next value, all of it.
    ///
    /// # Errors
    /// As those of [`Self::next`], and when no value follows.
    pub(crate) fn value_range(&mut self) -> Result<Range<usize>, usize> {
        let depth = self.open.len();
        let start = match self.next()? {
            Some(JsonToken::Open(at, _)) => at,
            Some(JsonToken::Text(range)) => return Ok(range.start - 1..range.end + 1),
            Some(JsonToken::Word(range)) => return Ok(range),
            _ => return Err(self.at),
        };
        while self.open.len() > depth {
            self.next()?;
        }
        Ok(start..self.at)
    }

    fn value(&mut self, byte: u8) -> Result<JsonToken, usize> {
        let at = self.at;
        match byte {
            b'{' | b'[' => {
                self.at += 1;
                self.open.push(byte == b'{');
                self.awaited = if byte == b'{' { Awaited::NameOrClose } else { Awaited::ValueOrClose };
                Ok(JsonToken::Open(at, byte == b'{'))
            }
            b'"' => {
                let text = self.string()?;
                self.settle();
                Ok(JsonToken::Text(text))
            }
            _ => {
                let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
                self.at += self.text[at..].iter().take_while(|byte| is_word(byte)).count();
                let word = &self.text[at..self.at];
                if !matches!(word, b"true" | b"false" | b"null") && !is_number(word) {
                    return Err(at);
                }
                self.settle();
                Ok(JsonToken::Word(at..self.at))
            }
        }
    }

    fn close(&mut self) -> JsonToken {
        let at = self.at;
        self.at += 1;
        self.open.pop();
        self.settle();
        JsonToken::Close(at)
    }

    /// A value is complete.
    fn settle(&mut self) {
        self.awaited = if self.open.is_empty() { Awaited::End } else { Awaited::CommaOrClose };
    }

    /// Reads a string from its first quotation mark on.
    fn string(&mut self) -> Result<Range<usize>, usize> {
        let start = self.at + 1;
        if self.is_valid {
            let end = self.end_of_valid_string(start).ok_or(start)?;
            self.at = end + 1;
            return Ok(start..end);
        }
        let mut at = start;
        loop {
            // Most of a payload is the inside of strings.
            let rest = &self.text[at..];
            let plain = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
            if rest[..plain].iter().fold(false, |found, byte| found | (*byte < 0x20)) {
                return Err(at + rest.iter().take_while(|byte| **byte >= 0x20).count());
            }
            at += plain;
            match self.text.get(at) {
                Some(b'"') => break,
                Some(b'\\') => match self.text.get(at + 1) {
                    Some(b'u') => {
                        let digits = self.text.get(at + 2..at + 6).ok_or(at)?;
                        if !digits.iter().all(u8::is_ascii_hexdigit) {
                            return Err(at);
                        }
                        at += 6;
                    }
                    Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 2,
                    _ => return Err(at),
                },
                _ => return Err(at),
            }
        }
        self.at = at + 1;
        Ok(start..at)
    }

    /// The quotation mark that ends a string: the first one that no escape is made of.
    fn end_of_valid_string(&self, start: usize) -> Option<usize> {
        let mut from = start;
        loop {
            let quote = from + memchr::memchr(b'"', &self.text[from..])?;
            let escapes = self.text[from..quote].iter().rev().take_while(|byte| **byte == b'\\').count();
            if escapes.is_multiple_of(2) {
                return Some(quote);
            }
            from = quote + 1;
        }
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.text.get(self.at) {
            self.at += 1;
        }
    }
}

/// Whether a word is a number of JSON.
fn is_number(word: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = word.strip_prefix(b"-").unwrap_or(word);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent =
            exponent.strip_prefix(b"-").or_else(|| exponent.strip_prefix(b"+")).unwrap_or(exponent);
        let count = digits(exponent);
        return count > 0 && count == exponent.len();
    }
    rest.is_empty()
}

/// A part of a string of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StringPart<'t> {
    /// Characters that stand for themselves.
    Same(&'t str),
    /// An escape, and what it stands for.
    Escape(&'t str, char),
}

/// The parts of a valid string of JSON without its quotation marks, in order.
pub(crate) fn string_parts(mut rest: &str) -> impl Iterator<Item = StringPart<'_>> {
    std::iter::from_fn(move || {
        let same = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
        if same > 0 {
            let (part, other) = rest.split_at(same);
            rest = other;
            return Some(StringPart::Same(part));
        }
        let (length, character) = escape(rest)?;
        let (part, other) = rest.split_at(length);
        rest = other;
        Some(StringPart::Escape(part, character))
    })
}

/// The escape that a text begins with: its length in bytes, and what it stands for. A surrogate that is alone stands for
/// U+FFFD.
fn escape(text: &str) -> Option<(usize, char)> {
    let unit = |at: usize| u16::from_str_radix(text.get(at..at + 4)?, 16).ok();
    let character = match text.as_bytes().get(1)? {
        b'u' => {
            let first = unit(2)?;
            let second = (text.get(6..8) == Some("\\u")).then(|| unit(8)).flatten();
            let pair = second.and_then(|second| char::decode_utf16([first, second]).next()?.ok());
            return match (pair, char::from_u32(first.into())) {
                (_, Some(character)) => Some((6, character)),
                (Some(character), None) => Some((12, character)),
                (None, None) => Some((6, char::REPLACEMENT_CHARACTER)),
            };
        }
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        other => char::from(*other),
    };
    Some((2, character))
}

/// What a string of JSON stands for.
pub(crate) fn decoded(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    push_decoded(raw, &mut text);
    text
}

/// Appends what a string of JSON stands for.
pub(crate) fn push_decoded(raw: &str, text: &mut String) {
    for part in string_parts(raw) {
        match part {
            StringPart::Same(same) => text.push_str(same),
            StringPart::Escape(_, character) => text.push(character),
        }
    }
}

/// A text as a string of JSON, with its quotation marks.
pub(crate) fn quoted(text: &str) -> String {
    // A string can always be written.
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn is_valid(text: &str) -> bool {
        let mut tokens = JsonTokens::new(text);
        loop {
            match tokens.next() {
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    #[test]
    fn depth_has_no_limit() {
        let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        assert!(is_valid(&deep("[", "]")) && is_valid(&deep("{\"a\":", "}")));
        assert!(!is_valid(&deep("[", "")) && !is_valid(&"[".repeat(1_000_000)));
    }

    #[test]
    fn surrogates_are_joined_or_replaced() {
        for (raw, expected) in [
            ("a\\u0041\\n\\/\\\"", "aA\n/\""),
            ("\\ud83e\\udd80", "🦀"),
            ("\\ud83e", "\u{fffd}"),
            ("\\udd80\\ud83e!", "\u{fffd}\u{fffd}!"),
            ("\\ud83e\\u0041", "\u{fffd}A"),
            ("ü\\\\u0041", "ü\\u0041"),
        ] {
            assert_eq!(decoded(raw), expected, "{raw}");
        }
    }

    /// Texts that are JSON, or nearly.
    fn texts() -> impl Strategy<Value = String> {
        let word = "(\\{|\\}|\\[|\\]|,|:| |\"a\"|\"\\\\n\"|\"|\\\\|1|-0|01|1\\.|2e-5|1e|true|nul|\u{7}|ü)";
        prop::collection::vec(word, 0..12).prop_map(|words| words.concat())
    }

    proptest! {
        #[test]
        fn texts_are_valid_as_serde_json_says(text in texts()) {
            prop_assert_eq!(is_valid(&text), serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
        }

        #[test]
        fn strings_stand_for_what_serde_json_says(text in "[a\"\\\\\n\u{1}ü🦀/]{0,20}", escapes in "(\\\\u[0-9a-cA-C][0-9a-f]{3}|\\\\[nrt\"/]|x){0,6}") {
            for raw in [serde_json::to_string(&text).unwrap(), format!("\"{escapes}\"")] {
                let expected: String = serde_json::from_str(&raw).unwrap();
                prop_assert_eq!(decoded(&raw[1..raw.len() - 1]), expected);
            }
        }

        #[test]
        fn a_valid_text_has_the_same_tokens_without_a_check(text in texts()) {
            if is_valid(&text) {
                let (mut checked, mut trusted) = (JsonTokens::new(&text), JsonTokens::of_valid(&text));
                while let Some(token) = checked.next().unwrap() {
                    prop_assert_eq!(trusted.next(), Ok(Some(token)), "{}", text);
                }
                prop_assert_eq!(trusted.next(), Ok(None));
            }
        }

        #[test]
        fn the_place_of_a_value_is_all_of_it(before in "[ \n]{0,3}", value in texts()) {
            let text = format!("{before}{value}");
            if let Ok(expected) = serde_json::from_str::<Value>(&text) {
                let range = JsonTokens::new(&text).value_range().unwrap();
                prop_assert_eq!(serde_json::from_str::<Value>(&text[range.clone()]).unwrap(), expected);
                prop_assert_eq!(text[range.clone()].trim(), &text[range]);
            }
        }
    }
}
