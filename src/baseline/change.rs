//! How a run changes a baseline.

use super::{
    cover::{Cover, Found, Judged},
    entry::Entry,
    file::Baseline,
    place::{FilePath, Place},
};

/// An entry whose file was renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The entry before the rename.
    pub entry: Entry,
    /// Where its secret is now.
    pub to: FilePath,
}

/// A baseline after a run, and what changed in it.
#[derive(Debug, Default)]
pub struct Change {
    /// The new baseline.
    pub baseline: Baseline,
    /// Entries that were removed because nothing matches them.
    pub removed: Vec<Entry>,
    /// Entries whose file was renamed.
    pub moved: Vec<Moved>,
    /// Entries whose secret is no longer in any file, only in the history.
    pub only_in_history: Vec<Entry>,
    /// New entries.
    pub added: Vec<Entry>,
    /// Occurrences that no entry covers.
    pub left: Vec<Found>,
}

impl Change {
    /// Computes the new baseline. With `add`, occurrences that no entry covers become entries.
    #[must_use]
    pub fn of(cover: &Cover<'_>, judged: Judged, add: bool) -> Self {
        let mut change = Self::default();
        let mut entries = Vec::new();
        let old = cover.baseline();
        for (at, entry) in old.entries().iter().enumerate() {
            if let Some(to) = cover.moved.get(&at) {
                change.moved.push(Moved { entry: entry.clone(), to: to.clone() });
                entries.push(Entry { place: Place::File(to.clone()), line: 0, ..entry.clone() });
                continue;
            }
            let is_kept = match &entry.place {
                Place::File(_) => cover.stands(at) || !judged.files,
                Place::History(_) => cover.used[at] || !judged.history,
            };
            if is_kept {
                entries.push(entry.clone());
            } else if let (Place::File(path), true) = (&entry.place, cover.past[at]) {
                change.only_in_history.push(entry.clone());
                let is_past = |other: &Entry| matches!(other.place, Place::History(_));
                let mut new = entries.iter().rev().take_while(|other| other.fingerprint == entry.fingerprint);
                // One entry covers the whole history.
                if !new.any(is_past) && !old.entries()[old.of(entry.fingerprint)].iter().any(is_past) {
                    let place = Place::History(Some(path.clone()));
                    entries.push(Entry { place, line: 0, ..entry.clone() });
                }
            } else {
                change.removed.push(entry.clone());
            }
        }
        for found in cover.found() {
            if add {
                let Found { fingerprint, rule, place } = found.clone();
                let entry = Entry { fingerprint, rule, place, line: 0, notes: Vec::new() };
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
    pub fn is_none(&self) -> bool {
        [self.removed.len(), self.moved.len(), self.only_in_history.len(), self.added.len()] == [0; 4]
    }
}
