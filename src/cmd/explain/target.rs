//! How a key is named on the command line.

use crate::{
    finding::Fingerprint,
    report::{FindingEntry, OccurrenceEntry},
};

/// The fewest digits of a fingerprint that name a key.
const FEWEST_DIGITS: usize = 8;

/// Which key to explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The start of a fingerprint, or all of it.
    Fingerprint(String),
    /// A line of a file, and a column if one is named. Both are 1-based.
    Place { path: String, line: u64, column: Option<u64> },
}

impl Target {
    /// Parses an argument that is not the id of a rule.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        if (FEWEST_DIGITS..=Fingerprint::DIGITS).contains(&text.len()) && text.bytes().all(is_digit) {
            return Some(Self::Fingerprint(text.to_owned()));
        }
        let number = |text: &str| text.parse::<u64>().ok().filter(|number| *number > 0);
        let (before, last) = text.rsplit_once(':')?;
        let last = number(last)?;
        let place = match before.rsplit_once(':').map(|(path, line)| (path, number(line))) {
            // `C:3` may be a line of a file in a drive's current directory, which nobody has.
            Some((path, Some(line))) if !path.is_empty() => (path, line, Some(last)),
            _ => (before, last, None),
        };
        let (path, line, column) = place;
        (!path.is_empty()).then(|| Self::Place { path: path.to_owned(), line, column })
    }

    /// Whether it names this key. `path` is how the path of the target is written in the report.
    pub(super) fn is(&self, finding: &FindingEntry, path: &str) -> bool {
        match self {
            Self::Fingerprint(start) => finding.fingerprint.starts_with(start.as_str()),
            Self::Place { line, column, .. } => finding.occurrences.iter().any(|place| {
                let is_there = (place.line..=place.end_line).contains(line)
                    && column.is_none_or(|column| is_at(place, *line, column));
                is_there && has_path(place, path)
            }),
        }
    }
}

/// Whether an occurrence is at a column of one of its lines.
fn is_at(place: &OccurrenceEntry, line: u64, column: u64) -> bool {
    let begins = line > place.line || column >= place.column;
    let ends = line < place.end_line || column < place.end_column;
    begins && ends
}

/// Whether an occurrence is in this file: by the whole path, or by that of its archive.
pub(super) fn has_path(place: &OccurrenceEntry, path: &str) -> bool {
    let plain = |path: &str| path.strip_prefix("./").unwrap_or(path).to_owned();
    let path = plain(path);
    plain(&place.name()) == path || plain(&place.path) == path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_its_place_or_its_fingerprint() {
        let place = |path: &str, line, column| Some(Target::Place { path: path.to_owned(), line, column });
        let fingerprint = |text: &str| Some(Target::Fingerprint(text.to_owned()));
        for (text, expected) in [
            ("6ad1f00d", fingerprint("6ad1f00d")),
            ("0123456789abcdef0123456789abcdef", fingerprint("0123456789abcdef0123456789abcdef")),
            ("0123456789abcdef0123456789abcdef0", None),
            ("6AD1F00D", None),
            ("6ad1f00", None),
            ("openai-project-key", None),
            ("a.py:3", place("a.py", 3, None)),
            ("a.py:3:8", place("a.py", 3, Some(8))),
            ("a:b.py:3", place("a:b.py", 3, None)),
            (r"C:\a.py:3", place(r"C:\a.py", 3, None)),
            ("a.zip!b/c.txt:12:1", place("a.zip!b/c.txt", 12, Some(1))),
            ("a.py:0", None),
            ("a.py:", None),
            (":3", None),
            (":3:4", place(":3", 4, None)),
            ("6ad1f00d:3", place("6ad1f00d", 3, None)),
        ] {
            assert_eq!(Target::parse(text), expected, "{text}");
        }
    }
}
