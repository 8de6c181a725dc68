//! What suppressed a finding, and suppressions that do nothing.

use schemars::JsonSchema;
use serde::Serialize;

use super::{found::Finding, kind::SuppressionKind, scanned::NotScanned};

/// A comment or an entry that suppresses something. All texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Suppression {
    /// Its kind.
    pub kind: SuppressionKind,
    /// The file that contains it, as it is shown.
    pub place: String,
    /// Its line, 1-based, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The rules it applies to, separated by commas. Absent if it applies to all rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The reason that its author gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day it is in force, in UTC, as `2027-01-31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A key that was suppressed, with the occurrences that one suppression covers.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The key, with only these occurrences.
    pub finding: Finding,
    /// What suppressed them.
    pub by: Suppression,
}

/// A suppression that does nothing: nothing matches it any more, it has expired, or it is invalid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Unused {
    /// The file that contains it, as it is shown.
    pub place: String,
    /// Its line, 1-based, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The suppression, as it is written or shortened.
    pub what: String,
    /// What is wrong with it, and what to do.
    pub why: String,
}

/// An input that could not be read, and was accepted as such.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AcceptedInput {
    /// What was not read, and why not.
    pub input: NotScanned,
    /// The entry that accepts it.
    pub by: Suppression,
}

impl Suppression {
    /// Its location, such as `skanner.toml:12`.
    #[must_use]
    pub fn at(&self) -> String {
        place_and_line(&self.place, self.line)
    }
}

impl Unused {
    /// Its location, such as `skanner.toml:12`.
    #[must_use]
    pub fn at(&self) -> String {
        place_and_line(&self.place, self.line)
    }
}

fn place_and_line(place: &str, line: Option<u64>) -> String {
    match line {
        Some(line) => format!("{place}:{line}"),
        None => place.to_owned(),
    }
}
