//! What is found and is fine: comments beside a key, entries of the configuration, lists of other scanners, and inputs
//! that nobody can read. One kind a file.
//!
//! Each stage takes what it knows out of a [`Report`](crate::finding::Report), and leaves a note of it there. None of
//! them knows where its entries come from, nor what day it is.

mod comment;
mod entries;
mod gitleaks;
mod inline;
mod look;
mod paths;
mod unread;

pub use comment::{Found, Index, understand, words};
pub use entries::{Entry, apply as entries};
pub use gitleaks::{Ignored, apply as gitleaks, parse as parse_gitleaks};
pub use inline::{Marked, apply as comments};
pub use look::Look;
pub use paths::Folders;
pub use unread::{Acceptance, apply as unread};

/// What a comment names that shall keep suppressions of its file from being reported as unused.
const UNUSED: &str = "unused-suppression";

/// The rules that there are.
pub trait Rules {
    /// Whether there is one of this id.
    fn has(&self, id: &str) -> bool;

    /// How to say that there is none, with the nearest one.
    fn unknown(&self, id: &str) -> String;
}
