//! Watched words: these are reported with the rest of their line, for others to parse.

use std::ops::Range;

use super::scratch::Scratch;
use crate::finding::{Cursor, WordMatch};

/// How much of the line to keep on either side of a word, in bytes. Windows hold more than that.
const NEAR: usize = WordMatch::REACH;

/// How many words have been kept of a text, so that none needs more memory than that.
#[derive(Default)]
pub(super) struct WordCount {
    line: u64,
    on_line: usize,
    in_text: usize,
}

impl WordCount {
    /// Counts a word. Returns whether to keep it.
    fn may_keep(&mut self, line: u64) -> bool {
        if self.line != line {
            (self.line, self.on_line) = (line, 0);
        }
        // One more of each, by which the others see that there are too many.
        if self.on_line > WordMatch::MOST_ON_LINE || self.in_text > WordMatch::MOST_IN_TEXT {
            return false;
        }
        self.on_line += 1;
        self.in_text += 1;
        true
    }
}

impl Scratch {
    /// The words that the last scan found, in the order of the text.
    pub fn take_word_matches(&mut self) -> Vec<WordMatch> {
        std::mem::take(&mut self.word_matches)
    }
}

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
