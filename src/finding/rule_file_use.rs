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

/// More files than this are told as one.
const MOST_TOLD: usize = 3;

impl RuleFileUse {
    /// What of these files does not count, each as a sentence without a period.
    pub(crate) fn not_used_in(files: &[Self]) -> Vec<String> {
        told(files).iter().filter_map(Self::not_used).collect()
    }

    /// The rules of these files that were used, such as `40 rules of .gitleaks.toml`.
    pub(crate) fn used_in(files: &[Self]) -> Vec<String> {
        let files = told(files);
        let used = files.iter().filter(|file| file.rules > 0);
        used.map(|file| format!("{} of {}", count(file.rules, "rule"), file.file)).collect()
    }

    /// What of the file does not count; nothing if all of it does.
    fn not_used(&self) -> Option<String> {
        let Self { file, rules, unused, left_out, .. } = self;
        let all = rules + unused;
        let rules =
            format!("{unused} of its {all} rules {} not used", if *unused == 1 { "is" } else { "are" });
        let parts = |what: &str| {
            format!("{} {} not count", count(*left_out, what), if *left_out == 1 { "does" } else { "do" })
        };
        match (unused, left_out) {
            (0, 0) => None,
            (0, _) => Some(format!("{file}: {} in its rules", parts("part"))),
            (_, 0) => Some(format!("{file}: {rules}")),
            _ => Some(format!("{file}: {rules}, and {}", parts("other part"))),
        }
    }
}

/// Files as they are told: many of them, such as those of a folder, together.
fn told(files: &[RuleFileUse]) -> Vec<RuleFileUse> {
    if files.len() <= MOST_TOLD {
        return files.to_vec();
    }
    let sum = |of: fn(&RuleFileUse) -> u64| files.iter().map(of).sum();
    vec![RuleFileUse {
        file: format!("{} files", files.len()),
        tool: String::new(),
        rules: sum(|file| file.rules),
        unused: sum(|file| file.unused),
        left_out: sum(|file| file.left_out),
    }]
}

fn count(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
