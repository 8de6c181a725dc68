//! Decides which occurrences of a finding the baseline covers.

use std::collections::BTreeMap;

use super::{
    file::Baseline,
    location::{EntryLocation, FilePath},
    paths::BaselinePaths,
};
use crate::{
    blob::SourceKind,
    cold::ColdSort,
    finding::{Finding, Fingerprint, Occurrence},
};

/// How far an entry for a known secret reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BaselineScope {
    /// Only the files that have an entry for the secret. In any other file it is a finding.
    #[default]
    File,
    /// Everywhere.
    Secret,
}

/// What a run knows about the locations of its findings.
pub(crate) struct MatchContext<'a> {
    /// Translates paths to those of the baseline.
    pub places: &'a BaselinePaths,
    /// Whether an occurrence is only in the history, not in the current files. Always false for one that a
    /// run reports as new.
    pub is_past: &'a dyn Fn(&Occurrence) -> bool,
    /// Whether the file that an entry names no longer exists.
    pub is_gone: &'a dyn Fn(&FilePath) -> bool,
}

/// A finding, split by what the baseline covers.
#[derive(Debug)]
pub(crate) struct Partition {
    /// The occurrences that remain a finding.
    pub new: Option<Finding>,
    /// The covered occurrences, with the index of the entry that covers them.
    pub known: Vec<(usize, Finding)>,
}

/// An occurrence that no entry covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewOccurrence {
    /// The secret.
    pub fingerprint: Fingerprint,
    /// The rule that found it.
    pub rule: std::sync::Arc<str>,
    /// Where the secret is.
    pub place: EntryLocation,
}

/// How much a run has read, and thus which entries it can call unused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Completeness {
    /// All files were read.
    pub files: bool,
    /// The whole history was read.
    pub history: bool,
}

/// Compares findings with a baseline, and records what happened to its entries.
#[derive(Debug)]
pub(crate) struct Matcher<'a> {
    baseline: &'a Baseline,
    scope: BaselineScope,
    /// For each entry, whether anything matched it.
    pub(super) used: Vec<bool>,
    /// For each entry, whether its secret is still where the entry says.
    pub(super) held: Vec<bool>,
    /// Entries whose file is gone, and the file that replaced it.
    pub(super) moved: BTreeMap<usize, FilePath>,
    /// For each entry, whether its secret is in the history.
    pub(super) past: Vec<bool>,
    /// Occurrences that no entry covers, in the order of the findings.
    pub(super) found: Vec<NewOccurrence>,
}

/// What an occurrence means to the baseline.
enum Location {
    Past(Option<FilePath>),
    File(FilePath),
    /// Something without a lasting name, such as the message of a new commit.
    Nameless,
}

