//! What a report says to somebody who wants to publish a repository: a verdict, and which key comes first.
//!
//! Whatever else is made of an audit, such as a plan for cleaning up, starts from [`Standing`] and
//! [`Report::by_danger`].

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    found::{Finding, History},
    report::Report,
};
use crate::blob::SourceKind;

/// Where a key stands in a repository: the first of these that is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The commit that is checked out holds it.
    Head,
    /// It is in a file that is not committed: in the work tree, in the index, or in git's own folder.
    Uncommitted,
    /// A ref leads to a commit or another object that holds it.
    History,
    /// It is in the store of objects, and no ref leads to it.
    Store,
}

/// Whether a repository may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Safety {
    /// No key was found, and everything was read.
    Safe,
    /// Keys were found.
    NotSafe,
    /// Something could not be read, whatever was found in the rest.
    NotAProof,
}

/// The verdict of an audit, with the number of keys by where they stand; each key is counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Audit {
    /// Whether the repository may be published.
    pub verdict: Safety,
    /// All keys.
    pub keys: u64,
    /// Those that the commit holds that is checked out.
    pub at_head: u64,
    /// Those that are not at HEAD, but in a file that is not committed: in the work tree, in the index, or in git's own
    /// folder.
    pub uncommitted: u64,
    /// Those that are only in what a ref leads to besides.
    pub only_in_history: u64,
    /// Those that are only in objects that no ref leads to.
    pub unreachable: u64,
}

impl Finding {
    /// Where it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let is_file = |source| matches!(source, SourceKind::File | SourceKind::Index);
        match &self.history {
            Some(history) if history.at_head => Standing::Head,
            _ if self.occurrences.iter().any(|place| is_file(place.source)) => Standing::Uncommitted,
            Some(history) if history.reachable => Standing::History,
            Some(_) => Standing::Store,
            None => Standing::Uncommitted,
        }
    }
}

impl Report {
    /// The verdict, if an audit was asked for.
    #[must_use]
    pub fn audit(&self) -> Option<Audit> {
        if !self.is_audit {
            return None;
        }
        let count =
            |standing| self.findings.iter().filter(|finding| finding.standing() == standing).count() as u64;
        Some(Audit {
            verdict: match self.findings.is_empty() {
                _ if !self.is_complete() => Safety::NotAProof,
                true => Safety::Safe,
                false => Safety::NotSafe,
            },
            keys: self.findings.len() as u64,
            at_head: count(Standing::Head),
            uncommitted: count(Standing::Uncommitted),
            only_in_history: count(Standing::History),
            unreachable: count(Standing::Store),
        })
    }

    /// The findings, the most dangerous first: by what a stranger could do, then whether HEAD holds it, whether a ref
    /// leads to it, and how sure we are; the rest as they are sorted.
    #[must_use]
    pub fn by_danger(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.findings.iter().collect();
        findings.sort_by_key(|finding| {
            let is = |question: fn(&History) -> bool| finding.history.as_ref().is_some_and(question);
            let (at_head, reachable) = (is(|history| history.at_head), is(|history| history.reachable));
            Reverse((finding.rule.severity, at_head, reachable, finding.confidence))
        });
        findings
    }
}
