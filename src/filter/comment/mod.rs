//! Comments that allow keys: `skanner:allow`, and those of other scanners.
//!
//! The engine finds their words in passing. `word` knows these, `grammar` understands what follows, and [`Found::may_allow`] tells which keys they may be
//! about. What they do is decided by [`super::inline`], when all keys are known.

mod grammar;
mod word;

use crate::finding::{Marker, Span};

pub use word::{understand, words};

/// A comment, with what stands beside it on its line.
#[derive(Debug)]
pub struct Found {
    /// The comment.
    pub marker: Marker,
    /// Of its word, in characters.
    length: usize,
    before: Box<[u8]>,
    /// What follows its word.
    after: Box<[u8]>,
}

impl Found {
    /// Whether it is about what stands there. If it stands in the same string, it is no comment, and the marker notes
    /// that.
    pub fn may_allow(&mut self, span: &Span) -> bool {
        if !self.marker.is_about(span) {
            return false;
        }
        let is_data = self.is_in_string_of(span);
        if is_data && self.marker.problem.is_none() {
            let word = &self.marker.word;
            self.marker.problem = Some(format!(
                "it stands in the same string as a key, so it may be data; write `{word}` outside of it"
            ));
        }
        !is_data
    }

    /// Whether key and comment stand in the same quotes: the ones nearest to the first of them close behind the last.
    /// What stands in a text may have come from anywhere, and nobody would see a comment in it.
    fn is_in_string_of(&self, key: &Span) -> bool {
        let marker = &self.marker;
        if key.line != marker.line || key.end_line != marker.line {
            return false;
        }
        let after = String::from_utf8_lossy(&self.after);
        let before: Vec<char> = String::from_utf8_lossy(&self.before).chars().collect();
        // Behind the comment.
        if key.column >= marker.column {
            let Some(quote) = last_quote(&before) else { return false };
            let distance = |column: u64| {
                let behind = column.saturating_sub(marker.column);
                usize::try_from(behind).unwrap_or(usize::MAX).saturating_sub(self.length)
            };
            let between = after.chars().take(distance(key.column));
            let behind = after.chars().skip(distance(key.end_column));
            return !contains(between, quote) && contains(behind, quote);
        }
        let back = |column: u64| {
            let back = usize::try_from(marker.column.saturating_sub(column)).unwrap_or(usize::MAX);
            before.len().saturating_sub(back)
        };
        let Some(quote) = last_quote(&before[..back(key.column)]) else { return false };
        let between = before[back(key.end_column)..].iter().copied();
        !contains(between, quote) && contains(after.chars(), quote)
    }
}

/// The last quotation mark, unless it is one of three, which open comments in Python.
fn last_quote(text: &[char]) -> Option<char> {
    let at = (0..text.len()).rev().find(|at| is_quote(text, *at))?;
    let quote = text[at];
    let is_tripled = at >= 2 && text[at - 1] == quote && text[at - 2] == quote;
    (!is_tripled).then_some(quote)
}

fn contains(text: impl Iterator<Item = char>, quote: char) -> bool {
    let text: Vec<char> = text.collect();
    (0..text.len()).any(|at| text[at] == quote && is_quote(&text, at))
}

/// Whether a quotation mark is none of a word such as `don't`.
fn is_quote(text: &[char], at: usize) -> bool {
    let is_letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|c| c.is_alphabetic());
    match text[at] {
        '"' | '`' => true,
        '\'' => !(is_letter(at.checked_sub(1)) && is_letter(Some(at + 1))),
        _ => false,
    }
}
