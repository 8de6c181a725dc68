//! What can suppress a finding.

use schemars::JsonSchema;
use serde::Serialize;

/// The kind of a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
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
