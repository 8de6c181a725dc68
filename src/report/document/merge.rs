//! Makes one report of several.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use serde::Serialize;

use super::{FindingEntry, OccurrenceEntry, ReportDocument, RunReport, SuppressedKeys};
use crate::finding::{
    Configuration, History, LookedFor, NAMED, NotScanned, RefsRead, RunMode, SinceScan, Subject,
};
use crate::{
    blob::SourceKind,
    cold::{self, ColdSort},
    json_text,
};

/// One report of several, which are added one after another and not kept. It says what all of them say: a key that several
/// have is one finding.
#[derive(Default)]
pub(crate) struct ReportMerger {
    /// The first one, while it is the only one.
    first: Option<ReportDocument>,
    run: Option<RunReport>,
    /// By fingerprint. Their occurrences are sorted at the end.
    findings: BTreeMap<String, FindingEntry>,
    known: Known,
}

impl ReportMerger {
    /// Adds a report. The order matters where reports disagree: the first one that says something is believed.
    pub(crate) fn add(&mut self, report: ReportDocument) {
        if self.first.is_none() && self.run.is_none() {
            self.first = Some(report);
            return;
        }
        self.begin();
        if let Some(run) = &mut self.run {
            merge_run(run, report.run, &mut self.known);
        }
        self.add_findings(report.findings);
    }

    /// What the reports so far looked for, each of them.
    pub(crate) fn scope(&self) -> Option<&LookedFor> {
        self.run.as_ref().or(self.first.as_ref().map(|first| &first.run)).map(|run| &run.scope)
    }

    /// Something that no report has, although it should be in one.
    pub(crate) fn lacks(&mut self, what: NotScanned) {
        self.begin();
        if let Some(run) = &mut self.run {
            run.complete = false;
            run.not_scanned.push(what);
        }
    }

    /// The report of all. A single one stays as it is; `None` if there was none.
    pub(crate) fn finish(self) -> Option<ReportDocument> {
        let Some(mut run) = self.run else { return self.first };
        let mut findings: Vec<FindingEntry> = self.findings.into_values().collect();
        for finding in &mut findings {
            finding.occurrences.cold_sort_by(|a, b| place_order(a).cmp(&place_order(b)));
            finding.occurrences.dedup_by(|a, b| place_order(a) == place_order(b));
        }
        findings.cold_sort_by(|a, b| order(a).cmp(&order(b)));
        run.not_scanned.cold_sort();
        run.not_scanned.dedup();
        run.repositories.cold_sort_by(|a, b| a.name.cmp(&b.name));
        if run.repositories.len() > 1 {
            run.count_repositories();
        }
        // Each key counts once, wherever it is.
        run.audit = run.audit.map(|_| run.verdict_on(&findings));
        Some(ReportDocument { run, findings })
    }

    /// The first report becomes a part.
    fn begin(&mut self) {
        if let Some(first) = self.first.take() {
            self.known = Known::of(&first.run);
            self.run = Some(first.run);
            self.add_findings(first.findings);
        }
    }

    fn add_findings(&mut self, findings: Vec<FindingEntry>) {
        for finding in findings {
            match self.findings.get_mut(&finding.fingerprint) {
                Some(known) => merge_finding(known, finding),
                None => drop(self.findings.insert(finding.fingerprint.clone(), finding)),
            }
        }
    }
}

impl ReportDocument {
    /// One report that says what all of these say; see `ReportMerger`.
    #[must_use]
    pub fn merge(reports: Vec<Self>) -> Option<Self> {
        let mut merger = ReportMerger::default();
        reports.into_iter().for_each(|report| merger.add(report));
        merger.finish()
    }
}

/// Where in the lists of a run something is. There may be a hundred thousand repositories: too many to search.
#[derive(Default)]
struct Known {
    suppressed_by: Positions,
    suppressions: Positions,
    unused_suppressions: Positions,
    refused: Positions,
    rules_from: Positions,
    outside: Positions,
}

