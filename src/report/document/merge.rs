//! Makes one report of several.

use std::collections::BTreeMap;

use super::{FindingEntry, OccurrenceEntry, ReportDocument, RunReport, SuppressedKeys};
use crate::finding::{Audit, Configuration, History, NAMED, RefsRead, RunMode, Subject};
use crate::{
    blob::SourceKind,
    cold::{self, ColdSort},
};

impl ReportDocument {
    /// One report that says what all of these say. A key that several of them have is one finding. A single report stays as
    /// it is; `None` if there is none.
    #[must_use]
    pub fn merge(reports: Vec<Self>) -> Option<Self> {
        let is_one = reports.len() == 1;
        let mut reports = reports.into_iter();
        let first = reports.next()?;
        if is_one {
            return Some(first);
        }
        let mut run = first.run;
        let mut findings: BTreeMap<String, FindingEntry> = BTreeMap::new();
        first.findings.into_iter().for_each(|finding| add(&mut findings, finding));
        for report in reports {
            merge_run(&mut run, report.run);
            report.findings.into_iter().for_each(|finding| add(&mut findings, finding));
        }
        run.repositories.cold_sort_by(|a, b| a.name.cmp(&b.name));
        if run.repositories.len() > 1 {
            run.count_repositories();
        }
        let mut findings: Vec<FindingEntry> = findings.into_values().collect();
        findings.cold_sort_by(|a, b| order(a).cmp(&order(b)));
        // Each key counts once, wherever it is.
        run.audit = run.audit.map(|_| Audit::new(run.complete, findings.iter().map(FindingEntry::exposure)));
        Some(Self { run, findings })
    }
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

fn add(findings: &mut BTreeMap<String, FindingEntry>, finding: FindingEntry) {
    match findings.get_mut(&finding.fingerprint) {
        Some(known) => merge_finding(known, finding),
        None => drop(findings.insert(finding.fingerprint.clone(), finding)),
    }
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
    known.occurrences.cold_sort_by(|a, b| place_order(a).cmp(&place_order(b)));
    known.occurrences.dedup_by(|a, b| place_order(a) == place_order(b));
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

fn merge_run(run: &mut RunReport, other: RunReport) {
    run.complete &= other.complete;
    run.scanned.add(other.scanned);
    extend(&mut run.not_scanned, other.not_scanned);
    run.not_scanned.cold_sort();
    run.since_scan = run.since_scan.take().or(other.since_scan);
    for (kind, count) in other.not_read {
        *run.not_read.entry(kind).or_default() += count;
    }
    for (kind, names) in other.not_read_names {
        let known = run.not_read_names.entry(kind).or_default();
        extend(known, names);
        known.cold_sort();
        known.truncate(NAMED);
    }
    run.scope.merge(other.scope);
    merge_suppressed(&mut run.suppressed, other.suppressed);
    for one in other.suppressed_by {
        match run.suppressed_by.iter_mut().find(|known| (known.kind, &known.place) == (one.kind, &one.place))
        {
            Some(known) => known.count += one.count,
            None => run.suppressed_by.push(one),
        }
    }
    for one in other.suppressions {
        match run.suppressions.iter_mut().find(|known| known.suppression == one.suppression) {
            Some(known) => known.keys += one.keys,
            None => run.suppressions.push(one),
        }
    }
    extend(&mut run.unused_suppressions, other.unused_suppressions);
    run.accepted.extend(other.accepted);
    // Reports under several policies name the first.
    run.policy = run.policy.take().or(other.policy);
    extend(&mut run.refused, other.refused);
    for (by, count) in other.excluded {
        *run.excluded.entry(by).or_default() += count;
    }
    match (&mut run.configuration, other.configuration) {
        (Some(known), Some(one)) => merge_configuration(known, one),
        (known @ None, one) => *known = one,
        (Some(_), None) => {}
    }
    extend(&mut run.rules_from, other.rules_from);
    run.repositories.extend(other.repositories);
    // With several thresholds, every key counts.
    run.tolerated = None;
    run.shallow |= other.shallow;
    run.untrusted &= other.untrusted;
    run.unmasked |= other.unmasked;
    extend(&mut run.outside, other.outside);
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
