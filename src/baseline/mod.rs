//! The baseline: a file in the tree that lists known findings, so that they are not reported again.
//!
//! An entry is a line with the fingerprint of the secret, the rule that found it, and where it is. Nothing in
//! it changes when lines move, when a rule is renamed, or when time passes. Lines are sorted by fingerprint,
//! so two branches that each add one merge without a conflict. See `docs/baseline.md`.

#[cfg(feature = "git")]
pub(crate) mod attributes;
mod change;
mod entry;
mod file;
mod location;
mod matcher;
mod paths;

pub(crate) use change::BaselineChange;
pub(crate) use entry::{BaselineEntry, until_note};
pub(crate) use file::{Baseline, LinkPolicy, read, write};
pub(crate) use location::{EntryLocation, FilePath};
pub(crate) use matcher::{BaselineScope, Completeness, MatchContext, Matcher, NewOccurrence};
pub(crate) use paths::{BaselinePaths, ReportRoots};

/// The default name of the file, at the root of the repository.
pub(crate) const DEFAULT_NAME: &str = ".skanner-baseline";