impl Known {
    fn of(run: &RunReport) -> Self {
        Self {
            suppressed_by: Positions::of(&run.suppressed_by, |one| text(&(one.kind, &one.place))),
            suppressions: Positions::of(&run.suppressions, |one| text(&one.suppression)),
            unused_suppressions: Positions::of(&run.unused_suppressions, text),
            refused: Positions::of(&run.refused, text),
            rules_from: Positions::of(&run.rules_from, text),
            outside: Positions::of(&run.outside, text),
        }
    }
}

/// The positions in a list, by what is there in JSON.
#[derive(Default)]
struct Positions(HashMap<String, usize>);

impl Positions {
    fn of<T>(list: &[T], key: impl Fn(&T) -> String) -> Self {
        Self(list.iter().map(key).zip(0..).collect())
    }

    /// Adds what is not in the list yet, and joins what is.
    fn add<T>(&mut self, list: &mut Vec<T>, one: T, key: String, join: impl FnOnce(&mut T, T)) {
        match self.0.entry(key) {
            Entry::Occupied(at) => join(&mut list[*at.get()], one),
            Entry::Vacant(free) => {
                free.insert(list.len());
                list.push(one);
            }
        }
    }

    /// Adds what is not in the list yet.
    fn extend<T: Serialize>(&mut self, list: &mut Vec<T>, others: Vec<T>) {
        for one in others {
            let key = text(&one);
            self.add(list, one, key, |_, _| ());
        }
    }
}

fn text(value: &impl Serialize) -> String {
    json_text::line(value).unwrap_or_default()
}

fn order(finding: &FindingEntry) -> impl Ord + '_ {
    let first = finding.occurrences.first().map(place_order);
    (first, &finding.rule, &finding.fingerprint)
}

fn place_order(place: &OccurrenceEntry) -> impl Ord + '_ {
    let span = (place.line, place.column, place.end_line, place.end_column);
    let is_of_git = place.source == SourceKind::Config;
    (
        is_of_git,
        &place.path,
        &place.archive,
        span,
        place.source as u8,
        &place.blob,
        &place.commit,
        &place.repository,
    )
}

/// The more certain of the two names the key, as within one run.
fn merge_finding(known: &mut FindingEntry, mut other: FindingEntry) {
    if (other.confidence, other.severity) > (known.confidence, known.severity) {
        std::mem::swap(known, &mut other);
    }
    known.masked = known.masked.take().or(other.masked);
    if known.allowed_by.is_none() {
        (known.allowed_by, known.refused_because) = (other.allowed_by, other.refused_because);
    }
    for one in other.candidates {
        if !known.candidates.contains(&one) {
            known.candidates.push(one);
        }
    }
    known.occurrences.extend(other.occurrences);
    known.history = match (known.history.take(), other.history) {
        (Some(one), Some(two)) => Some(merge_history(one, two)),
        (one, two) => one.or(two),
    };
}

/// The key is removed where it is removed everywhere. Dates of several repositories are compared as days, since each has
/// the time zone of its author.
fn merge_history(one: History, two: History) -> History {
    let day = |event: &crate::finding::Event| event.date.get(..10).unwrap_or_default().to_owned();
    let (at_head, reachable) = (one.at_head || two.at_head, one.reachable || two.reachable);
    let is_same = one == two;
    let is_removed = one.removed.is_some() && two.removed.is_some() && !at_head;
    let commits = if is_same { one.commits } else { one.commits + two.commits };
    let refs = cold::set(one.refs.into_iter().chain(two.refs));
    History {
        introduced: one.introduced.into_iter().chain(two.introduced).min_by_key(day),
        removed: one.removed.into_iter().chain(two.removed).max_by_key(day).filter(|_| is_removed),
        at_head,
        refs: refs.into_iter().collect(),
        commits,
        reachable,
    }
}

