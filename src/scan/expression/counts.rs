//! What the expressions of a run have met.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of all threads, for whoever tries a new rule.
#[derive(Default)]
pub(super) struct ExpressionCounter {
    tried: AtomicU64,
    keys: AtomicU64,
    refused: AtomicU64,
    made_up: AtomicU64,
}

/// What the expressions of a run have met so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpressionCounts {
    /// The number of bytes that they were tried on, each as often as it was.
    pub tried: u64,
    /// The number of matches that are keys.
    pub keys: u64,
    /// The number of matches that do not have what their form asks for.
    pub refused: u64,
    /// The number of matches that somebody made up: words, rows of letters, examples.
    pub made_up: u64,
}

/// What a match turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MatchKind {
    Key,
    Refused,
    MadeUp,
}

impl ExpressionCounter {
    pub(super) fn add_tried(&self, bytes: u64) {
        self.tried.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn add(&self, kind: MatchKind) {
        let counter = match kind {
            MatchKind::Key => &self.keys,
            MatchKind::Refused => &self.refused,
            MatchKind::MadeUp => &self.made_up,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn counts(&self) -> ExpressionCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ExpressionCounts {
            tried: read(&self.tried),
            keys: read(&self.keys),
            refused: read(&self.refused),
            made_up: read(&self.made_up),
        }
    }
}
