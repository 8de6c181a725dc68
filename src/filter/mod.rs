//! What keeps a finding out of the report: comments near a key, entries of the configuration, lists of other
//! scanners, and inputs that are accepted as unreadable. There is one file per kind.
//!
//! Each stage takes what it suppresses out of a [`Report`](crate::finding::Report), and records that there.
//! The stages do not depend on where entries come from or on the current date.

mod comment;
mod entries;
mod gitleaks;
mod inline;
mod paths;
mod unread;

pub use comment::{Found, Index, understand, words};
pub use entries::{Entry, apply as entries};
pub use gitleaks::{Ignored, apply as gitleaks, parse as parse_gitleaks};
pub use inline::{Marked, apply as comments};
pub use paths::Folders;
pub use unread::{Acceptance, apply as unread};

/// The name in a comment that keeps unused suppressions of its file from being reported.
const UNUSED: &str = "unused-suppression";

/// How much of what an entry may match was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A part, so an entry cannot be called unused.
    Part,
    /// All files, but not their history.
    Files,
    /// Everything.
    Everything,
}

impl Look {
    /// Says that nothing matches something.
    fn nothing_matches(self, it: &str) -> String {
        match self {
            Self::Everything => format!("nothing matches {it} any more; remove it"),
            Self::Files | Self::Part => {
                format!(
                    "nothing in these files matches {it}; remove it, unless `skanner audit` needs it for the history"
                )
            }
        }
    }
}

/// The existing rules.
pub trait Rules {
    /// Whether a rule with this id exists.
    fn has(&self, id: &str) -> bool;

    /// The message for an unknown rule, with the nearest existing one.
    fn unknown(&self, id: &str) -> String;
}
