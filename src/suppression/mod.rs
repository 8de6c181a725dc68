//! What keeps a finding out of the report: comments near a key, entries of the configuration, lists of other
//! scanners, and inputs that are accepted as unreadable. There is one file per kind.
//!
//! Each stage takes what it suppresses out of a [`Report`](crate::finding::Report), and records that there.
//! The stages do not depend on where entries come from or on the current date.

mod comment;
mod entries;
mod gitleaks;
mod inline;
mod limits;
mod look;
mod paths;
mod terms;
mod unread;
mod values;

pub(crate) use comment::{CommentIndex, CommentMatch, parse_comments, words};
pub(crate) use entries::{AllowEntry, apply as entries, in_short as entry_in_short};
pub(crate) use gitleaks::{GitleaksIgnore, apply as gitleaks, parse as parse_gitleaks};
pub(crate) use inline::{LocatedComment, apply as comments};
pub(crate) use limits::{
    AllowLimits, AllowedKinds, Exceeded, PlaceLimits, RequiredReason, of_suppression as refusal,
};
pub(crate) use look::ReadExtent;
pub(crate) use paths::PathRoots;
pub(crate) use terms::apply as terms;
pub(crate) use unread::{Acceptance, apply as unread};

/// The name in a comment that keeps unused suppressions of its file from being reported.
const UNUSED: &str = "unused-suppression";

/// The existing rules.
pub(crate) trait RuleLookup {
    /// Whether a rule with this id exists.
    fn has(&self, id: &str) -> bool;

    /// The message for an unknown rule, with the nearest existing one.
    fn unknown(&self, id: &str) -> String;
}
