//! What is found and is fine: comments beside a key, entries of the configuration, lists of other scanners, and inputs
//! that nobody can read. One kind a file.
//!
//! Each stage takes what it knows out of a [`Report`](crate::finding::Report), and leaves a note of it there. None of
//! them knows where its entries come from, nor what day it is.

mod comment;
mod day;
mod inline;

pub use comment::{Found, understand, words};
pub use day::Day;
pub use inline::{Marked, apply as comments};

/// What a comment names that shall keep suppressions of its file from being reported as unused.
const UNUSED: &str = "unused-suppression";

/// The rules that there are.
pub trait Rules {
    /// Whether there is one of this id.
    fn has(&self, id: &str) -> bool;

    /// How to say that there is none, with the nearest one.
    fn unknown(&self, id: &str) -> String;
}

/// Whether this is written as a fingerprint is; see [`Secret::fingerprint`](crate::finding::Secret::fingerprint).
fn is_fingerprint(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
