//! What can suppress a finding.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Kind")]
#[non_exhaustive]
pub enum SuppressionKind {
    /// A comment such as `skanner:allow`.
    Inline,
    /// A comment for another scanner, such as `gitleaks:allow`.
    Foreign,
    /// A list of another scanner, such as `.gitleaksignore`.
    ForeignList,
    /// An `[[allow]]` entry of the configuration, by path or rule.
    Config,
    /// An `[[allow]]` entry of the configuration, by fingerprint.
    Fingerprint,
    /// An entry of the baseline.
    Baseline,
}

/// A comment or an entry that suppresses something. All texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Suppression {
    /// Its kind.
    pub kind: SuppressionKind,
    /// The file that contains it, as it is shown.
    pub place: String,
    /// Its line, 1-based, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The rules it applies to, separated by commas. Absent if it applies to all rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The reason that its author gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day it is in force, in UTC, as `2027-01-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Suppression {
    /// Its location, such as `skanner.toml:12`.
    #[must_use]
    pub fn at(&self) -> String {
        place_and_line(&self.place, self.line)
    }
}

pub(super) fn place_and_line(place: &str, line: Option<u64>) -> String {
    match line {
        Some(line) => format!("{place}:{line}"),
        None => place.to_owned(),
    }
}
