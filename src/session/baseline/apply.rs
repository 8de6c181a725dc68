//! Removes known findings from a report.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};

#[cfg(feature = "git")]
use super::current::CurrentState;
#[cfg(not(feature = "git"))]
use super::disk::DiskState as CurrentState;
use super::{
    location::{BaselineLocation, is_off_disk},
    words::{StaleReason, expired_entry, suppression, unused_entry},
};
use crate::{
    baseline::{
        self, Baseline, BaselineEntry, BaselinePaths, BaselineScope, Completeness, EntryLocation, FilePath,
        MatchContext, Matcher,
    },
    cold::ColdSort,
    config::{self, MIN_CONFIDENCE, SettingSource, Settings},
    day::Day,
    finding::{Finding, Fingerprint, Report, Suppressed, SuppressionKind, Unused},
    path::WholePath,
    session::{
        coverage::{RunContext, ScanScope},
        redact::Redactor,
        settings::Session,
        worker::WorkerPool,
    },
    source::FileReader,
};

/// A scan names at most this many unmatched entries. For more there is `skanner baseline`.
const FEW: usize = 20;

/// A scan rereads at most this many files to find out whether entries still match.
const MOST_READ: usize = 100;

/// Moves known findings out of a report, and names the entries that match nothing, as far as that can be determined.
///
/// # Errors
/// When the baseline was requested and does not exist, or cannot be read.
pub(in crate::session) fn apply(
    report: &mut Report,
    context: &RunContext<'_>,
    session: &Session,
) -> Result<()> {
    let (scope, settings) = (context.scope, &session.settings);
    let Some(location) = BaselineLocation::find(scope, &report.base, session)? else {
        return Ok(());
    };
    let is_requested = settings.baseline.from.is_requested();
    let completeness = completeness(scope, &location, report, settings);
    if !is_requested && report.findings.is_empty() && completeness == Completeness::default() {
        return Ok(());
    }
    let read = || {
        #[cfg(feature = "git")]
        if let Some(trust) = session.range_trust.as_ref().filter(|_| !is_requested) {
            let inner = location.file.strip_prefix(&location.root).ok();
            let bytes = inner.and_then(|inner| trust.file(inner));
            return bytes.map(|bytes| Baseline::parse(&bytes, &location.shown)).transpose();
        }
        baseline::read(&location.file, &location.shown, location.follow)
    };
    let Some(mut baseline) = read()? else {
        ensure!(
            !is_requested,
            "there is no baseline {}; `skanner baseline create {0}` creates one from everything that is found now",
            location.shown
        );
        return Ok(());
    };
    let comparison = BaselineComparison { context, location: &location, settings };
    let expired = baseline.take_expired(Day::today());
    comparison.apply(report, &baseline, completeness, Some(FEW));
    comparison.name_expired(report, &expired, Some(FEW));
    if report.is_audit() && !session.options.accept_baseline {
        report.restore_baseline();
    }
    Ok(())
}

/// What an entry of the baseline applies to.
fn scope(settings: &Settings) -> BaselineScope {
    match settings.baseline_scope.value {
        config::Scope::File => BaselineScope::File,
        config::Scope::Secret => BaselineScope::Secret,
    }
}

/// What the run covered completely enough that an unmatched entry there is stale. Options that make this run report
/// less do not make entries stale.
fn completeness(
    scope: &ScanScope,
    location: &BaselineLocation,
    report: &Report,
    settings: &Settings,
) -> Completeness {
    let is_usual = |source: &SettingSource| !source.is_requested();
    let least = &settings.min_confidence;
    let is_plain = is_usual(&settings.families.from)
        && is_usual(&settings.rules.from)
        && is_usual(&settings.exclude_rules.from)
        && (is_usual(&least.from) || least.value <= MIN_CONFIDENCE);
    let is_root = |path: &Path| {
        let path = location.bases.files.join(path).whole();
        path.is_ok_and(|path| location.root.starts_with(path))
    };
    let (files, history) = match scope {
        ScanScope::Files(named) => (named.iter().any(|path| is_root(path)), false),
        ScanScope::History { with_files, is_whole, .. } => (*with_files, *is_whole && report.is_complete()),
        ScanScope::Index | ScanScope::Commits { .. } => (false, false),
    };
    Completeness { files: files && is_plain, history: history && is_plain }
}

