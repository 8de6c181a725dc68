//! Where an entry says that its secret is.

use std::{borrow::Cow, fmt};

use crate::{bytes::hex, hidden::hides};

/// The start of a location that is not a path.
const HISTORY: &str = "<history>";

/// The path of a file, and the path inside it if it is an archive. Both are written as in a report: bytes
/// that are not UTF-8 are `\xNN`, and secrets are masked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FilePath {
    /// The path from the directory of the baseline, with `/` as the separator. It begins with `../` for files
    /// outside that directory.
    pub path: String,
    /// The path inside the archive at `path`, with `!` between nested archives.
    pub inner: Option<String>,
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum EntryLocation {
    /// In a file.
    File(FilePath),
    /// Only in the history of the repository, not in a current file. The path is a hint for readers: nothing
    /// depends on it.
    History(Option<FilePath>),
}

impl EntryLocation {
    /// Parses what [`Display`](fmt::Display) writes.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix(HISTORY) {
            return match rest.trim_start_matches([' ', '\t']) {
                "" => Ok(Self::History(None)),
                path if path.len() < rest.len() => Ok(Self::History(Some(FilePath::parse(path)?))),
                _ => Err(format!("expected a space after `{HISTORY}`")),
            };
        }
        if text.starts_with('<') {
            return Err(format!(
                "the only place in `<…>` is `{HISTORY}`; write `<` at the start of a path as `\\u{{3c}}`"
            ));
        }
        FilePath::parse(text).map(Self::File)
    }
}

impl fmt::Display for EntryLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.fmt(f),
            Self::History(None) => f.write_str(HISTORY),
            Self::History(Some(path)) => write!(f, "{HISTORY} {path}"),
        }
    }
}

impl FilePath {
    /// The last component of the path, ignoring the path inside an archive.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (path, inner) = match text.split_once('!') {
            Some((path, inner)) => (path, Some(inner)),
            None => (text, None),
        };
        if path.is_empty() || inner == Some("") {
            return Err("a path is empty".to_owned());
        }
        Ok(Self { path: unescape(path)?, inner: inner.map(unescape).transpose()? })
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only the first `!` ends the path.
        write!(f, "{}", escape(&self.path, true, self.inner.is_none()))?;
        match &self.inner {
            Some(inner) => write!(f, "!{}", escape(inner, false, true)),
            None => Ok(()),
        }
    }
}

/// Escapes a text so that it stays on its line, shows what it is, and is not mistaken for another part of the
/// line.
fn escape(text: &str, is_first: bool, is_last: bool) -> Cow<'_, str> {
    let needs_escape = |at: usize, character: char| {
        let is_edge = is_first && at == 0 || is_last && at + character.len_utf8() == text.len();
        character == '\\'
            || hides(character)
            || is_first && character == '!'
            || is_edge && character.is_whitespace()
            || is_first && at == 0 && character == '<'
    };
    if !text.char_indices().any(|(at, character)| needs_escape(at, character)) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for (at, character) in text.char_indices() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            _ if needs_escape(at, character) => escaped.extend(character.escape_unicode()),
            _ => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

fn unescape(text: &str) -> Result<String, String> {
    let Some((plain, mut rest)) = text.split_once('\\') else { return Ok(text.to_owned()) };
    let mut whole = plain.to_owned();
    loop {
        if let Some(behind) = rest.strip_prefix('\\') {
            whole.push('\\');
            rest = behind;
        } else {
            let code = rest.strip_prefix("u{").and_then(|rest| rest.split_once('}'));
            let character = code.and_then(|(digits, behind)| {
                Some((char::from_u32(hex::number(digits.as_bytes())?)?, behind))
            });
            let (character, behind) = character.ok_or(
                "a backslash in a path must be followed by another one, or by `u{…}` as in `\\u{20}`",
            )?;
            whole.push(character);
            rest = behind;
        }
        let Some((plain, behind)) = rest.split_once('\\') else {
            whole.push_str(rest);
            return Ok(whole);
        };
        whole.push_str(plain);
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Paths of any characters, with more of the ones that are special here.
    fn text() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just("\\".to_owned()),
            Just("\\u{20}".to_owned()),
            Just("\\xff".to_owned()),
            Just("<history>".to_owned()),
            "[ !#<>\t\r\n\\\\/]",
            "[\u{202e}\u{2028}\u{85}\u{feff}]",
            "[a-z]{1,3}",
            any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(part, 1..8).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn every_place_is_read_as_it_was_written(path in text(), inner in proptest::option::of(text())) {
            let path = FilePath { path, inner };
            for place in [EntryLocation::File(path.clone()), EntryLocation::History(Some(path)), EntryLocation::History(None)] {
                let line = place.to_string();
                prop_assert_eq!(EntryLocation::parse(&line), Ok(place));
                prop_assert!(!line.contains(hides), "{:?}", line);
                prop_assert_eq!(line.trim(), &line);
            }
        }

        #[test]
        fn nothing_makes_it_fail(text in ".{0,20}") {
            if let Ok(place) = EntryLocation::parse(&text) {
                prop_assert_eq!(EntryLocation::parse(&place.to_string()), Ok(place));
            }
        }
    }

    #[test]
    fn usual_paths_stand_there_as_they_are() {
        for line in ["src/a b.py", "a#b", "../x/é.txt", "a.zip!b/c!d.txt", "<history>", "<history> a.py"] {
            assert_eq!(EntryLocation::parse(line).unwrap().to_string(), line);
        }
        for wrong in [
            "",
            "<x> a",
            "<history>a",
            "a!",
            "!a",
            "a\\",
            "a\\n",
            "a\\u{}",
            "a\\u{d800}",
            "a\\u{+20}",
            "a\\u{20",
        ] {
            assert!(EntryLocation::parse(wrong).is_err(), "{wrong}");
        }
    }
}
