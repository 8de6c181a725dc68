//! What is said about the entries of a baseline.

use crate::{
    baseline::{BaselineEntry, EntryLocation},
    finding::{Suppression, SuppressionKind, Unused},
};

/// Why an entry has no effect.
#[derive(Clone, Copy)]
pub(crate) enum StaleReason {
    /// The key no longer exists.
    Gone,
    /// A comment or the configuration already suppresses it.
    ByOthers,
}

/// An entry as the suppression of a key. `shown` is the file.
pub(super) fn suppression(entry: &BaselineEntry, shown: &str) -> Suppression {
    Suppression {
        kind: SuppressionKind::Baseline,
        place: shown.to_owned(),
        line: (entry.line > 0).then_some(entry.line),
        rule: None,
        reason: Some(entry.reason()).filter(|reason| !reason.is_empty()),
        until: entry.until().map(|last| last.to_string()),
    }
}

/// An entry that nothing matches.
pub(super) fn unused_entry(entry: &BaselineEntry, why: StaleReason, shown: &str) -> Unused {
    let why = match (why, &entry.place) {
        (StaleReason::ByOthers, _) => "something else suppresses the key there",
        (StaleReason::Gone, EntryLocation::File(_)) => "the key is no longer there",
        (StaleReason::Gone, EntryLocation::History(_)) => "the key is no longer in the history",
    };
    unused(entry, shown, format!("{why}; `skanner baseline update` removes the entry"))
}

/// An entry whose last day is over.
pub(super) fn expired_entry(entry: &BaselineEntry, shown: &str) -> Unused {
    let last = entry.until().map(|last| last.to_string()).unwrap_or_default();
    unused(entry, shown, format!("the key was accepted until {last}; revoke it, or set a later day"))
}

fn unused(entry: &BaselineEntry, shown: &str, why: String) -> Unused {
    Unused { place: shown.to_owned(), line: Some(entry.line), what: entry_in_words(entry), why }
}

/// Names a key by its rule and location, since the secret itself must not be shown.
pub(crate) fn entry_in_words(entry: &BaselineEntry) -> String {
    match &entry.place {
        EntryLocation::File(path) => format!("{} in {path}", entry.rule),
        EntryLocation::History(None) => format!("{} in the history", entry.rule),
        EntryLocation::History(Some(path)) => format!("{} in the history of {path}", entry.rule),
    }
}
