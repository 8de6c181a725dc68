//! The audit: whether a repository is safe to publish.
//!
//! Anything else built on an audit, such as a cleanup plan, starts from [`Exposure`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    found::{Finding, History},
    refs::is_request,
    report::Report,
};
use crate::blob::SourceKind;

/// Where a key is in a repository: the first variant that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// The checked-out commit contains it.
    Head,
    /// It is in an uncommitted file: in the work tree, in the index, or in git's own directory.
    Uncommitted,
    /// A ref reaches a commit or another object that contains it.
    History,
    /// Only refs of pull or merge requests reach it. A push cannot remove those.
    PullRequest,
    /// It is in the object store, and no ref reaches it.
    Store,
}

/// Whether a repository is safe to publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Safety")]
pub enum AuditVerdict {
    /// No key was found, and everything was read.
    Safe,
    /// No key was found in what is new since an earlier scan, and none before. Only what is new was read.
    NothingNew,
    /// Keys were found.
    NotSafe,
    /// Something could not be read, whether or not keys were found in the rest.
    Incomplete,
}

/// The verdict of an audit, and the number of keys by where they are. Each key is counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Audit {
    /// Whether the repository is safe to publish.
    pub verdict: AuditVerdict,
    /// The number of keys.
    pub keys: u64,
    /// Keys that the checked-out commit contains.
    pub at_head: u64,
    /// Keys that are not at HEAD, but in an uncommitted file: in the work tree, in the index, or in git's own
    /// directory.
    pub uncommitted: u64,
    /// Keys that are only in other objects that a ref reaches.
    pub only_in_history: u64,
    /// Keys that only refs of pull or merge requests reach. A push cannot remove those refs; the host of the
    /// repository can.
    pub only_in_pull_requests: u64,
    /// Keys that are only in objects that no ref reaches.
    pub unreachable: u64,
}

impl History {
    /// Whether nothing but refs of pull or merge requests reaches it.
    #[must_use]
    pub fn is_only_in_requests(&self) -> bool {
        !self.refs.is_empty() && self.refs.iter().all(|name| is_request(name))
    }
}

impl Exposure {
    /// All of them, in the order in which they apply.
    pub(crate) const ALL: [Self; 5] =
        [Self::Head, Self::Uncommitted, Self::History, Self::PullRequest, Self::Store];

    /// As it stands in reports.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Head => "at HEAD",
            Self::Uncommitted => "uncommitted",
            Self::History => "only in history",
            Self::PullRequest => "only in pull requests",
            Self::Store => "unreachable",
        }
    }

    /// Where a key is that has this history and occurs in these kinds of places.
    pub(crate) fn of(history: Option<&History>, mut places: impl Iterator<Item = SourceKind>) -> Self {
        match history {
            Some(history) if history.at_head => Self::Head,
            _ if places.any(|source| matches!(source, SourceKind::File | SourceKind::Index)) => {
                Self::Uncommitted
            }
            Some(history) if history.is_only_in_requests() => Self::PullRequest,
            Some(history) if history.reachable => Self::History,
            Some(_) => Self::Store,
            None => Self::Uncommitted,
        }
    }
}

impl Finding {
    /// Where the key is.
    #[must_use]
    pub fn exposure(&self) -> Exposure {
        Exposure::of(self.history.as_ref(), self.occurrences.iter().map(|place| place.source))
    }
}

impl Audit {
    /// The same for a run that passed over what an earlier one has read.
    #[must_use]
    pub(crate) fn since_scan(self) -> Self {
        let verdict = match self.verdict {
            AuditVerdict::Safe => AuditVerdict::NothingNew,
            verdict => verdict,
        };
        Self { verdict, ..self }
    }

    /// The verdict on keys that are in these places.
    pub(crate) fn new(complete: bool, keys: impl Iterator<Item = Exposure>) -> Self {
        let keys: Vec<Exposure> = keys.collect();
        let count = |exposure| keys.iter().filter(|one| **one == exposure).count() as u64;
        Self {
            verdict: match keys.is_empty() {
                _ if !complete => AuditVerdict::Incomplete,
                true => AuditVerdict::Safe,
                false => AuditVerdict::NotSafe,
            },
            keys: keys.len() as u64,
            at_head: count(Exposure::Head),
            uncommitted: count(Exposure::Uncommitted),
            only_in_history: count(Exposure::History),
            only_in_pull_requests: count(Exposure::PullRequest),
            unreachable: count(Exposure::Store),
        }
    }
}

impl Report {
    /// The verdict, if an audit was requested.
    #[must_use]
    pub fn audit(&self) -> Option<Audit> {
        if !self.is_audit() {
            return None;
        }
        Some(Audit::new(self.is_complete(), self.findings.iter().map(Finding::exposure)))
    }
}
