//! Which findings make a run fail. All others are reported, and the exit code is as if they were not there.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rule::{Confidence, Severity};

/// How bad and how certain a finding must be to make a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailOn {
    /// The lowest severity that does.
    pub severity: Severity,
    /// The lowest confidence that does; any if it is absent.
    pub confidence: Option<Confidence>,
}

/// The findings of a run that do not make it fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tolerated {
    /// What a finding must be to make the run fail, such as `high` or `high,certain`.
    pub fail_on: String,
    /// The option, variable or file that says so.
    pub by: String,
    /// The number of findings that are below.
    pub keys: u64,
}

impl FailOn {
    /// Reads `high` or `high,certain`.
    ///
    /// # Errors
    /// What is wrong with the text, and what it may be.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (severity, confidence) = match text.split_once(',') {
            Some((severity, confidence)) => (severity.trim(), Some(confidence.trim())),
            None => (text.trim(), None),
        };
        let confidence = confidence.map(|word| named(Confidence::WORDS, word, "confidence")).transpose()?;
        Ok(Self { severity: named(Severity::WORDS, severity, "severity")?, confidence })
    }

    /// Whether a finding makes a run fail.
    #[must_use]
    pub(crate) fn is_reached(self, severity: Severity, confidence: Confidence) -> bool {
        severity >= self.severity && self.confidence.is_none_or(|least| confidence >= least)
    }
}

impl fmt::Display for FailOn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.severity)?;
        self.confidence.map_or(Ok(()), |confidence| write!(out, ",{confidence}"))
    }
}

fn named<T: Copy>(words: &[(&str, T)], text: &str, what: &str) -> Result<T, String> {
    let value = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    value.ok_or_else(|| {
        let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        format!(
            "`{text}` is no {what}; expected SEVERITY or SEVERITY,CONFIDENCE, such as high or high,certain, with one of {}",
            words.join(", ")
        )
    })
}
