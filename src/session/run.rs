//! One run, from its source to its report.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use anyhow::Result;

use super::{
    baseline,
    counts::Counts,
    coverage::{Coverage, RunContext},
    policy,
    redact::hide_pieces,
    rule_paths::RulePaths,
    settings::Session,
    suppress,
    worker::WorkerPool,
};
#[cfg(feature = "git")]
use super::{history, untrusted};
use crate::{
    blob::{Blob, Content, Origin, SourceKind},
    config::{MIN_CONFIDENCE, RuleFile, SettingSource},
    finding::{Configuration, Finding, LookedFor, Report, RuleFileUse, Suppressed, Tolerated},
    path::shown_text,
    rule::{Confidence, Severity},
    scan::{Engine, SecretPieces},
    source::Sink,
};

/// Pushes a source into the workers. It is boxed so that what a run does is compiled once for all sources.
pub(super) type Feed<'a> = Box<dyn FnOnce(&WorkerPool<'_>) -> Result<Coverage> + 'a>;

/// What becomes of what is known already, once everything has been read.
pub(super) type ApplyKnown<'a> = Box<dyn FnOnce(&mut Report, &RunContext<'_>) -> Result<()> + 'a>;

/// Runs a source up to the finished report, with the baseline applied, and writes nothing.
pub(crate) fn report<'a>(
    session: &'a Session,
    engine: &Engine,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage> + 'a,
) -> Result<Report> {
    collect(session, engine, None, Box::new(feed), apply_baseline(session))
}

/// Takes what the baseline lists for known.
pub(super) fn apply_baseline(session: &Session) -> ApplyKnown<'_> {
    Box::new(|report, context| baseline::apply(report, context, session))
}

/// Workers for what a session scans, with counts of what has been read so far for whoever shows them.
pub(super) fn worker_pool<'a>(
    session: &'a Session,
    engine: &'a Engine,
    counts: Option<Arc<Counts>>,
) -> WorkerPool<'a> {
    let base = session.settings.config.as_ref().map(|config| config.base.as_path());
    let rule_paths = engine.needs_paths().then(|| RulePaths::new(base));
    WorkerPool::new(engine, &session.redactor, counts, rule_paths).keeping(&session.known)
}

/// What a run would find in these bytes, under this path, whatever the baseline lists.
///
/// # Errors
/// When a list of suppressions cannot be read.
pub(crate) fn probe(session: &Session, engine: &Engine, bytes: &[u8], path: &[u8]) -> Result<Report> {
    let feed = |pool: &WorkerPool<'_>| {
        pool.worker().blob(Blob::new(Origin::new(SourceKind::Stdin, path), Content::Bytes(bytes)));
        Ok(Coverage::files(session.root.clone()))
    };
    collect(session, engine, None, Box::new(feed), Box::new(|_, _| Ok(())))
}

