//! The members of a line that is not simply read: one by one, so that what is wrong can be told, and the id kept.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, Visitor},
};
use serde_json::{error::Category, value::RawValue};

/// The names of the members that hold text.
const TEXTS: [&str; 3] = ["path", "text", "content_base64"];

const ID: &str = "id";

/// What was read of a line.
#[derive(Default)]
pub(super) struct LineMembers<'l> {
    id: Option<&'l str>,
    texts: [Option<&'l str>; 3],
    /// The first one that is there more than once.
    twice: Option<&'static str>,
    /// Whether there are several ids, so that nobody knows which is meant.
    has_other_id: bool,
}

impl<'l> LineMembers<'l> {
    /// The id as it is written.
    pub(super) fn id(&self) -> Option<&'l str> {
        self.id.filter(|id| !self.has_other_id && *id != "null")
    }

    /// The members that hold text, in the order of [`TEXTS`]. Half of a surrogate pair, which JSON can write and no text can
    /// hold, becomes U+FFFD.
    pub(super) fn texts(&self) -> Result<[Option<Cow<'l, str>>; 3], String> {
        if let Some(name) = self.twice {
            return Err(format!("has `{name}` more than once"));
        }
        let mut texts = [None, None, None];
        for ((name, value), text) in TEXTS.iter().zip(self.texts).zip(&mut texts) {
            *text = match value {
                None | Some("null") => None,
                Some(value) => Some(string(value).ok_or_else(|| {
                    let kind = kind(value);
                    format!("`{name}` is {kind}; it must be a string")
                })?),
            };
        }
        Ok(texts)
    }

    fn add(&mut self, name: &str, value: &'l str) {
        if name == ID {
            match self.id {
                None => self.id = Some(value),
                Some(id) => {
                    self.has_other_id |= id != value;
                    self.twice.get_or_insert(ID);
                }
            }
        } else if let Some(at) = TEXTS.iter().position(|one| *one == name)
            && self.texts[at].replace(value).is_some()
        {
            self.twice.get_or_insert(TEXTS[at]);
        }
    }
}

/// Reads the members of a line, as far as it is JSON. So many bytes before it have been passed over.
pub(super) fn read<'l>(text: &'l str, passed: usize, members: &mut LineMembers<'l>) -> Result<(), String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = LineVisitor(members).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    read.map_err(|error| match error.classify() {
        Category::Data => "is not an object of JSON".to_owned(),
        Category::Eof => "is not valid JSON: it ends too early".to_owned(),
        _ => format!("is not valid JSON from byte {} on", passed + error.column()),
    })
}

struct LineVisitor<'m, 'l>(&'m mut LineMembers<'l>);

impl<'l> DeserializeSeed<'l> for LineVisitor<'_, 'l> {
    type Value = ();

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'l> Visitor<'l> for LineVisitor<'_, 'l> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<(), A::Error> {
        let mut last: Option<(Cow<'l, str>, &'l str)> = None;
        loop {
            let name = map.next_key::<&'l RawValue>()?;
            // A number is only whole where something follows it.
            if let Some((name, value)) = last.take() {
                self.0.add(&name, value);
            }
            let Some(name) = name else { return Ok(()) };
            let value = map.next_value::<&'l RawValue>()?;
            last = Some((string(name.get()).unwrap_or_default(), value.get()));
        }
    }
}

/// The text of a string as it is written in JSON.
fn string(written: &str) -> Option<Cow<'_, str>> {
    if let Ok(text) = serde_json::from_str(written) {
        return Some(text);
    }
    let mut bytes = serde_json::Deserializer::from_str(written).deserialize_bytes(BytesVisitor).ok()?;
    // Both are three bytes long.
    const REPLACEMENT: [u8; 3] = *b"\xef\xbf\xbd";
    let mut at = 0;
    while let Some(found) = memchr::memchr(0xed, &bytes[at..]) {
        at += found;
        if let Some([_, 0xa0..=0xbf, _]) = bytes.get(at..at + 3) {
            bytes[at..at + 3].copy_from_slice(&REPLACEMENT);
        }
        at += 1;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// Takes the bytes of a string, in which halves of surrogate pairs are encoded as if they were characters.
struct BytesVisitor;

impl Visitor<'_> for BytesVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }
}

/// What a value is, for people.
fn kind(value: &str) -> &'static str {
    match value.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "a boolean",
        _ => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_far_as_it_is_certain() {
        for (text, expected) in [
            (r#"{"id":12,"text":5}"#, Some("12")),
            (r#"{"text":5,"id": [1, 2] }"#, Some("[1, 2]")),
            (r#"{"\u0069d":"a","text":5}"#, Some("\"a\"")),
            (r#"{"id":12,"text":"#, Some("12")),
            (r#"{"id":12,"te"#, None),
            (r#"{"id":12"#, None),
            (r#"{"id":"12"#, None),
            (r#"{"id":1,"id":1,"text":"a"}"#, Some("1")),
            (r#"{"id":1,"id":2,"text":"a"}"#, None),
            (r#"{"id":null,"text":5}"#, None),
            (r#"[{"id":1}]"#, None),
        ] {
            let mut members = LineMembers::default();
            let _ = read(text, 0, &mut members);
            assert_eq!(members.id(), expected, "{text}");
        }
    }

    #[test]
    fn halves_of_surrogate_pairs_become_one_character() {
        for (written, expected) in [
            (r#""a\ud800b""#, Some("a\u{fffd}b")),
            (r#""\udc00\ud800""#, Some("\u{fffd}\u{fffd}")),
            (r#""\ud83e\udd80 \ud83e""#, Some("\u{1f980} \u{fffd}")),
            ("\"\\ud800\u{d7ff}\u{e000}\"", Some("\u{fffd}\u{d7ff}\u{e000}")),
            ("\"\u{d7ff}\"", Some("\u{d7ff}")),
            ("5", None),
            ("[\"a\"]", None),
        ] {
            assert_eq!(string(written).as_deref(), expected, "{written}");
        }
    }
}
