//! Context: what the lines around a key say about its issuer.

use std::{cmp::Reverse, ops::Range};

use memchr::{memchr_iter, memmem, memrchr_iter};

use super::pairs::Pairs;
use crate::rule::{ContextWord, Rule};

/// How many lines before and after the line of the key count as context.
const LINES: usize = 5;

/// How many bytes before and after the key count as context, at most. Otherwise all of a very long line would
/// count.
const BYTES: usize = 1 << 10;

/// A name, host or word of the issuer near a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ContextMatch {
    /// The text that was searched for.
    pub(super) text: String,
    /// The distance from the line of the key, negative for lines above it.
    pub(super) lines: isize,
    /// The number of bytes between it and the key.
    pub(super) bytes: usize,
    /// Whether it is in the name of the file.
    pub(super) in_name: bool,
}

impl ContextMatch {
    /// Orders by distance: first what is in the text and not in its name, by lines; then what is before the
    /// key, then by bytes.
    pub(super) fn distance(&self) -> (bool, usize, bool, usize) {
        (self.in_name, self.lines.unsigned_abs(), self.lines > 0, self.bytes)
    }

    pub(super) fn describe(&self) -> String {
        let Self { text, lines, in_name, .. } = self;
        if *in_name {
            return format!("`{text}` in the file name");
        }
        let plural = if lines.abs() == 1 { "" } else { "s" };
        match lines {
            0 => format!("`{text}` on the same line"),
            lines if *lines < 0 => format!("`{text}` {} line{plural} above", -lines),
            lines => format!("`{text}` {lines} line{plural} below"),
        }
    }
}

/// The lines around one key in lowercase, kept for all rules that are tried there.
#[derive(Default)]
pub(super) struct Context {
    key: Range<usize>,
    before: ContextSpan,
    after: ContextSpan,
}

#[derive(Default)]
struct ContextSpan {
    range: Range<usize>,
    lowered: Vec<u8>,
    pairs: Pairs,
}

impl Context {
    /// Forgets the lines, since another text replaces the current one.
    pub(super) fn clear(&mut self) {
        self.key = 0..0;
    }

    /// The longest text of the rule's context in the name of a file, as in `deepseek.env`.
    pub(super) fn context_in_name(name: &[u8], rule: &Rule) -> Option<ContextMatch> {
        let mut words = ContextSpan::default();
        words.set(name, 0..name.len());
        let is_there = |word: &&ContextWord| {
            words.pairs.may_hold(word.lower.as_bytes()) && words.find(name, &word.lower).next().is_some()
        };
        let found = rule.context.iter().filter(is_there);
        let longest = found.max_by_key(|word| word.lower.len())?;
        Some(ContextMatch { text: longest.shown.clone(), lines: 0, bytes: 0, in_name: true })
    }

    /// The nearest text of the rule's context.
    pub(super) fn context_match(
        &mut self,
        text: &[u8],
        key: &Range<usize>,
        rule: &Rule,
    ) -> Option<ContextMatch> {
        self.read(text, key);
        let may_hold = |word: &&ContextWord| {
            [&self.before, &self.after].iter().any(|span| span.pairs.may_hold(word.lower.as_bytes()))
        };
        // Making a searcher for each of hundreds of words would take far longer.
        rule.context
            .iter()
            .filter(may_hold)
            .filter_map(|word| {
                let above = self.before.find(text, &word.lower).last().map(|at| ContextMatch {
                    text: word.shown.clone(),
                    lines: -lines(&self.before.lowered[at..]),
                    bytes: self.before.lowered.len() - at - word.lower.len(),
                    in_name: false,
                });
                let below = self.after.find(text, &word.lower).next().map(|at| ContextMatch {
                    text: word.shown.clone(),
                    lines: lines(&self.after.lowered[..at]),
                    bytes: at,
                    in_name: false,
                });
                above.into_iter().chain(below).min_by_key(ContextMatch::distance)
            })
            .min_by_key(|context_match| (context_match.distance(), Reverse(context_match.text.len())))
    }

    fn read(&mut self, text: &[u8], key: &Range<usize>) {
        if self.key == *key {
            return;
        }
        self.key = key.clone();
        let first = key.start.saturating_sub(BYTES);
        let first =
            memrchr_iter(b'\n', &text[first..key.start]).nth(LINES).map_or(first, |at| first + at + 1);
        let last = text.len().min(key.end + BYTES);
        let last = memchr_iter(b'\n', &text[key.end..last]).nth(LINES).map_or(last, |at| key.end + at);
        self.before.set(text, first..key.start);
        self.after.set(text, key.end..last);
    }
}

impl ContextSpan {
    fn set(&mut self, text: &[u8], range: Range<usize>) {
        self.lowered.clear();
        self.lowered.extend(text[range.clone()].iter().map(u8::to_ascii_lowercase));
        self.pairs = Pairs::of(&self.lowered);
        self.range = range;
    }

    /// Where the word begins, either by itself or as a part of `MY_WORD_KEY` or `myWordKey`.
    fn find(&self, text: &[u8], word: &str) -> impl Iterator<Item = usize> {
        let original = &text[self.range.clone()];
        memmem::find_iter(&self.lowered, word).filter(move |at| begins_word(original, *at))
    }
}

/// Whether a word begins at an offset: behind anything but a letter, or at a capital behind a small letter.
pub(super) fn begins_word(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| text[before]);
    !before.is_some_and(|byte| byte.is_ascii_alphabetic())
        || (text[at].is_ascii_uppercase() && before.is_some_and(|byte| byte.is_ascii_lowercase()))
}

fn lines(text: &[u8]) -> isize {
    isize::try_from(memchr_iter(b'\n', text).count()).unwrap_or(isize::MAX)
}
