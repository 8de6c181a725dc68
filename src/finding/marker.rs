//! A comment that allows keys near it, as it was found in a text. Whether it counts is decided when all is known of
//! the keys.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{kind::Kind, position::Span};

/// A word that was looked for besides keys, as the engine reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The word.
    pub word: &'static str,
    /// Its line, 1-based.
    pub line: u64,
    /// The column of its first character, 1-based.
    pub column: u64,
    /// What stands before it on its line, as far as it is near.
    pub before: Box<[u8]>,
    /// What stands behind it on its line, as far as it is near.
    pub behind: Box<[u8]>,
}

impl Sighting {
    /// How much of the line is told before and behind a word, in bytes.
    pub const REACH: usize = 1 << 10;
}

/// What a comment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A key on its own line.
    Line,
    /// A key on this line, which is the next one that holds no such comment itself.
    NextLine(u64),
    /// Its whole file.
    File,
}

/// A comment such as `skanner:allow RULE reason`.
#[derive(Debug)]
pub struct Marker {
    /// Whether it is ours or one for another scanner.
    pub kind: Kind,
    /// The word it was told by, such as `skanner:allow`.
    pub word: String,
    /// What it is about.
    pub scope: Scope,
    /// Its line, 1-based.
    pub line: u64,
    /// The column of its first character, 1-based.
    pub column: u64,
    /// The rules and fingerprints it names, as they are written; none if it is for any rule.
    pub names: Vec<String>,
    /// The text behind that.
    pub reason: Option<String>,
    /// The last day it counts, as it is written.
    pub until: Option<String>,
    /// What is wrong with it, if it cannot count at all, and what to do.
    pub problem: Option<String>,
    /// A quotation mark stands directly before it, so it may be talk about comments.
    pub is_quoted: bool,
    /// It is known that a key stands there, even if that is no finding.
    is_used: AtomicBool,
}

impl Marker {
    /// A comment that was found; what it says is filled in by whoever understands it.
    #[must_use]
    pub fn new(kind: Kind, word: &str, scope: Scope, line: u64, column: u64) -> Self {
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

    /// Whether it is about the line of something.
    #[must_use]
    pub fn is_about(&self, span: &Span) -> bool {
        match self.scope {
            Scope::Line => self.line == span.line || self.line == span.end_line,
            Scope::NextLine(line) => line == span.line,
            Scope::File => true,
        }
    }

    /// Notes that it is of use.
    pub fn note_use(&self) {
        self.is_used.store(true, Ordering::Relaxed);
    }

    /// Whether it is of use, as far as was noted.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.is_used.load(Ordering::Relaxed)
    }

    /// Cuts its texts to what people read. Only when secrets in them are masked, or a part of one would be left.
    pub fn shorten(&mut self) {
        const LONGEST: usize = 200;
        for text in self.reason.iter_mut().chain(&mut self.problem) {
            if let Some((end, _)) = text.char_indices().nth(LONGEST) {
                text.truncate(end);
            }
        }
    }

    /// It as it is written, in short.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.names.is_empty() {
            true => self.word.clone(),
            false => format!("{} {}", self.word, self.names.join(",")),
        }
    }
}
