//! One entry, and its line.

use std::{fmt, sync::Arc};

use super::place::Place;
use crate::finding::Fingerprint;

/// A known finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The secret.
    pub fingerprint: Fingerprint,
    /// The rule that found it, for people: nothing depends on it, so that a rule may get another name.
    pub rule: Arc<str>,
    /// Where it stands.
    pub place: Place,
    /// The line that it was read from, 1-based; 0 if it is new.
    pub line: u64,
    /// Comments that stand directly above it, with their `#`.
    pub notes: Vec<Arc<str>>,
}

impl Entry {
    /// Reads a line without its end, or says what is wrong with it. The line's number and its notes are the caller's.
    pub(super) fn parse(line: &str, last_rule: &mut Arc<str>) -> Result<Self, String> {
        const FORM: &str = "expected a fingerprint, a rule and a path with spaces between them";
        // There may be thousands of lines, of which a scan needs none.
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
            format!("{FORM}, but the first word is no fingerprint, which is 32 of 0-9 and a-f")
        })?;
        let place = rest.trim_end_matches([' ', '\t']);
        if place.is_empty() {
            return Err(FORM.to_owned());
        }
        // Most entries have the rule of the one before.
        if **last_rule != *rule {
            *last_rule = rule.into();
        }
        Ok(Self {
            fingerprint,
            rule: last_rule.clone(),
            place: Place::parse(place)?,
            line: 0,
            notes: Vec::new(),
        })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.fingerprint, self.rule, self.place)
    }
}