/// A run and the baseline it is compared with.
pub(crate) struct BaselineComparison<'a> {
    pub(crate) context: &'a RunContext<'a>,
    pub(crate) location: &'a BaselineLocation,
    pub(crate) settings: &'a Settings,
}

impl BaselineComparison<'_> {
    fn places(&self) -> BaselinePaths {
        let named: &[_] = if let ScanScope::Files(named) = self.context.scope { named } else { &[] };
        BaselinePaths::new(&self.location.directory, &self.location.bases, named)
    }

    /// Moves known findings out of the report, and names at most `most` entries that match nothing. Returns whether
    /// every entry is of use.
    pub(crate) fn apply(
        &self,
        report: &mut Report,
        baseline: &Baseline,
        completeness: Completeness,
        most: Option<usize>,
    ) -> bool {
        let mut cover = self.run(report, baseline);
        let unused = self.unused(&mut cover, &report.suppressed, completeness, most);
        let shown = &self.location.shown;
        let named = unused.iter().take(most.unwrap_or(usize::MAX));
        report.unused.extend(named.map(|(at, why)| unused_entry(&baseline.entries()[*at], *why, shown)));
        report.unused.cold_sort();
        if most.is_some_and(|most| unused.len() > most) {
            report.unused.push(Unused {
                place: shown.clone(),
                line: None,
                what: "more entries".to_owned(),
                why: "`skanner baseline check` lists them all, and `skanner baseline update` removes them"
                    .to_owned(),
            });
        }
        unused.is_empty()
    }

    /// Names at most `most` entries whose last day is over.
    pub(crate) fn name_expired(&self, report: &mut Report, expired: &[BaselineEntry], most: Option<usize>) {
        let named = expired.iter().take(most.unwrap_or(usize::MAX));
        report.unused.extend(named.map(|entry| expired_entry(entry, &self.location.shown)));
        report.unused.cold_sort();
    }

    /// Moves known findings to the suppressed ones.
    pub(crate) fn run<'b>(&self, report: &mut Report, baseline: &'b Baseline) -> Matcher<'b> {
        let places = self.places();
        let present = CurrentState::new(self.context.scope, &places, &self.location.bases.tree);
        let context = MatchContext {
            places: &places,
            is_past: &|occurrence| present.is_past(occurrence),
            is_gone: &|path| present.is_gone(path),
        };
        let mut cover = Matcher::new(baseline, scope(self.settings));
        for finding in std::mem::take(&mut report.findings) {
            let split = cover.take(finding, &context);
            report.findings.extend(split.new);
            report.suppressed.extend(split.known.into_iter().map(|(at, finding)| {
                let by = suppression(&baseline.entries()[at], &self.location.shown);
                Suppressed { finding, by }
            }));
        }
        // Occurrences suppressed by comments and the configuration are already there.
        report.suppressed.cold_sort_by(|a, b| order(a).cmp(&order(b)));
        cover
    }

    /// The entries that match nothing, neither a reported key nor one excluded by rule or confidence. If an entry's
    /// file still exists, it may only not have been read, so it is read now. That step is skipped if there are more
    /// than `most` without it, or far more with it, so that an old baseline costs only a few file checks.
    pub(crate) fn unused(
        &self,
        cover: &mut Matcher<'_>,
        suppressed: &[Suppressed],
        completeness: Completeness,
        most: Option<usize>,
    ) -> Vec<(usize, StaleReason)> {
        let places = self.places();
        let entries = cover.baseline().entries();
        let mut there: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
        let mut gone = Vec::new();
        let waiting = cover.unused(completeness);
        let by_others = if waiting.is_empty() { HashSet::new() } else { by_others(suppressed, &places) };
        let excluded: HashSet<Fingerprint> =
            self.context.excluded.iter().filter_map(|fingerprint| Fingerprint::parse(fingerprint)).collect();
        for at in waiting {
            let is_excluded = excluded.contains(&entries[at].fingerprint);
            if is_excluded
                && (matches!(entries[at].place, EntryLocation::History(_))
                    || scope(self.settings) == BaselineScope::Secret)
            {
                cover.confirm(at);
                continue;
            }
            let EntryLocation::File(path) = &entries[at].place else {
                gone.push((at, StaleReason::Gone));
                continue;
            };
            if by_others.contains(&(entries[at].fingerprint, path.clone())) {
                gone.push((at, StaleReason::ByOthers));
                continue;
            }
            let files = places.files(path);
            let is_gone = files.iter().all(|file| is_off_disk(file));
            // A masked secret is part of its name, it lies outside of what was read, or it was renamed and is not
            // reported under the new name.
            if files.is_empty() || !self.is_inside(path) || is_gone && is_excluded {
                cover.confirm(at);
                continue;
            }
            if is_gone {
                gone.push((at, StaleReason::Gone));
            }
            for file in files.into_iter().filter(|_| !is_gone) {
                there.entry(file).or_default().push(at);
            }
            if most.is_some_and(|most| gone.len() > most || there.len() > MOST_READ) {
                return gone;
            }
        }
        if !there.is_empty() {
            let read = read(there.keys(), self.context.redactor);
            let missed = read.not_scanned.iter().map(|input| input.file.as_ref().unwrap_or(&input.what));
            for at in missed.filter_map(|path| there.get(Path::new(path))).flatten() {
                cover.confirm(*at);
            }
            let waiting =
                there.values().flatten().map(|at| ((entries[*at].fingerprint, &entries[*at].place), *at));
            let waiting: HashMap<_, _> = waiting.collect();
            for finding in &read.findings {
                let Some(fingerprint) = Fingerprint::parse(&finding.fingerprint) else { continue };
                for path in finding.occurrences.iter().filter_map(|one| places.of(one)) {
                    if let Some(at) = waiting.get(&(fingerprint, &EntryLocation::File(path))) {
                        cover.confirm(*at);
                    }
                }
            }
        }
        let why: HashMap<usize, StaleReason> = gone.into_iter().collect();
        let unused = cover.unused(completeness).into_iter();
        unused.map(|at| (at, why.get(&at).copied().unwrap_or(StaleReason::Gone))).collect()
    }

    /// Whether a path of the baseline is within what was scanned.
    fn is_inside(&self, path: &FilePath) -> bool {
        if !path.path.starts_with("../") {
            return true;
        }
        let up = path.path.split('/').take_while(|part| *part == "..").count();
        self.location
            .directory
            .ancestors()
            .nth(up)
            .is_some_and(|directory| directory.starts_with(&self.location.root))
    }
}

