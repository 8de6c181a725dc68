//! One entry, and its line in the file.

use std::{fmt, sync::Arc};

use super::location::EntryLocation;
use crate::finding::Fingerprint;

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
}

impl fmt::Display for BaselineEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.fingerprint, self.rule, self.place)
    }
}
