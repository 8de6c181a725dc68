//! What a run took from a file with rules of another scanner.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file with rules of another scanner that was used. Its texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleFileUse {
    /// The file.
    pub file: String,
    /// The scanner whose rules it has, such as `gitleaks`.
    pub tool: String,
    /// The number of rules that were used.
    pub rules: u64,
    /// The number of rules that were not used; `skanner rules list` says why.
    pub unused: u64,
    /// The number of other parts that have no effect, or another one.
    pub left_out: u64,
}

impl RuleFileUse {
    /// What of the file does not count, as a sentence without a period; nothing if all of it does.
    #[must_use]
    pub(crate) fn not_used(&self) -> Option<String> {
        let Self { file, rules, unused, left_out, .. } = self;
        let all = rules + unused;
        match (unused, left_out) {
            (0, 0) => None,
            (0, parts) => Some(format!("{file}: {parts} parts of its {all} rules do not count")),
            (_, 0) => Some(format!("{file}: {unused} of its {all} rules are not used")),
            (_, parts) => Some(format!(
                "{file}: {unused} of its {all} rules are not used, and {parts} other parts do not count"
            )),
        }
    }
}
