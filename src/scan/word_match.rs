//! Watched words: these are reported with the rest of their line, for others to parse.

use std::ops::Range;

use super::scratch::Scratch;
use crate::finding::{Cursor, WordMatch};

/// How much of the line to keep on either side of a word, in bytes. Windows hold more than that.
const NEAR: usize = WordMatch::REACH;

/// Records the watched words that begin in `range`. `cursor` must not be past it.
pub(super) fn note(
    words: &[&'static str],
    text: &[u8],
    range: Range<usize>,
    cursor: &mut Cursor,
    scratch: &mut Scratch,
) {
    for (at, word) in scratch.words.drain(..).filter(|(at, _)| range.contains(at)) {
        let span = cursor.span(text, &(at..at));
        if !scratch.word_count.may_keep(span.line) {
            continue;
        }
        let word = words[word];
        let end = at + word.len();
        let first = at.saturating_sub(NEAR);
        let last = text.len().min(end + NEAR);
        let before = memchr::memrchr(b'\n', &text[first..at]).map_or(first, |line| first + line + 1);
        let behind = memchr::memchr(b'\n', &text[end..last]).map_or(last, |line| end + line);
        scratch.word_matches.push(WordMatch {
            word,
            line: span.line,
            column: span.column,
            before: text[before..at].into(),
            behind: text[end..behind].into(),
        });
    }
}
