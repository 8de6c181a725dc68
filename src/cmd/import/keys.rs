//! What becomes of the secrets in other scanners' lists, after a scan.

use std::collections::{BTreeSet, HashMap};

use super::{
    lists::ForeignList,
    plan::{ImportPlan, NotTaken, PlannedAllow, PlannedWhat},
};
use crate::{
    baseline::{EntryLocation, NewOccurrence},
    cmd::baseline::about,
    cold::{self, ColdSort},
    config::Scope,
    finding::{Finding, Occurrence, Report, SuppressionKind},
    import::{EntryMatch, FileTexts, ImportedEntry, Judgment, match_entries, why_unmatched},
};

/// What the lists are compared with.
pub(super) struct ImportScan<'a> {
    /// What was found. Keys that the baseline lists are suppressed.
    pub(super) report: &'a Report,
    /// Occurrences that no entry of the baseline covers.
    pub(super) found: &'a [NewOccurrence],
    /// What an entry of the baseline stands for.
    pub(super) scope: Scope,
    /// Whether the history was read.
    pub(super) has_history: bool,
    /// Whether no configuration of a listed scanner has rules that were not in use.
    pub(super) has_all_rules: bool,
    /// The files of the work tree.
    pub(super) texts: &'a FileTexts<'a>,
}

/// Plans the entries for keys.
pub(super) fn plan_keys(plan: &mut ImportPlan, lists: &[ForeignList], compared: &ImportScan<'_>) {
    let ImportScan { report, found, texts, .. } = compared;
    let extent = (compared.has_history, compared.has_all_rules);
    let findings: Vec<&Finding> =
        report.findings.iter().chain(report.suppressed.iter().map(|one| &one.finding)).collect();
    let entries: Vec<&ImportedEntry> = lists.iter().flat_map(|one| &one.list.entries).collect();
    let matches = match_entries(&entries, &findings, texts);
    let places = findings.iter().flat_map(|one| &one.occurrences);
    let places = cold::set(places.map(|one| (&*one.path, one.span.line)));
    let mut keys = KeyPlan::new(report, found);
    // A key that somebody has called harmless is no debt, whatever other lists say.
    let mut rest = matches.iter();
    for ForeignList { shown, list, .. } in lists {
        for (entry, found) in list.entries.iter().zip(rest.by_ref()) {
            if let (Judgment::FalsePositive, Some(EntryMatch { finding, .. })) = (entry.judgment, found) {
                let reason =
                    format!("imported from {}: {shown}:{} says it is none", list.tool.name(), entry.line);
                keys.allow(findings[*finding], reason);
            }
        }
    }
    let mut rest = matches.iter();
    for (ForeignList { list, .. }, outcome) in lists.iter().zip(&mut plan.lists) {
        for (entry, found) in list.entries.iter().zip(rest.by_ref()) {
            let not_taken =
                |why: &str| NotTaken { line: entry.line, what: in_words(entry), why: why.to_owned() };
            let Some(EntryMatch { finding, by }) = found else {
                let why = why_unmatched(entry, texts, extent, &|path, line| places.contains(&(path, line)));
                outcome.not_taken.push(not_taken(why.why()));
                continue;
            };
            match keys.accept(findings[*finding], entry) {
                KeyOutcome::Baseline => outcome.baseline += 1,
                KeyOutcome::Allowed => outcome.allowed += 1,
                KeyOutcome::Before => outcome.before += 1,
                KeyOutcome::Nameless => {
                    outcome.not_taken.push(not_taken("it stands in no file, so no entry can list it"));
                    continue;
                }
            }
            *outcome.by.entry(*by).or_default() += 1;
        }
        outcome.not_taken.cold_sort_by_key(|one| one.line);
    }
    plan.remaining =
        report.findings.iter().filter_map(|finding| keys.remaining(finding, compared.scope)).collect();
    plan.allows.append(&mut keys.allows);
    plan.added = keys.added.into_iter().map(|at| found[at].clone()).collect();
}

/// What an entry is about. Not safe to show.
fn in_words(entry: &ImportedEntry) -> String {
    let kind = if entry.kind.is_empty() { "a secret" } else { &entry.kind };
    let commit = entry.commit.as_ref().map_or_else(String::new, |commit| {
        let short: String = commit.chars().take(12).collect();
        format!(" of {short}")
    });
    match (&entry.path, entry.at) {
        (Some(path), Some(line)) => format!("{kind} in {path}:{line}{commit}"),
        (Some(path), None) => format!("{kind} in {path}{commit}"),
        (None, _) => kind.to_owned(),
    }
}

