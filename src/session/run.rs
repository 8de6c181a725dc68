//! One run, from its source to its verdict.

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use anyhow::Result;

use super::{
    baseline,
    coverage::{Coverage, RunContext},
    history::{self, HistoryScan},
    history_filter::HistoryFilter,
    output,
    progress::Progress,
    settings::Session,
    suppress,
    worker::WorkerPool,
};
use crate::{
    config::{MIN_CONFIDENCE, SettingSource},
    finding::{Configuration, Report, Suppressed},
    locate::ObjectLocations,
    report::View,
    rule::Confidence,
    scan::Engine,
};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing found, and everything read.
    Clean,
    /// Keys were found.
    Findings,
    /// Not everything could be read, so the run proves nothing.
    Incomplete,
}

/// Lets `feed` push a source into the workers, and reports the new findings.
pub(crate) fn conclude(
    session: &Session,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
) -> Result<Verdict> {
    let known = |report: &mut Report, context: &RunContext<'_>| baseline::apply(report, context, session);
    conclude_with(session, feed, known).map(|(verdict, ())| verdict)
}

/// Like [`conclude`], with another step instead of the baseline.
pub(crate) fn conclude_with<T>(
    session: &Session,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
    known: impl FnOnce(&mut Report, &RunContext<'_>) -> Result<T>,
) -> Result<(Verdict, T)> {
    let start = Instant::now();
    let options = &session.options;
    let (report, outcome) = collect(session, &session.engine(), feed, known)?;
    let view = View {
        color: options.color,
        quiet: options.quiet,
        verbose: options.verbose,
        elapsed: start.elapsed(),
    };
    output::write_reports(options, &session.settings.format.value, &report, &view)?;
    let verdict = if !report.is_complete() {
        Verdict::Incomplete
    } else if report.findings.is_empty() || options.exit_zero {
        Verdict::Clean
    } else {
        Verdict::Findings
    };
    Ok((verdict, outcome))
}

/// Runs a source up to the finished report, with the baseline applied, and writes nothing.
pub(crate) fn report(
    session: &Session,
    engine: &Engine,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
) -> Result<Report> {
    let known = |report: &mut Report, context: &RunContext<'_>| baseline::apply(report, context, session);
    collect(session, engine, feed, known).map(|(report, ())| report)
}

fn collect<T>(
    session: &Session,
    engine: &Engine,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
    known: impl FnOnce(&mut Report, &RunContext<'_>) -> Result<T>,
) -> Result<(Report, T)> {
    let Session { options, settings, redactor, .. } = session;
    let least = Least::of(session);
    let progress = (options.progress && !settings.no_progress.value).then(Progress::start);
    let pool = WorkerPool::new(engine, redactor, progress.as_ref().map(Progress::counts).cloned());
    let mut coverage = feed(&pool)?;
    let locations = history::locate(&mut coverage.histories, &pool);
    drop(progress);

    let (mut report, marked) = pool.into_report();
    let mut excluded = HashSet::new();
    report.findings.retain(|finding| {
        let is_wanted = finding.confidence >= least.looked_for;
        if !is_wanted {
            excluded.insert(finding.fingerprint.clone());
        }
        is_wanted
    });
    // Options exclude whole keys. Suppressions of occurrences come first, so that each one's effect is known.
    let unwanted = unwanted(session, &coverage.filter, &locations, &mut report);
    suppress::apply(session, &mut report, &marked, &coverage, least.looked_for)?;
    excluded.extend(unwanted.keys().cloned());
    exclude(&mut report, &unwanted);
    describe(session, &mut report, &coverage);
    let context = RunContext { scope: &coverage.scope, redactor, excluded: &excluded };
    let outcome = known(&mut report, &context)?;
    report.mask_suppressions(|text| redactor.text(text.as_bytes()));
    output::add_line_hashes(options, &settings.format.value, &mut report);
    Ok((report, outcome))
}

/// The lowest confidence a key must have.
struct Least {
    /// To be searched for at all.
    searched: Confidence,
    /// To matter for this run. Keys that the configuration file keeps out of the report are counted, so they must be
    /// found.
    looked_for: Confidence,
}

impl Session {
    /// An engine that looks for what this run needs.
    pub(crate) fn engine(&self) -> Engine {
        let masker = (!self.options.show_secrets).then(|| self.redactor.masker());
        Engine::with_rules(self.settings.rule_set(), Least::of(self).searched, masker)
            .watch(suppress::words(self))
    }
}

impl Least {
    fn of(session: &Session) -> Self {
        let least = &session.settings.min_confidence;
        let is_by_file = matches!(least.from, SettingSource::File(_));
        let looked_for = if is_by_file { least.value.min(MIN_CONFIDENCE) } else { least.value };
        let searched = if session.looks_for_all { Confidence::Possible } else { looked_for };
        Self { searched, looked_for }
    }
}

/// The findings that options exclude, by fingerprint, with the option's name. The other findings get their history.
fn unwanted(
    session: &Session,
    filter: &HistoryFilter,
    locations: &[ObjectLocations<'_>],
    report: &mut Report,
) -> HashMap<String, String> {
    let Session { settings, redactor, .. } = session;
    let least = &settings.min_confidence;
    let mut unwanted = HashMap::new();
    for finding in &mut report.findings {
        let secret_history = history::secret_history(finding, locations);
        let by = settings
            .leaves_out(&finding.rule.id)
            .or_else(|| (finding.confidence < least.value).then(|| least.from.name()))
            .or_else(|| filter.leaves_out(finding, secret_history.as_ref(), locations).map(str::to_owned));
        match by {
            Some(by) => drop(unwanted.insert(finding.fingerprint.clone(), by)),
            None => {
                finding.history =
                    secret_history.map(|secret_history| history::render(secret_history, redactor))
            }
        }
    }
    unwanted
}

/// Removes the findings that options exclude from the report, and counts them there.
fn exclude(report: &mut Report, unwanted: &HashMap<String, String>) {
    let counts = &mut report.excluded;
    report.findings.retain(|finding| {
        let by = unwanted.get(&finding.fingerprint);
        if let Some(by) = by {
            *counts.entry(by.clone()).or_default() += 1;
        }
        by.is_none()
    });
    report.suppressed.retain(|Suppressed { finding, .. }| !unwanted.contains_key(&finding.fingerprint));
}

/// Records in the report what was read, and with which configuration.
fn describe(session: &Session, report: &mut Report, coverage: &Coverage) {
    let Session { options, settings, .. } = session;
    report.is_shallow = coverage.histories.iter().any(HistoryScan::is_shallow);
    report.is_audit = coverage.is_audit;
    report.base.clone_from(&coverage.base);
    report.subject.clone_from(&coverage.subject);
    report.show_secrets = options.show_secrets;
    report.show_suppressed = options.show_suppressed;
    report.configuration = settings
        .config
        .as_ref()
        .map(|config| Configuration { file: config.shown.to_string(), weakened: settings.weakened() });
    report.trusts_foreign = !options.trust_foreign_markers && suppress::trusts_foreign(session);
}
