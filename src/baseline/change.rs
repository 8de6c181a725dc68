//! How a run changes a baseline.

use super::{
    entry::BaselineEntry,
    file::Baseline,
    location::{EntryLocation, FilePath},
    matcher::{Completeness, Matcher, NewOccurrence},
};

/// An entry whose file was renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MovedEntry {
    /// The entry before the rename.
    pub entry: BaselineEntry,
    /// Where its secret is now.
    pub to: FilePath,
}

/// A baseline after a run, and what changed in it.
#[derive(Debug, Default)]
pub(crate) struct BaselineChange {
    /// The new baseline.
    pub baseline: Baseline,
    /// Entries that were removed because nothing matches them.
    pub removed: Vec<BaselineEntry>,
    /// Entries that were removed because their last day is over.
    pub expired: Vec<BaselineEntry>,
    /// Entries whose file was renamed.
    pub moved: Vec<MovedEntry>,
    /// Entries whose secret is no longer in any file, only in the history.
    pub only_in_history: Vec<BaselineEntry>,
    /// New entries.
    pub added: Vec<BaselineEntry>,
    /// Occurrences that no entry covers.
    pub left: Vec<NewOccurrence>,
}

impl BaselineChange {
    /// Computes the new baseline. With `add`, occurrences that no entry covers become entries.
    #[must_use]
    pub(crate) fn of(cover: &Matcher<'_>, completeness: Completeness, add: bool) -> Self {
        let mut change = Self::default();
        let mut entries = Vec::new();
        let old = cover.baseline();
        for (at, entry) in old.entries().iter().enumerate() {
            if let Some(to) = cover.moved.get(&at) {
                change.moved.push(MovedEntry { entry: entry.clone(), to: to.clone() });
                entries.push(BaselineEntry {
                    place: EntryLocation::File(to.clone()),
                    line: 0,
                    ..entry.clone()
                });
                continue;
            }
            let is_kept = match &entry.place {
                EntryLocation::File(_) => cover.stands(at) || !completeness.files,
                EntryLocation::History(_) => cover.used[at] || !completeness.history,
            };
            if is_kept {
                entries.push(entry.clone());
            } else if let (EntryLocation::File(path), true) = (&entry.place, cover.past[at]) {
                change.only_in_history.push(entry.clone());
                let is_past = |other: &BaselineEntry| matches!(other.place, EntryLocation::History(_));
                let mut new = entries.iter().rev().take_while(|other| other.fingerprint == entry.fingerprint);
                // One entry covers the whole history.
                if !new.any(is_past) && !old.entries()[old.of(entry.fingerprint)].iter().any(is_past) {
                    let place = EntryLocation::History(Some(path.clone()));
                    entries.push(BaselineEntry { place, line: 0, ..entry.clone() });
                }
            } else {
                change.removed.push(entry.clone());
            }
        }
        for found in cover.found() {
            if add {
                let NewOccurrence { fingerprint, rule, place } = found.clone();
                let entry = BaselineEntry { fingerprint, rule, place, line: 0, notes: Vec::new() };
                change.added.push(entry.clone());
                entries.push(entry);
            } else {
                change.left.push(found.clone());
            }
        }
        change.baseline = old.with(entries);
        change
    }

    /// Whether the file stays the same.
    #[must_use]
    pub(crate) fn is_none(&self) -> bool {
        let Self { removed, expired, moved, only_in_history, added, .. } = self;
        moved.is_empty() && [removed, expired, only_in_history, added].into_iter().all(Vec::is_empty)
    }
}