/// What becomes of an entry whose key was found.
enum KeyOutcome {
    Baseline,
    Allowed,
    Before,
    Nameless,
}

struct KeyPlan<'a> {
    found: &'a [NewOccurrence],
    /// The indices in `found` of each key.
    by_key: HashMap<String, Vec<usize>>,
    /// Keys that are findings, or that the baseline lists.
    open: BTreeSet<&'a str>,
    /// Keys that are findings.
    new: BTreeSet<&'a str>,
    /// The files that hold a key now, whether it is a finding there or not.
    there: BTreeSet<(&'a str, &'a str)>,
    allowed: BTreeSet<String>,
    allows: Vec<PlannedAllow>,
    /// Indices in `found`.
    added: BTreeSet<usize>,
}

impl<'a> KeyPlan<'a> {
    fn new(report: &'a Report, found: &'a [NewOccurrence]) -> Self {
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, one) in found.iter().enumerate() {
            by_key.entry(one.fingerprint.to_string()).or_default().push(at);
        }
        let new = cold::set(report.findings.iter().map(|one| &*one.fingerprint));
        let listed = report.suppressed.iter().filter(|one| one.by.kind == SuppressionKind::Baseline);
        let open = cold::set(listed.map(|one| &*one.finding.fingerprint).chain(new.iter().copied()));
        let all = report.findings.iter().chain(report.suppressed.iter().map(|one| &one.finding));
        let is_now = |place: &&Occurrence| place.object.is_none() && place.archive.is_none();
        let there = all.flat_map(|finding| {
            let places = finding.occurrences.iter().filter(is_now);
            places.map(|place| (&*finding.fingerprint, &*place.path))
        });
        let there = cold::set(there);
        Self {
            found,
            by_key,
            open,
            new,
            there,
            allowed: BTreeSet::new(),
            allows: Vec::new(),
            added: BTreeSet::new(),
        }
    }

    fn allow(&mut self, finding: &Finding, reason: String) {
        let fingerprint = &finding.fingerprint;
        if self.open.contains(&**fingerprint) && self.allowed.insert(fingerprint.clone()) {
            let what = PlannedWhat::Fingerprint(fingerprint.clone());
            self.allows.push(PlannedAllow { what, about: about(finding), reason });
        }
    }

    fn accept(&mut self, finding: &Finding, entry: &ImportedEntry) -> KeyOutcome {
        let fingerprint = &finding.fingerprint;
        if self.allowed.contains(fingerprint) {
            return KeyOutcome::Allowed;
        }
        let Some(all) = self.by_key.get(fingerprint) else {
            let is_new = self.new.contains(&**fingerprint);
            return if is_new { KeyOutcome::Nameless } else { KeyOutcome::Before };
        };
        // The list names one file; a file that was renamed or a list without files means the key.
        let is_in_file = |at: &&usize| match &self.found[**at].place {
            EntryLocation::File(file) => {
                file.inner.is_none() && entry.path.as_deref() == Some(file.path.as_str())
            }
            EntryLocation::History(_) => false,
        };
        let is_past = |at: &&usize| matches!(self.found[**at].place, EntryLocation::History(_));
        let in_file: Vec<usize> = all.iter().filter(|at| is_in_file(at) || is_past(at)).copied().collect();
        let is_there = |path: &String| self.there.contains(&(&**fingerprint, &**path));
        if in_file.is_empty() && entry.path.as_ref().is_some_and(is_there) {
            return KeyOutcome::Before;
        }
        match in_file.is_empty() {
            true => self.added.extend(all),
            false => self.added.extend(in_file),
        }
        KeyOutcome::Baseline
    }

    /// What a scan would still report of a key.
    fn remaining(&self, finding: &Finding, scope: Scope) -> Option<Finding> {
        if self.allowed.contains(&finding.fingerprint) {
            return None;
        }
        let all = self.by_key.get(&finding.fingerprint).map_or(&[][..], Vec::as_slice);
        let added: Vec<&EntryLocation> =
            all.iter().filter(|at| self.added.contains(at)).map(|at| &self.found[*at].place).collect();
        let is_covered = match scope {
            Scope::File => added.len() == all.len(),
            Scope::Secret => true,
        };
        if is_covered && !added.is_empty() {
            return None;
        }
        let mut rest = finding.clone();
        rest.occurrences.retain(|place| {
            !added.iter().any(|added| matches!(added, EntryLocation::File(file) if *file.path == *place.path))
        });
        Some(if rest.occurrences.is_empty() { finding.clone() } else { rest })
    }
}
