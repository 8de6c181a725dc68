//! The units in which an editor counts the columns of a line.

/// What a column counts. Source: `PositionEncodingKind` of the Language Server Protocol 3.17.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PositionEncoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Code units of UTF-16, the only one that every editor knows.
    #[default]
    Utf16,
    /// Code points.
    Utf32,
}

impl PositionEncoding {
    /// All of them, with their names in the protocol.
    const NAMES: [(&'static str, Self); 3] =
        [("utf-8", Self::Utf8), ("utf-16", Self::Utf16), ("utf-32", Self::Utf32)];

    /// The first of the names that we know.
    pub(crate) fn first_of<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        names
            .into_iter()
            .find_map(|name| Self::NAMES.iter().find(|(known, _)| *known == name))
            .map(|one| one.1)
    }

    /// Its name in the protocol.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        }
    }

    /// The number of units of a text.
    pub(super) fn units(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            // Most lines are ASCII, where all of them are the same.
            _ if text.is_ascii() => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::Utf32 => text.chars().count(),
        }
    }

    /// How many bytes of a line so many units are. Within a character, it is what comes before it; behind the line, the
    /// whole line.
    pub(super) fn bytes(self, line: &str, units: usize) -> usize {
        let mut left = units;
        for (at, character) in line.char_indices() {
            let length = match self {
                Self::Utf8 => character.len_utf8(),
                Self::Utf16 => character.len_utf16(),
                Self::Utf32 => 1,
            };
            if length > left {
                return at;
            }
            left -= length;
        }
        line.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_chooses_among_those_that_are_known() {
        let first = |names: &[&str]| PositionEncoding::first_of(names.iter().copied());
        assert_eq!(first(&["utf-7", "utf-32", "utf-8"]), Some(PositionEncoding::Utf32));
        assert_eq!(first(&["utf-7"]), None);
        assert_eq!(first(&[]), None);
        for (name, encoding) in PositionEncoding::NAMES {
            assert_eq!(encoding.name(), name);
        }
    }

    #[test]
    fn columns_count_units() {
        // One, two, three and four bytes, and a combining character.
        let text = "aé汉🦀e\u{301}";
        for (encoding, units, at) in [
            (PositionEncoding::Utf8, 13, [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10]),
            (PositionEncoding::Utf16, 7, [0, 1, 3, 6, 6, 10, 11, 13, 13, 13, 13]),
            (PositionEncoding::Utf32, 6, [0, 1, 3, 6, 10, 11, 13, 13, 13, 13, 13]),
        ] {
            assert_eq!(encoding.units(text), units, "{encoding:?}");
            for (column, expected) in at.into_iter().enumerate() {
                assert_eq!(encoding.bytes(text, column), expected, "{encoding:?} {column}");
            }
        }
    }
}