/// Scans some files.
fn read<'a>(files: impl Iterator<Item = &'a PathBuf>, redactor: &Redactor) -> Report {
    let pool = WorkerPool::new(redactor.engine(), redactor, None, None);
    let mut worker = pool.worker();
    let mut reader = FileReader::default();
    for file in files {
        match file.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => FileReader::feed_link(file, &mut worker),
            _ => reader.feed(file, false, &mut worker),
        }
    }
    drop(worker);
    pool.into_report().0
}

/// The order of findings.
fn order(one: &Suppressed) -> impl Ord + '_ {
    let Finding { occurrences, rule, fingerprint, .. } = &one.finding;
    let first = occurrences.first().map(|first| (&first.path, first.archive.as_deref(), first.span));
    (first, &rule.id, fingerprint, &one.by)
}

/// Everything suppressed by something other than a baseline.
fn by_others(suppressed: &[Suppressed], places: &BaselinePaths) -> HashSet<(Fingerprint, FilePath)> {
    let others = suppressed.iter().filter(|one| one.by.kind != SuppressionKind::Baseline);
    let keys = others.filter_map(|one| Some((Fingerprint::parse(&one.finding.fingerprint)?, &one.finding)));
    keys.flat_map(|(fingerprint, finding)| {
        let paths = finding.occurrences.iter().filter_map(|one| places.of(one));
        paths.map(move |path| (fingerprint, path))
    })
    .collect()
}