/// The same with something else in place of the baseline, and with counts of what has been read so far for whoever shows
/// them. Everything has been read when `known` is called.
pub(super) fn collect(
    session: &Session,
    engine: &Engine,
    counts: Option<Arc<Counts>>,
    feed: Feed<'_>,
    known: ApplyKnown<'_>,
) -> Result<Report> {
    let redactor = &session.redactor;
    let least = Least::of(session);
    let pool = worker_pool(session, engine, counts);
    let mut coverage = feed(&pool)?;
    #[cfg(feature = "git")]
    let locations = history::locate(&mut coverage.histories, &pool);

    let (mut report, marked) = pool.into_report();
    let pieces = match session.options.show_secrets {
        true => SecretPieces::default(),
        false => SecretPieces::new(report.findings.iter().map(|finding| &finding.secret)),
    };
    let mut excluded = HashSet::new();
    report.findings.retain(|finding| {
        let is_wanted = finding.confidence >= least.looked_for;
        if !is_wanted {
            excluded.insert(finding.fingerprint.clone());
        }
        is_wanted
    });
    // Options exclude whole keys. Suppressions of occurrences come first, so that each one's effect is known.
    let mut unwanted = unwanted(session, &report);
    #[cfg(feature = "git")]
    history::apply(&mut report, &mut unwanted, &coverage.filter, &locations, redactor);
    let mut tried = policy::begin(session, &mut report, &marked, &coverage, least.looked_for)?;
    #[cfg(feature = "git")]
    let by_change = match &session.range_trust {
        None => HashMap::new(),
        Some(_) => {
            let by = untrusted::allowed_by_change(session, &report, &marked, &coverage, least.looked_for);
            untrusted::keep_comments_of_base(session, engine, &mut report);
            by
        }
    };
    suppress::apply(session, &mut report, &marked, &coverage, least.looked_for)?;
    policy::settle(tried.as_mut(), &mut report);
    excluded.extend(unwanted.keys().cloned());
    exclude(&mut report, &unwanted);
    describe(session, &mut report, &coverage);
    #[cfg(feature = "git")]
    {
        if coverage.histories.len() < 2 {
            report.forget_repositories();
        }
        let outside = coverage.outside.iter().map(|one| format!("{} {}", one.kind, shown_text(&one.path)));
        report.outside = outside.map(|one| redactor.text(one.as_bytes())).collect();
        report.is_shallow = coverage.histories.iter().any(history::HistoryScan::is_shallow);
        report.refs = coverage.histories.first().map(|one| history::refs_read(one.repository(), redactor));
    }
    hide_pieces(&pieces, &mut report);
    let context = RunContext { scope: &coverage.scope, redactor, excluded: &excluded };
    known(&mut report, &context)?;
    #[cfg(feature = "git")]
    for finding in &mut report.findings {
        if let Some(by) = by_change.get(&finding.fingerprint) {
            finding.allowed_by = Some(by.clone());
        }
    }
    policy::finish(session, tried, &mut report);
    report.tolerated = tolerated(session, &report);
    report.mask_suppressions(|text| {
        let mut text = redactor.text(text.as_bytes());
        pieces.hide(&mut text);
        text
    });
    report.not_read.mask(|name| {
        let mut name = name.to_owned();
        pieces.hide(&mut name);
        name
    });
    Ok(report)
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
    /// Which secrets a run looks for.
    pub(crate) fn looked_for(&self) -> LookedFor {
        let mut looked_for = LookedFor::new(self.settings.families(), self.settings.rule_count() as u64);
        looked_for.values.clone_from(&self.known.sources);
        looked_for
    }

    /// An engine that looks for what this run needs.
    pub(crate) fn engine(&self) -> Engine {
        let masker = (!self.options.show_secrets).then(|| self.redactor.masker());
        Engine::for_families(
            self.settings.families(),
            self.settings.rule_set(),
            Least::of(self).searched,
            masker,
        )
        .watch(suppress::words(self))
    }
}

impl Least {
    fn of(session: &Session) -> Self {
        let least = &session.settings.min_confidence;
        let is_by_file = matches!(least.from, SettingSource::File(_) | SettingSource::Policy(_));
        let looked_for = if is_by_file { least.value.min(MIN_CONFIDENCE) } else { least.value };
        let searched = if session.looks_for_all { Confidence::Possible } else { looked_for };
        Self { searched, looked_for }
    }
}

/// The findings that options exclude whatever their history is, by fingerprint, with the option's name.
fn unwanted(session: &Session, report: &Report) -> HashMap<String, String> {
    let settings = &session.settings;
    let least = &settings.min_confidence;
    let by = |finding: &Finding| {
        settings
            .leaves_out(&finding.rule.id)
            .or_else(|| (finding.confidence < least.value).then(|| least.from.name()))
            .or_else(|| {
                // Where it stands takes a look at every place.
                let is_limited = settings.min_severity.value > Severity::Low;
                let is_below = || finding.severity() < settings.min_severity.value;
                (is_limited && is_below()).then(|| settings.min_severity.from.name())
            })
    };
    let findings = report.findings.iter();
    findings.filter_map(|finding| Some((finding.fingerprint.clone(), by(finding)?))).collect()
}

/// The findings that do not make the run fail. The verdict of an audit is about all of them.
fn tolerated(session: &Session, report: &Report) -> Option<Tolerated> {
    let setting = &session.settings.fail_on;
    let fail_on = setting.value.filter(|_| !report.is_audit())?;
    let is_below = |finding: &&Finding| !fail_on.is_reached(finding.severity(), finding.confidence);
    let keys = report.findings.iter().filter(is_below).count() as u64;
    let by = setting.from.name();
    (keys > 0).then(|| Tolerated { fail_on: fail_on.to_string(), by, keys })
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
    report.looked_for = session.looked_for();
    report.mode = coverage.mode();
    report.is_untrusted = options.untrusted;
    report.base.clone_from(&coverage.base);
    report.subject.clone_from(&coverage.subject);
    report.show_secrets = options.show_secrets;
    report.show_suppressed = options.show_suppressed;
    let taken = |file: &RuleFile| RuleFileUse {
        file: file.file.to_string(),
        tool: file.tool.to_owned(),
        rules: file.rules,
        unused: file.unused,
        left_out: (file.left_out.iter().filter(|part| part.matters).count() as u64)
            .saturating_sub(file.unused),
    };
    report.rules_from = settings.rule_files().map(taken).collect();
    report.configuration = settings.config.as_ref().map(|config| Configuration {
        file: config.shown.to_string(),
        weakened: settings.weakened(),
        trusts_foreign_markers: !options.trust_foreign_markers
            && suppress::trusts(config)
            && suppress::trusts_foreign(session),
    });
}
