//! What an agent writes to the standard input of a hook: one object of JSON.

use std::ops::Range;

use super::json_tokens::{JsonToken, JsonTokens, decoded};

/// More members than these are no payload of an agent.
const MOST_MEMBERS: usize = 4096;

/// The members of a payload, as they are written.
#[derive(Clone, Debug)]
pub(crate) struct Payload<'p> {
    text: &'p str,
    /// The names without quotation marks, and the values.
    members: Vec<(Range<usize>, Range<usize>)>,
}

impl<'p> Payload<'p> {
    /// Reads a payload, all of it.
    ///
    /// # Errors
    /// In words, when it is not a valid object of JSON in UTF-8.
    pub(crate) fn read(bytes: &'p [u8]) -> Result<Self, String> {
        Self::read_at_most(bytes, MOST_MEMBERS)
    }

    /// Reads an object that has at most so many members.
    fn read_at_most(bytes: &'p [u8], most: usize) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| format!("is not UTF-8 from byte {} on", error.valid_up_to() + 1))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let wrong = |at: usize| match text.trim().is_empty() {
            true => "is empty".to_owned(),
            false => format!("is not valid JSON: byte {} does not fit", at + 1),
        };
        let mut tokens = JsonTokens::new(text);
        let Some(JsonToken::Open(_, true)) = tokens.next().map_err(wrong)? else {
            return Err("is not an object of JSON".to_owned());
        };
        let mut members = Vec::new();
        while let Some(JsonToken::MemberName(name)) = tokens.next().map_err(wrong)? {
            if members.len() == most {
                return Err(format!("has more than {most} members"));
            }
            members.push((name, tokens.value_range().map_err(wrong)?));
        }
        match tokens.next().map_err(wrong)? {
            None => Ok(Self { text, members }),
            Some(_) => Err("is more than an object of JSON".to_owned()),
        }
    }

    /// All values of the members with a name, as they are written.
    pub(crate) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'p str> + 's {
        let text = self.text;
        let is_named =
            move |written: &str| written == name || written.contains('\\') && decoded(written) == name;
        let named = self.members.iter().filter(move |(written, _)| is_named(&text[written.clone()]));
        named.map(move |(_, value)| &text[value.clone()])
    }

    /// The value of a member, as it is written. Of several with this name, the last one counts, as everywhere.
    pub(crate) fn value(&self, name: &str) -> Option<&'p str> {
        self.values(name).last()
    }

    /// Whether there is such a member.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The text of a member that is a string.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        string(self.value(name)?)
    }
}

/// Whether a text is an object of JSON.
pub(crate) fn is_object(text: &str) -> bool {
    Payload::read_at_most(text.as_bytes(), usize::MAX).is_ok()
}

/// The text of a value that is a string.
pub(crate) fn string(value: &str) -> Option<String> {
    Some(decoded(value.strip_prefix('"')?.strip_suffix('"')?))
}

/// The value of a member of an object, as it is written; the last one of that name.
pub(crate) fn member<'v>(object: &'v str, name: &str) -> Option<&'v str> {
    Payload::read_at_most(object.as_bytes(), usize::MAX).ok()?.value(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_what_their_names_stand_for() {
        let text = "\u{feff} {\"a\" : [1, {\"b\":2}],\"\\u0061\":\"x\\n\",\"c\":{}} \n";
        let payload = Payload::read(text.as_bytes()).unwrap();
        assert_eq!(payload.values("a").collect::<Vec<_>>(), ["[1, {\"b\":2}]", "\"x\\n\""]);
        assert_eq!((payload.text("a").as_deref(), payload.text("c")), (Some("x\n"), None));
        assert!(payload.has("c") && !payload.has("b"));
    }

    #[test]
    fn what_is_no_payload_is_told() {
        let many = format!("{{{}\"a\":1}}", "\"a\":1,".repeat(MOST_MEMBERS));
        for (text, expected) in [
            (&b""[..], "is empty"),
            (b" \n", "is empty"),
            (b"[1]", "is not an object of JSON"),
            (b"\"a\"", "is not an object of JSON"),
            (b"{\"a\":1", "is not valid JSON: byte 7 does not fit"),
            (b"{\"a\":1}}", "is not valid JSON: byte 8 does not fit"),
            (b"{\"a\":\"\xff\"}", "is not UTF-8 from byte 7 on"),
            (b"{\"a\":tru}", "is not valid JSON: byte 6 does not fit"),
            (many.as_bytes(), "has more than 4096 members"),
        ] {
            assert_eq!(Payload::read(text).unwrap_err(), expected);
        }
    }
}