impl<'a> Matcher<'a> {
    /// Starts with no entry matched.
    #[must_use]
    pub(crate) fn new(baseline: &'a Baseline, scope: BaselineScope) -> Self {
        let count = baseline.entries().len();
        Self {
            baseline,
            scope,
            used: vec![false; count],
            held: vec![false; count],
            past: vec![false; count],
            moved: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    /// Splits off the covered occurrences of a finding. All occurrences of a secret must come in one call.
    pub(crate) fn take(&mut self, finding: Finding, context: &MatchContext<'_>) -> Partition {
        let Some(fingerprint) = Fingerprint::parse(&finding.fingerprint) else {
            return Partition { new: Some(finding), known: Vec::new() };
        };
        let locations: Vec<Location> =
            finding.occurrences.iter().map(|place| location(place, context)).collect();
        let entries = self.baseline.of(fingerprint);
        let mut by_file = self.by_file(entries.clone(), &locations);
        if !entries.is_empty() {
            self.follow(entries.clone(), &mut by_file, context);
        }
        let any = Some(entries.start).filter(|_| !entries.is_empty());
        let in_history = entries
            .clone()
            .find(|at| matches!(self.baseline.entries()[*at].place, EntryLocation::History(_)));
        let everywhere = any.filter(|_| self.scope == BaselineScope::Secret);
        let by: Vec<Option<usize>> = locations
            .iter()
            .map(|location| match location {
                // The past cannot be undone. Accepting the secret anywhere accepts it in the history.
                Location::Past(path) => {
                    path.as_ref().and_then(|path| self.entry_at(&entries, path)).or(in_history).or(any)
                }
                Location::File(path) => by_file.get(path).copied().flatten().or(everywhere),
                Location::Nameless => everywhere,
            })
            .collect();
        let is_past = locations.iter().any(|location| matches!(location, Location::Past(_)));
        for entry in by.iter().flatten() {
            self.used[*entry] = true;
        }
        if self.scope == BaselineScope::Secret && by.iter().any(Option::is_some) {
            self.used[entries.clone()].fill(true);
        }
        self.past[entries.clone()].fill(is_past);
        self.note_found(fingerprint, &finding, &locations, &by, any.is_some());
        split(finding, by)
    }

    /// For each file that holds the secret, the entry that covers it.
    fn by_file(
        &mut self,
        entries: std::ops::Range<usize>,
        locations: &[Location],
    ) -> BTreeMap<FilePath, Option<usize>> {
        let mut by_file = BTreeMap::new();
        for location in locations {
            if let Location::File(path) = location
                && !by_file.contains_key(path)
            {
                let entry = self.entry_at(&entries, path);
                if let Some(entry) = entry {
                    self.held[entry] = true;
                }
                by_file.insert(path.clone(), entry);
            }
        }
        by_file
    }

    /// Matches entries whose files are gone with other files, one to one: these were renamed.
    fn follow(
        &mut self,
        entries: std::ops::Range<usize>,
        by_file: &mut BTreeMap<FilePath, Option<usize>>,
        context: &MatchContext<'_>,
    ) {
        let mut unknown: Vec<FilePath> =
            by_file.iter().filter(|(_, entry)| entry.is_none()).map(|(path, _)| path.clone()).collect();
        // A file that still exists was read if anything was found in it, so the secret moved inside the
        // archive, or was packed into one.
        let same_archive = |a: &FilePath, b: &FilePath| a.path == b.path;
        let mut spare: Vec<(usize, &FilePath, bool)> = Vec::new();
        let entries = if unknown.is_empty() { 0..0 } else { entries };
        for entry in entries {
            if let EntryLocation::File(path) = &self.baseline.entries()[entry].place {
                // When several commits are read, an earlier one may have held the secret in a file that the
                // last one deletes.
                let is_gone = (context.is_gone)(path);
                let is_moved = !self.held[entry] && unknown.iter().any(|other| same_archive(path, other));
                if is_gone || is_moved {
                    spare.push((entry, path, is_gone));
                }
            }
        }
        // A file that only moved to another directory is recognized by its name.
        for needs_name in [true, false] {
            spare.retain(|(entry, old, is_gone)| {
                let is_new = |new: &FilePath| {
                    (*is_gone || same_archive(old, new)) && (!needs_name || new.name() == old.name())
                };
                let Some(at) = unknown.iter().position(is_new) else { return true };
                let new = unknown.remove(at);
                by_file.insert(new.clone(), Some(*entry));
                self.moved.insert(*entry, new);
                false
            });
        }
    }

    fn entry_at(&self, entries: &std::ops::Range<usize>, path: &FilePath) -> Option<usize> {
        let of_secret = &self.baseline.entries()[entries.clone()];
        let at = of_secret
            .iter()
            .position(|entry| matches!(&entry.place, EntryLocation::File(own) if own == path))?;
        Some(entries.start + at)
    }

    fn note_found(
        &mut self,
        fingerprint: Fingerprint,
        finding: &Finding,
        locations: &[Location],
        by: &[Option<usize>],
        is_known: bool,
    ) {
        let mut places: Vec<EntryLocation> = Vec::new();
        let unknown = locations.iter().zip(by).filter(|(_, by)| by.is_none()).map(|(location, _)| location);
        for location in unknown.clone() {
            if let Location::File(path) = location {
                places.push(EntryLocation::File(path.clone()));
            }
        }
        places.cold_sort();
        places.dedup();
        let past = unknown.filter_map(|location| match location {
            Location::Past(path) => Some(path.clone()),
            _ => None,
        });
        // An entry for a file also covers the history.
        if let (true, false, Some(path)) = (places.is_empty(), is_known, past.min()) {
            places.push(EntryLocation::History(path));
        }
        let rule = &finding.rule.id;
        self.found.extend(places.into_iter().map(|place| NewOccurrence {
            fingerprint,
            rule: rule.as_str().into(),
            place,
        }));
    }

    /// The indices of unused entries, limited to those that this run can judge.
    #[must_use]
    pub(crate) fn unused(&self, completeness: Completeness) -> Vec<usize> {
        let entries = self.baseline.entries().iter().enumerate();
        let unused = entries.filter(|(at, entry)| {
            let is_judged = match entry.place {
                EntryLocation::File(_) => completeness.files,
                EntryLocation::History(_) => completeness.history,
            };
            is_judged && !self.used[*at]
        });
        unused.map(|(at, _)| at).collect()
    }

    /// Marks an entry as used because something else confirmed it.
    pub(crate) fn confirm(&mut self, entry: usize) {
        self.used[entry] = true;
        self.held[entry] = true;
    }

    /// Whether the secret of a file entry is still in that file, or in another file that the entry counts
    /// for.
    pub(super) fn stands(&self, entry: usize) -> bool {
        self.held[entry] || self.scope == BaselineScope::Secret && self.used[entry]
    }

    /// Occurrences that no entry covers but one could, in the order of the findings.
    #[must_use]
    pub(crate) fn found(&self) -> &[NewOccurrence] {
        &self.found
    }

    /// The baseline to compare with.
    #[must_use]
    pub(crate) fn baseline(&self) -> &'a Baseline {
        self.baseline
    }
}

fn location(occurrence: &Occurrence, context: &MatchContext<'_>) -> Location {
    let path = context.places.of(occurrence);
    if (context.is_past)(occurrence) {
        return Location::Past(path);
    }
    match (path, occurrence.source) {
        // A message, or the URL of a remote repository.
        (None, _) | (_, SourceKind::Message | SourceKind::Config) => Location::Nameless,
        (Some(path), _) => Location::File(path),
    }
}

/// Assigns each occurrence to the entry that covers it.
fn split(mut finding: Finding, by: Vec<Option<usize>>) -> Partition {
    if by.iter().all(Option::is_none) {
        return Partition { new: Some(finding), known: Vec::new() };
    }
    let mut open = Vec::new();
    let mut known: BTreeMap<usize, Vec<Occurrence>> = BTreeMap::new();
    for (occurrence, by) in std::mem::take(&mut finding.occurrences).into_iter().zip(by) {
        match by {
            Some(entry) => known.entry(entry).or_default().push(occurrence),
            None => open.push(occurrence),
        }
    }
    let part = |occurrences| Finding { occurrences, ..finding.clone() };
    Partition {
        new: (!open.is_empty()).then(|| part(open)),
        known: known.into_iter().map(|(entry, places)| (entry, part(places))).collect(),
    }
}
