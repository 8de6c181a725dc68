//! All that a run has to say.

use std::{collections::BTreeMap, path::PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    found::Finding,
    scanned::{NotScanned, Scanned},
    secret::Secret,
    suppression::{Accepted, Suppressed, Unused},
};

/// What a run scanned, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// It, as what a key is found in: `what is staged`.
    pub what: String,
    /// Why there was nothing to scan, if that is so: `nothing is staged`.
    pub nothing: Option<String>,
}

/// The configuration file that a run went by. Its texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Configuration {
    /// The file.
    pub file: String,
    /// How it makes less be reported than by default, in words that go on after its name: `leaves out 3 rules`.
    pub weakened: Vec<String>,
}

/// All that a run has to say.
#[derive(Debug, Default)]
pub struct Report {
    /// One entry a secret, sorted by path, line, column and rule.
    pub findings: Vec<Finding>,
    /// How much was read.
    pub scanned: Scanned,
    /// What was not read, sorted.
    pub not_scanned: Vec<NotScanned>,
    /// What was found and is suppressed: an entry for each secret and suppression, sorted as the findings are.
    pub suppressed: Vec<Suppressed>,
    /// Suppressions that do nothing, sorted.
    pub unused: Vec<Unused>,
    /// What was not read and need not be, sorted.
    pub accepted: Vec<Accepted>,
    /// Suppressed findings are listed, since the user asked for it.
    pub show_suppressed: bool,
    /// How many findings were left out by the name of what did: an option of the call, a variable, the configuration;
    /// none that left out nothing.
    pub left_out: BTreeMap<String, u64>,
    /// The configuration file that counted, if there was one.
    pub configuration: Option<Configuration>,
    /// That file lets comments for other scanners count, and no option of the call does.
    pub trusts_foreign: bool,
    /// A repository was read that is a shallow clone, and the user knows it: what came before its first commits is not
    /// here.
    pub is_shallow: bool,
    /// It shall be said whether a repository may be published: see [`Report::audit`].
    pub is_audit: bool,
    /// What was scanned, where that is not the files of a tree.
    pub subject: Option<Subject>,
    /// The folder that relative paths start from, absolute.
    pub base: PathBuf,
    /// The root of the repository `base` is in, absolute.
    pub root: Option<PathBuf>,
    /// Secrets are shown whole, since the user asked for it.
    pub show_secrets: bool,
}

impl Report {
    /// Whether everything that should have been read was.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.not_scanned.is_empty()
    }

    /// The secret as this report may show it.
    #[must_use]
    pub fn show(&self, secret: &Secret) -> String {
        if self.show_secrets { secret.reveal() } else { secret.masked() }
    }
}
