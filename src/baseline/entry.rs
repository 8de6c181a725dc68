//! One entry, and its line in the file.

use std::{fmt, sync::Arc};

use super::location::EntryLocation;
use crate::{day::Day, finding::Fingerprint};

/// How a comment above an entry says until when the entry counts, as in `# until=2027-03-01 is being replaced`.
const UNTIL: &str = "until=";

/// A known finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaselineEntry {
    /// The secret.
    pub fingerprint: Fingerprint,
    /// The rule that found it. This is only a hint for readers: nothing depends on it, so a rule can be
    /// renamed.
    pub rule: Arc<str>,
    /// Where the secret is.
    pub place: EntryLocation,
    /// The line it was read from, 1-based; 0 for a new entry.
    pub line: u64,
    /// The comments directly above it, including the `#`.
    pub notes: Vec<Arc<str>>,
}

impl BaselineEntry {
    /// Parses a line without its line end, or says what is wrong with it. The caller sets the line number and
    /// the notes.
    pub(crate) fn parse(line: &str, last_rule: &mut Arc<str>) -> Result<Self, String> {
        const FORM: &str = "expected a fingerprint, a rule and a path, separated by spaces";
        // There may be thousands of lines, and a scan needs none of their texts.
        let is_space = |byte: u8| matches!(byte, b' ' | b'\t');
        let mut rest = line;
        let mut word = || {
            let end = rest.bytes().position(is_space)?;
            let next =
                rest.bytes().skip(end).position(|byte| !is_space(byte)).map_or(rest.len(), |gap| end + gap);
            let word = &rest[..end];
            rest = &rest[next..];
            Some(word)
        };
        let (Some(fingerprint), Some(rule)) = (word(), word()) else { return Err(FORM.to_owned()) };
        let fingerprint = Fingerprint::parse(fingerprint).ok_or_else(|| {
            format!("{FORM}, but the first word is not a fingerprint (32 lowercase hex digits)")
        })?;
        let place = rest.trim_end_matches([' ', '\t']);
        if place.is_empty() {
            return Err(FORM.to_owned());
        }
        // Most entries have the same rule as the entry before.
        if **last_rule != *rule {
            *last_rule = rule.into();
        }
        Ok(Self {
            fingerprint,
            rule: last_rule.clone(),
            place: EntryLocation::parse(place)?,
            line: 0,
            notes: Vec::new(),
        })
    }

    /// The last day on which it counts, in UTC, if its comments name one. Of several days, the first counts: a merge
    /// may bring two together.
    #[must_use]
    pub(crate) fn until(&self) -> Option<Day> {
        self.notes.iter().filter_map(|note| day_in(note).ok().flatten()).min()
    }

    /// What its comments say apart from the day; empty if that is nothing.
    #[must_use]
    pub(crate) fn reason(&self) -> String {
        let words = |note: &Arc<str>| {
            let words = note.trim_start_matches('#').split_whitespace();
            words.filter(|word| !word.starts_with(UNTIL)).collect::<Vec<_>>().join(" ")
        };
        let notes = self.notes.iter().map(words).filter(|text| !text.is_empty());
        notes.collect::<Vec<_>>().join(" ")
    }
}

/// The comment that says until when an entry counts.
#[must_use]
pub(crate) fn until_note(last: Day) -> Arc<str> {
    format!("# {UNTIL}{last}").into()
}

/// The day that a comment names.
///
/// # Errors
/// Says what is wrong with a word that should name one. To take it for another comment would accept a key for ever.
pub(super) fn day_in(note: &str) -> Result<Option<Day>, String> {
    let Some(day) = note.trim_start_matches('#').split_whitespace().find_map(|word| word.strip_prefix(UNTIL))
    else {
        return Ok(None);
    };
    Day::parse(day)
        .map(Some)
        .ok_or_else(|| format!("expected a day after `{UNTIL}`, as in `{UNTIL}2027-03-01`"))
}

impl fmt::Display for BaselineEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.fingerprint, self.rule, self.place)
    }
}
