//! Everything that a run reports.

use std::{collections::BTreeMap, path::PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    fail_on::Tolerated,
    found::Finding,
    not_read::NotRead,
    refs::RefsRead,
    refused::{AppliedPolicy, Refused},
    rule_file_use::RuleFileUse,
    scanned::{NotScanned, Scanned},
    scope::LookedFor,
    secret::Secret,
    suppression::{AcceptedInput, Suppressed, Unused},
};

/// What a run scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RunMode {
    /// Files and directories, or standard input.
    #[default]
    Tree,
    /// What the index would commit.
    Staged,
    /// What a range of commits adds.
    Range,
    /// The history of a repository.
    History,
    /// The work tree, index and history of a repository, with a verdict about publishing it.
    Audit,
}

impl RunMode {
    /// Its name, as in reports.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Staged => "staged",
            Self::Range => "range",
            Self::History => "history",
            Self::Audit => "audit",
        }
    }
}

/// What a run scanned, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// The thing in which keys were found, such as `what is staged`.
    pub what: String,
    /// Why there was nothing to scan, such as `nothing is staged`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing: Option<String>,
}

/// The configuration file that was used. Its texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Configuration {
    /// The file.
    pub file: String,
    /// How it reduces what is reported by default, as phrases that follow its name: `leaves out 3 rules`.
    pub weakened: Vec<String>,
    /// Whether this file, and no option, makes comments for other scanners count; absent if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trusts_foreign_markers: bool,
}

/// Everything that a run reports.
#[derive(Debug, Default)]
pub struct Report {
    /// One finding per secret, sorted by path, line, column and rule.
    pub findings: Vec<Finding>,
    /// Which secrets were looked for.
    pub looked_for: LookedFor,
    /// How much was read.
    pub scanned: Scanned,
    /// What was not read, sorted.
    pub not_scanned: Vec<NotScanned>,
    /// What was left out on purpose. The report is complete without it.
    pub not_read: NotRead,
    /// What was found and suppressed: one entry per secret and suppression, in the order of findings.
    pub suppressed: Vec<Suppressed>,
    /// Suppressions that do nothing, sorted.
    pub unused: Vec<Unused>,
    /// What was not read, and was accepted as unread, sorted.
    pub accepted: Vec<AcceptedInput>,
    /// Whether to list suppressed findings, because the user asked for it.
    pub show_suppressed: bool,
    /// The number of excluded findings by what excluded them: an option, an environment variable or the
    /// configuration. Zero counts are omitted.
    pub excluded: BTreeMap<String, u64>,
    /// The configuration file that was used, if any.
    pub configuration: Option<Configuration>,
    /// The files with rules of other scanners that were used.
    pub rules_from: Vec<RuleFileUse>,
    /// The policy of an organization that was obeyed, if there is one.
    pub policy: Option<AppliedPolicy>,
    /// What the policy refused, sorted.
    pub refused: Vec<Refused>,
    /// The findings that do not make the run fail.
    pub tolerated: Option<Tolerated>,
    /// Whether a shallow clone was read and accepted. Its older commits are missing.
    pub is_shallow: bool,
    /// The refs that the history was read from, if one was.
    pub refs: Option<RefsRead>,
    /// What was read outside of the directory of the repository, in words and safe to show.
    pub outside: Vec<String>,
    /// What was scanned. An audit gives a verdict about publishing the repository; see [`Report::audit`].
    pub mode: RunMode,
    /// Whether nothing that came with what was scanned decided what is reported.
    pub is_untrusted: bool,
    /// What was scanned, if not the files of a tree.
    pub subject: Option<Subject>,
    /// The directory that relative paths start from, absolute.
    pub base: PathBuf,
    /// The root of the repository that contains `base`, absolute.
    pub root: Option<PathBuf>,
    /// Whether to show secrets unmasked, because the user asked for it.
    pub show_secrets: bool,
}

impl Report {
    /// Whether everything that should have been read was read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.not_scanned.is_empty()
    }

    /// Whether to give a verdict about publishing the repository.
    #[must_use]
    pub fn is_audit(&self) -> bool {
        self.mode == RunMode::Audit
    }

    /// Drops the names of repositories, which say nothing if there is only one.
    pub(crate) fn forget_repositories(&mut self) {
        let suppressed = self.suppressed.iter_mut().map(|one| &mut one.finding);
        for finding in self.findings.iter_mut().chain(suppressed) {
            finding.occurrences.iter_mut().for_each(|place| place.repository = None);
        }
    }

    /// The secret in the form that this report may show.
    #[must_use]
    pub fn show(&self, secret: &Secret) -> String {
        if self.show_secrets { secret.reveal() } else { secret.masked() }
    }
}
