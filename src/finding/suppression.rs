//! What has suppressed a finding, and what was to and does nothing.

use schemars::JsonSchema;
use serde::Serialize;

use super::{found::Finding, kind::Kind, scanned::NotScanned};

/// One entry or comment that suppresses something. All texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Suppression {
    /// What kind of thing it is.
    pub kind: Kind,
    /// The file it stands in, as it is shown.
    pub place: String,
    /// The line it stands on, 1-based, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The rules it is for, with commas between them; all of them if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why that is fine, as its author says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day it counts, in UTC, as `2027-01-31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A key that was found and is no finding, in the places that one suppression took.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The key, with these places alone.
    pub finding: Finding,
    /// What took them.
    pub by: Suppression,
}

/// A suppression that does nothing: nothing matches it any more, it is past its date, or nobody understands it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Unused {
    /// The file it stands in, as it is shown.
    pub place: String,
    /// The line it stands on, 1-based, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The suppression, as it is written there or in short.
    pub what: String,
    /// What is wrong with it, and what to do.
    pub why: String,
}

/// An input that could not be read, as somebody knew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accepted {
    /// What was not read, and why not.
    pub input: NotScanned,
    /// What accepts that.
    pub by: Suppression,
}

impl Suppression {
    /// Where it stands, as `skanner.toml:12`.
    #[must_use]
    pub fn at(&self) -> String {
        place_and_line(&self.place, self.line)
    }
}

impl Unused {
    /// Where it stands, as `skanner.toml:12`.
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
