//! Which finding an entry of another scanner's list means: by its secret, or else by file and line, or else by file and
//! issuer.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    entry::ImportedEntry,
    kinds::{self, ForeignKind},
    secret_hash::SecretIndex,
    standing::FileTexts,
};
use crate::finding::{Finding, Occurrence};

/// How an entry was recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MatchedBy {
    /// The list identifies the secret.
    Secret,
    /// A key is on the line that the list names.
    Line,
    /// A key of the issuer that the list names is on another line of the file.
    File,
}

impl MatchedBy {
    /// In words, after "by".
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Line => "line",
            Self::File => "file and issuer",
        }
    }
}

/// The finding that an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntryMatch {
    /// Its index.
    pub finding: usize,
    /// How it was recognized.
    pub by: MatchedBy,
}

/// Finds the finding that each entry means. Paths of entries and of findings start from the root of the tree. An entry
/// without a secret means one key: what another entry means is left to that, unless nothing else is there.
pub(crate) fn match_entries(
    entries: &[&ImportedEntry],
    findings: &[&Finding],
    texts: &FileTexts<'_>,
) -> Vec<Option<EntryMatch>> {
    let places = Places::new(findings);
    let secrets = SecretIndex::new(findings, entries.iter().filter_map(|entry| entry.secret));
    let mut found: Vec<Option<EntryMatch>> = entries
        .iter()
        .map(|entry| {
            let finding = secrets.find(entry.secret?)?;
            Some(EntryMatch { finding, by: MatchedBy::Secret })
        })
        .collect();
    // A key of one file that an entry has taken.
    let mut taken: HashSet<(usize, &str)> = HashSet::new();
    for (entry, found) in entries.iter().zip(&found) {
        if let (Some(found), Some(path)) = (found, &entry.path) {
            taken.insert((found.finding, path));
        }
    }
    for by in [MatchedBy::Line, MatchedBy::File] {
        for (entry, found) in entries.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            let (Some(path), Some(at)) = (&entry.path, entry.at) else { continue };
            let finding = match by {
                MatchedBy::Line => places.on_line(entry, path, at, &taken, texts),
                _ => places.in_file(entry, path, at, &taken),
            };
            if let Some(finding) = finding {
                taken.insert((finding, path));
                *found = Some(EntryMatch { finding, by });
            }
        }
    }
    found
}

/// Where findings are.
struct Places<'a> {
    findings: &'a [&'a Finding],
    /// Those that are in files now, by path: each line with the index of a finding on it.
    by_file: HashMap<&'a str, BTreeSet<(u64, usize)>>,
}

impl<'a> Places<'a> {
    fn new(findings: &'a [&'a Finding]) -> Self {
        let mut by_file: HashMap<&str, BTreeSet<(u64, usize)>> = HashMap::new();
        for (at, finding) in findings.iter().enumerate() {
            for place in finding.occurrences.iter().filter(|place| place.archive.is_none()) {
                if is_now(place) {
                    by_file.entry(&place.path).or_default().insert((place.span.line, at));
                }
            }
        }
        Self { findings, by_file }
    }

    /// A key on the line that an entry names.
    fn on_line(
        &self,
        entry: &ImportedEntry,
        path: &str,
        at: u64,
        taken: &HashSet<(usize, &str)>,
        texts: &FileTexts<'_>,
    ) -> Option<usize> {
        if kinds::kind(&entry.kind) == ForeignKind::Other {
            return None;
        }
        let mut here: Vec<usize> = match &entry.commit {
            None => {
                let lines = self.by_file.get(path).into_iter();
                lines
                    .flat_map(|lines| lines.range((at, 0)..=(at, usize::MAX)))
                    .map(|(_, finding)| *finding)
                    .collect()
            }
            Some(commit) => in_commit(self.findings, commit, path, at),
        };
        if let Some(secret) = entry.secret {
            // Another key may have taken its place, which nobody has judged. So the text must be there.
            if entry.commit.is_some() || !texts.holds_on_line(path, at, secret) {
                return None;
            }
        }
        let is_free = |finding: &&usize| !taken.contains(&(**finding, path));
        let is_about = |finding: &&usize| kinds::is_about(&entry.kind, self.findings[**finding]);
        // An issuer that is named is meant.
        if kinds::kind(&entry.kind) == ForeignKind::Ours && here.iter().any(|finding| is_about(&finding)) {
            here.retain(|finding| is_about(&finding));
        }
        here.iter().find(is_free).or(here.first()).copied()
    }

    /// A key of the issuer that an entry names, on the nearest line of its file.
    fn in_file(
        &self,
        entry: &ImportedEntry,
        path: &str,
        at: u64,
        taken: &HashSet<(usize, &str)>,
    ) -> Option<usize> {
        // A list that identifies its secrets has none that is here.
        if entry.secret.is_some() || entry.commit.is_some() {
            return None;
        }
        let here = self.by_file.get(path)?.iter();
        let fits = here.filter(|(_, finding)| {
            kinds::is_about(&entry.kind, self.findings[*finding]) && !taken.contains(&(*finding, path))
        });
        fits.min_by_key(|(line, _)| line.abs_diff(at)).map(|(_, finding)| *finding)
    }
}

/// Whether an occurrence is in a file as it is now.
fn is_now(place: &Occurrence) -> bool {
    place.object.is_none() && place.commit.is_none()
}

/// The findings on a line of a file in the version of a commit.
fn in_commit(findings: &[&Finding], commit: &str, path: &str, at: u64) -> Vec<usize> {
    let is_there = |place: &Occurrence| {
        place.span.line == at
            && *place.path == *path
            && place.commit.is_some_and(|id| id.to_string().starts_with(commit))
    };
    let all = findings.iter().enumerate();
    all.filter(|(_, finding)| finding.occurrences.iter().any(is_there)).map(|(at, _)| at).collect()
}
