//! Watched words: these are reported with the rest of their line, for others to parse.

use std::ops::Range;

use super::{binary::is_binary, scratch::Scratch};
use crate::finding::{Cursor, WordMatch};

/// How much of the line to keep on either side of a word, in bytes. Windows hold more than that.
const NEAR: usize = WordMatch::REACH;

/// Records the watched words that begin in `range`. `cursor` must not be past it. Nobody writes comments in what is not
/// text: a program that knows the words holds them, too.
pub(super) fn note(
    words: &[&'static str],
    text: &[u8],
    range: Range<usize>,
    cursor: &mut Cursor,
    scratch: &mut Scratch,
) {
    if *scratch.is_binary.get_or_insert_with(|| is_binary(text)) {
        return scratch.words.clear();
    }
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
        let (before, behind) = (&text[before..at], &text[end..behind]);
        if [before, behind].iter().any(|text| memchr::memchr(0, text).is_some()) {
            continue;
        }
        scratch.word_matches.push(WordMatch {
            word,
            line: span.line,
            column: span.column,
            before: before.into(),
            behind: behind.into(),
        });
    }
}
