//! What is found and is fine: comments beside a key, entries of the configuration, lists of other scanners, and inputs
//! that nobody can read. One kind a file.
//!
//! Each stage takes what it knows out of a [`Report`](crate::finding::Report), and leaves a note of it there. None of
//! them knows where its entries come from, nor what day it is.

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

/// What a comment names that shall keep suppressions of its file from being reported as unused.
const UNUSED: &str = "unused-suppression";

/// How much of what an entry may be about has been looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A part, so that it cannot be said that an entry is of no use.
    Part,
    /// All files, but not the history that they have.
    Files,
    /// All there is.
    Everything,
}

impl Look {
    /// That nothing matches something.
    fn nothing_matches(self, it: &str) -> String {
        match self {
            Self::Everything => format!("nothing matches {it} any more; take it away"),
            Self::Files | Self::Part => {
                format!(
                    "nothing in these files matches {it}; take it away, unless `skanner audit` needs it for the history"
                )
            }
        }
    }
}

/// The rules that there are.
pub trait Rules {
    /// Whether there is one of this id.
    fn has(&self, id: &str) -> bool;

    /// How to say that there is none, with the nearest one.
    fn unknown(&self, id: &str) -> String;
}
