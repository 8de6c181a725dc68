//! What an organization's policy does not let others decide.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kind::place_and_line;

/// The policy that a run obeyed. Its texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Policy")]
pub struct AppliedPolicy {
    /// The file.
    pub file: String,
    /// Whether the file lies in what was scanned, so that whoever writes there can change it; absent if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inside: bool,
}

/// Something that a configuration, a comment, a baseline, an option or a variable tried, and that the policy refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Refused {
    /// The file, the option or the variable that tried it, as it is shown.
    pub place: String,
    /// Its line, 1-based; absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What was tried, as it is written or shortened.
    pub what: String,
    /// Why it does not count.
    pub why: String,
    /// The setting of the policy that refuses it, such as `policy.require-reason` or `min-confidence`.
    pub limit: String,
    /// The number of keys that are findings because of this; absent if there are none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub keys: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Refused {
    /// Whether a file tried it, and no option or variable.
    #[must_use]
    pub fn is_in_file(&self) -> bool {
        !self.place.starts_with('-') && !self.place.starts_with("SKANNER_")
    }

    /// Its location, such as `skanner.toml:12`.
    #[must_use]
    pub fn at(&self) -> String {
        place_and_line(&self.place, self.line)
    }
}
