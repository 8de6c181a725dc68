//! Comments that allow keys: `skanner:allow`, and those of other scanners.
//!
//! The engine finds their words while it searches for keys. `word` recognizes these, `grammar` parses what
//! follows, and [`CommentMatch::may_allow`] says which keys they may be about. Once all keys are known,
//! [`super::inline`] decides what each comment does.

mod grammar;
mod word;

use std::collections::HashMap;

use crate::finding::{AllowComment, CommentScope, Span};

pub(crate) use word::{parse_comments, words};

/// A comment, with the rest of its line.
#[derive(Debug)]
pub(crate) struct CommentMatch {
    /// The comment.
    pub marker: AllowComment,
    /// The length of its word, in characters.
    length: usize,
    before: Box<[u8]>,
    /// The text after its word.
    after: Box<[u8]>,
    /// Whether it does not count because there are too many about the same line or file.
    is_one_too_many: bool,
}

/// The comments of a text by the line that they are about, so that a key is not compared with all of them.
#[derive(Debug, Default)]
pub(crate) struct CommentIndex {
    by_line: HashMap<u64, Vec<usize>>,
    of_file: Vec<usize>,
}

impl CommentIndex {
    /// Indexes all comments that count.
    #[must_use]
    pub(crate) fn new(found: &[CommentMatch]) -> Self {
        let mut index = Self::default();
        for (at, one) in found.iter().enumerate().filter(|(_, one)| !one.is_one_too_many) {
            match one.line() {
                Some(line) => index.by_line.entry(line).or_default().push(at),
                None => index.of_file.push(at),
            }
        }
        index
    }

    /// The indices of those that may be about what is at `span`, in order.
    #[must_use]
    pub(crate) fn near(&self, span: &Span) -> Vec<usize> {
        let lines = [&span.line, &span.end_line];
        let of_lines = lines.into_iter().filter_map(|line| self.by_line.get(line)).flatten();
        let mut near: Vec<usize> = of_lines.chain(&self.of_file).copied().collect();
        near.sort_unstable();
        near.dedup();
        near
    }
}

impl CommentMatch {
    /// The line that it is about; `None` for the whole file.
    fn line(&self) -> Option<u64> {
        match self.marker.scope {
            CommentScope::Line => Some(self.marker.line),
            CommentScope::NextLine(line) => Some(line),
            CommentScope::File => None,
        }
    }

    /// Whether it is about what is at `span`. A comment in the same string as the key does not count, and is
    /// marked so.
    pub(crate) fn may_allow(&mut self, span: &Span) -> bool {
        if !self.marker.is_about(span) {
            return false;
        }
        let is_data = self.is_in_string_of(span);
        if is_data && self.marker.problem.is_none() {
            let word = &self.marker.word;
            self.marker.problem = Some(format!(
                "it is in the same string as a key, so it may be data; write `{word}` outside of the string"
            ));
        }
        !is_data
    }

    /// Whether the key and the comment are inside the same quotes: those that are nearest before the first
    /// and after the last of them. A string may come from anywhere, and nobody would see a comment in it.
    fn is_in_string_of(&self, key: &Span) -> bool {
        let marker = &self.marker;
        if key.line != marker.line || key.end_line != marker.line {
            return false;
        }
        // A string that extends beyond the known part of the line is not recognized. A character has at least
        // one byte.
        let told =
            if key.column >= marker.column { self.after.len() + self.length } else { self.before.len() };
        if key.column.abs_diff(marker.column) > told as u64 {
            return false;
        }
        let after = String::from_utf8_lossy(&self.after);
        let before: Vec<char> = String::from_utf8_lossy(&self.before).chars().collect();
        // The key comes after the comment.
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

/// The last quotation mark, unless it is one of three, which start a docstring in Python.
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

/// Whether a quotation mark is not the apostrophe of a word such as `don't`.
fn is_quote(text: &[char], at: usize) -> bool {
    let is_letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|c| c.is_alphabetic());
    match text[at] {
        '"' | '`' => true,
        '\'' => !(is_letter(at.checked_sub(1)) && is_letter(Some(at + 1))),
        _ => false,
    }
}