fn merge_run(run: &mut RunReport, other: RunReport, known: &mut Known) {
    run.complete &= other.complete;
    run.scanned.add(other.scanned);
    run.not_scanned.extend(other.not_scanned);
    run.since_scan = SinceScan::merged(run.since_scan.take(), other.since_scan);
    for (kind, count) in other.not_read {
        *run.not_read.entry(kind).or_default() += count;
    }
    for (kind, names) in other.not_read_names {
        let all = run.not_read_names.entry(kind).or_default();
        extend(all, names);
        all.cold_sort();
        all.truncate(NAMED);
    }
    run.scope.merge(other.scope);
    merge_suppressed(&mut run.suppressed, other.suppressed);
    for one in other.suppressed_by {
        let key = text(&(one.kind, &one.place));
        known.suppressed_by.add(&mut run.suppressed_by, one, key, |known, one| known.count += one.count);
    }
    for one in other.suppressions {
        let key = text(&one.suppression);
        known.suppressions.add(&mut run.suppressions, one, key, |known, one| known.keys += one.keys);
    }
    known.unused_suppressions.extend(&mut run.unused_suppressions, other.unused_suppressions);
    run.accepted.extend(other.accepted);
    // Reports under several policies name the first.
    run.policy = run.policy.take().or(other.policy);
    known.refused.extend(&mut run.refused, other.refused);
    for (by, count) in other.excluded {
        *run.excluded.entry(by).or_default() += count;
    }
    match (&mut run.configuration, other.configuration) {
        (Some(known), Some(one)) => merge_configuration(known, one),
        (known @ None, one) => *known = one,
        (Some(_), None) => {}
    }
    known.rules_from.extend(&mut run.rules_from, other.rules_from);
    // Each report of many was made by itself.
    run.call = None;
    run.repositories.extend(other.repositories);
    // With several thresholds, every key counts.
    run.tolerated = None;
    run.shallow |= other.shallow;
    run.untrusted &= other.untrusted;
    run.unmasked |= other.unmasked;
    known.outside.extend(&mut run.outside, other.outside);
    merge_refs(&mut run.refs, other.refs);
    merge_subject(&mut run.subject, other.subject);
    // A verdict about publishing needs an audit of everything.
    run.audit = run.audit.filter(|_| other.audit.is_some());
    if run.mode != other.mode {
        run.mode = RunMode::Tree;
    }
    if run.directory != other.directory {
        run.directory.clear();
    }
}

/// A file that changes nothing needs no name. Of several, each names what it leaves out: `a.toml leaves out 3 rules and
/// b.toml leaves out 2 rules`.
fn merge_configuration(known: &mut Configuration, other: Configuration) {
    if known.file == other.file {
        known.trusts_foreign_markers |= other.trusts_foreign_markers;
        extend(&mut known.weakened, other.weakened);
    } else if known.weakened.is_empty() && !known.trusts_foreign_markers {
        *known = other;
    } else {
        known.trusts_foreign_markers |= other.trusts_foreign_markers;
        let ways = other.weakened.into_iter().map(|way| format!("{} {way}", other.file));
        known.weakened.extend(ways);
    }
}

fn extend<T: PartialEq>(known: &mut Vec<T>, others: Vec<T>) {
    for one in others {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

/// A list is only whole if all of them are lists.
fn merge_suppressed(known: &mut SuppressedKeys, other: SuppressedKeys) {
    let count = |keys: &SuppressedKeys| match keys {
        SuppressedKeys::Count(count) => *count,
        SuppressedKeys::List(list) => list.len() as u64,
    };
    match (&mut *known, other) {
        (SuppressedKeys::List(list), SuppressedKeys::List(more)) => list.extend(more),
        (_, other) => *known = SuppressedKeys::Count(count(known) + count(&other)),
    }
}

fn merge_refs(known: &mut Option<RefsRead>, other: Option<RefsRead>) {
    match (&mut *known, other) {
        (Some(known), Some(other)) => known.merge(other),
        (None, other) => *known = other,
        (Some(_), None) => {}
    }
}

fn merge_subject(known: &mut Option<Subject>, other: Option<Subject>) {
    const FILES: &str = "files";
    if *known == other {
        return;
    }
    let what = |subject: Option<&Subject>| subject.map_or(FILES, |subject| &subject.what).to_owned();
    let (one, two) = (what(known.as_ref()), what(other.as_ref()));
    let nothing = known.as_mut().and_then(|subject| subject.nothing.take());
    let nothing =
        nothing.zip(other.and_then(|subject| subject.nothing)).map(|(one, two)| format!("{one}; {two}"));
    let is_known = one.split("; ").any(|part| part == two);
    *known = Some(Subject { what: if is_known { one } else { format!("{one}; {two}") }, nothing });
}
