//! A comment that allows keys near it, as it was found in a text. Whether it counts is decided once all keys
//! are known.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{kind::SuppressionKind, position::Span};

/// A word that was searched for along with keys, as the engine reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordMatch {
    /// The word.
    pub word: &'static str,
    /// Its line, 1-based.
    pub line: u64,
    /// The column of its first character, 1-based.
    pub column: u64,
    /// The text before it on its line, up to [`REACH`](Self::REACH) bytes.
    pub before: Box<[u8]>,
    /// The text after it on its line, up to [`REACH`](Self::REACH) bytes.
    pub behind: Box<[u8]>,
}

impl WordMatch {
    /// How much of the line to keep on either side of a word, in bytes.
    pub const REACH: usize = 1 << 10;

    /// How many words of one line are kept, and one more.
    pub const MOST_ON_LINE: usize = 100;

    /// How many words of one text are kept, and one more.
    pub const MOST_IN_TEXT: usize = 10_000;
}

/// What a comment refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentScope {
    /// A key on its own line.
    Line,
    /// A key on this line, which is the next one without such a comment.
    NextLine(u64),
    /// Its whole file.
    File,
}

/// A comment such as `skanner:allow RULE reason`.
#[derive(Debug)]
pub struct AllowComment {
    /// Whether it is ours or one for another scanner.
    pub kind: SuppressionKind,
    /// The word that marks it, such as `skanner:allow`.
    pub word: String,
    /// What it refers to.
    pub scope: CommentScope,
    /// Its line, 1-based.
    pub line: u64,
    /// The column of its first character, 1-based.
    pub column: u64,
    /// The rules and fingerprints that it names, as written. Empty means any rule.
    pub names: Vec<String>,
    /// The reason, which follows the names.
    pub reason: Option<String>,
    /// The last day it is in force, as written.
    pub until: Option<String>,
    /// Why it is invalid, if it is, and what to do.
    pub problem: Option<String>,
    /// Whether a quotation mark is directly before it, so that it may only be text about comments.
    pub is_quoted: bool,
    /// Whether there is a key for it, even one that is not a finding.
    is_used: AtomicBool,
}

impl AllowComment {
    /// Creates a comment that was found. The parser fills in its text.
    #[must_use]
    pub fn new(kind: SuppressionKind, word: &str, scope: CommentScope, line: u64, column: u64) -> Self {
        Self {
            kind,
            word: word.to_owned(),
            scope,
            line,
            column,
            names: Vec::new(),
            reason: None,
            until: None,
            problem: None,
            is_quoted: false,
            is_used: AtomicBool::new(false),
        }
    }

    /// Whether it refers to the line of something.
    #[must_use]
    pub fn is_about(&self, span: &Span) -> bool {
        match self.scope {
            CommentScope::Line => self.line == span.line || self.line == span.end_line,
            CommentScope::NextLine(line) => line == span.line,
            CommentScope::File => true,
        }
    }

    /// Marks it as used.
    pub fn note_use(&self) {
        self.is_used.store(true, Ordering::Relaxed);
    }

    /// Whether it was marked as used.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.is_used.load(Ordering::Relaxed)
    }

    /// Cuts its texts to a readable length. Secrets in them must be masked first, or a part of one would
    /// remain.
    pub fn shorten(&mut self) {
        const LONGEST: usize = 200;
        for text in self.reason.iter_mut().chain(&mut self.problem) {
            if let Some((end, _)) = text.char_indices().nth(LONGEST) {
                text.truncate(end);
            }
        }
    }

    /// The comment as it is written, shortened.
    #[must_use]
    pub fn written(&self) -> String {
        match self.names.is_empty() {
            true => self.word.clone(),
            false => format!("{} {}", self.word, self.names.join(",")),
        }
    }
}
