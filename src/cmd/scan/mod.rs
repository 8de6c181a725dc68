//! `skanner scan`: source, engine, report, reporter.

mod allowed;
mod files;
pub(super) mod range;
pub(super) mod staged;

use std::{
    collections::{HashMap, HashSet},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};

use super::{
    Verdict,
    baseline::{self, Sight},
    history,
    progress::Progress,
    settings::{self, Call},
    wants_progress,
    worker::Workshop,
};
use crate::{
    cli::{ReportArgs, ScanArgs},
    config::{MIN_CONFIDENCE, Source},
    finding::{Configuration, Report, Subject, Suppressed},
    report::{self, View},
    rule::Confidence,
    scan::Engine,
    source, whole_file,
};

pub(super) use staged::{base, open};

pub(super) fn run(args: &ScanArgs, color: bool) -> Result<Verdict> {
    if args.staged {
        staged::run(&args.report, args.all, color)
    } else if args.range.is_empty() {
        files::run(args, color)
    } else {
        range::run(&args.report, &args.range, color)
    }
}

/// Scans what is new in what is staged.
pub(super) fn staged(args: &ReportArgs, color: bool) -> Result<Verdict> {
    staged::run(args, false, color)
}

/// What a source has read.
pub(super) struct Read {
    /// The folder that relative paths start from.
    pub(super) base: PathBuf,
    /// What was scanned, where that is not files.
    pub(super) subject: Option<Subject>,
    /// The repositories whose whole history was read.
    pub(super) histories: Vec<history::Read>,
    /// What of it is asked for.
    pub(super) filter: history::Filter,
    /// It shall be said whether the repository may be published.
    pub(super) is_audit: bool,
    /// What was looked at.
    pub(super) sight: Sight,
    /// The files and folders of which all was read.
    pub(super) folders: Vec<PathBuf>,
}

/// What a run has seen, beside what it reports.
pub(super) struct Seen<'a> {
    /// What was looked at.
    pub(super) sight: &'a Sight,
    /// What has looked for keys.
    pub(super) engine: &'a Engine,
    /// The fingerprints of keys that are there and not reported, by rule, level or options.
    pub(super) left_out: &'a HashSet<String>,
}

impl Read {
    /// What is in a folder that paths start from.
    pub(super) fn files(base: PathBuf) -> Self {
        Self {
            base,
            subject: None,
            histories: Vec::new(),
            filter: history::Filter::default(),
            is_audit: false,
            sight: Sight::Files(Vec::new()),
            folders: Vec::new(),
        }
    }

    /// A part of a repository; `base` is the folder that its paths start from.
    pub(super) fn git(base: PathBuf, subject: Subject) -> Self {
        Self { subject: Some(subject), sight: Sight::Index, ..Self::files(base) }
    }
}

/// Lets `feed` push a source into the workers, and reports what they found and nobody knew.
pub(super) fn conclude(
    call: &Call,
    color: bool,
    feed: impl FnOnce(&Workshop<'_>) -> Result<Read>,
) -> Result<Verdict> {
    let known = |report: &mut Report, seen: &Seen<'_>| baseline::apply(report, seen, call);
    conclude_with(call, color, feed, known).map(|(verdict, ())| verdict)
}

/// The same with something else in place of the baseline.
pub(super) fn conclude_with<T>(
    call: &Call,
    color: bool,
    feed: impl FnOnce(&Workshop<'_>) -> Result<Read>,
    known: impl FnOnce(&mut Report, &Seen<'_>) -> Result<T>,
) -> Result<(Verdict, T)> {
    let start = Instant::now();
    let args = &call.args;
    let (report, outcome) = scan(call, feed, known)?;
    let view = View { color, quiet: args.quiet, verbose: args.verbose, elapsed: start.elapsed() };
    write_reports(args, &call.settings.format.value, &report, &view)?;
    let verdict = if !report.is_complete() {
        Verdict::NotAProof
    } else if report.findings.is_empty() || args.exit_zero {
        Verdict::Clean
    } else {
        Verdict::Findings
    };
    Ok((verdict, outcome))
}

fn scan<T>(
    call: &Call,
    feed: impl FnOnce(&Workshop<'_>) -> Result<Read>,
    known: impl FnOnce(&mut Report, &Seen<'_>) -> Result<T>,
) -> Result<(Report, T)> {
    let Call { args, settings, looks_for_all, .. } = call;
    let least = &settings.min_confidence;
    // What a file keeps from being reported is counted, so it must be found.
    let is_by_file = matches!(least.from, Source::File(_));
    let looked_for = if is_by_file { least.value.min(MIN_CONFIDENCE) } else { least.value };
    let searched = if *looks_for_all { Confidence::Possible } else { looked_for };
    let engine =
        Engine::with_rules(settings.rule_set(), searched, args.show_secrets).watch(allowed::words(call));
    let progress = (wants_progress() && !args.no_progress).then(Progress::start);
    let workshop = Workshop::new(&engine, progress.as_ref().map(Progress::counts).cloned());
    let mut read = feed(&workshop)?;
    let locations = history::locate(&mut read.histories, &workshop);
    drop(progress);

    let (mut report, marked) = workshop.into_report();
    let mut left_out = HashSet::new();
    report.findings.retain(|finding| {
        let is_wanted = finding.confidence >= looked_for;
        if !is_wanted {
            left_out.insert(finding.fingerprint.clone());
        }
        is_wanted
    });
    let masks = Workshop::new(&engine, None);
    // Options leave out whole keys; what suppresses places comes before, so that it is known what each of them is for.
    let mut unwanted = HashMap::new();
    for finding in &mut report.findings {
        let life = history::life(finding, &locations);
        let by = settings
            .leaves_out(&finding.rule.id)
            .or_else(|| (finding.confidence < least.value).then(|| least.from.name()))
            .or_else(|| read.filter.leaves_out(finding, life.as_ref(), &locations).map(str::to_owned));
        match by {
            Some(by) => drop(unwanted.insert(finding.fingerprint.clone(), by)),
            None => finding.history = life.map(|life| history::told(life, &mut masks.worker())),
        }
    }
    allowed::apply(call, &mut report, &marked, &read, looked_for)?;
    left_out.extend(unwanted.keys().cloned());
    let counts = &mut report.left_out;
    report.findings.retain(|finding| {
        let by = unwanted.get(&finding.fingerprint);
        if let Some(by) = by {
            *counts.entry(by.clone()).or_default() += 1;
        }
        by.is_none()
    });
    report.suppressed.retain(|Suppressed { finding, .. }| !unwanted.contains_key(&finding.fingerprint));
    report.is_shallow = read.histories.iter().any(history::Read::is_shallow);
    report.is_audit = read.is_audit;
    report.base = read.base;
    report.subject = read.subject;
    report.show_secrets = args.show_secrets;
    report.show_suppressed = args.show_suppressed;
    report.configuration = settings
        .config
        .as_ref()
        .map(|config| Configuration { file: config.shown.to_string(), weakened: settings.weakened() });
    report.trusts_foreign = !args.trust_foreign_markers && allowed::trusts_foreign(call);
    let outcome = known(&mut report, &Seen { sight: &read.sight, engine: &engine, left_out: &left_out })?;
    let mut worker = masks.worker();
    report.mask_suppressions(|text| worker.safe(text.as_bytes()));
    drop(worker);
    let names = args.output.iter().map(|output| &output.format).chain([&settings.format.value]);
    if names.filter_map(|name| report::format(name)).any(|format| format.wants_line_hashes) {
        report.root = source::repository_root(&report.base).and_then(|root| root.canonicalize().ok());
        files::add_line_hashes(&mut report);
    }
    Ok((report, outcome))
}

/// Goes to the root of the tree, as `git -C` does, so that a file has the same path in the work tree, in the index and
/// in the history. The files of options are where the user means them.
pub(super) fn enter(base: &Path, args: &ReportArgs) -> Result<ReportArgs> {
    let mut args = args.clone();
    let absolute = |file: &Path| std::path::absolute(file).context("the current folder is gone");
    for output in &mut args.output {
        output.file = absolute(&output.file)?;
    }
    if let Some(config) = settings::named(&args.settings.config) {
        args.settings.config.config = Some(absolute(&config)?);
    }
    if let Some(baseline) = &args.settings.baseline {
        args.settings.baseline = Some(absolute(baseline)?);
    }
    std::env::set_current_dir(base).with_context(|| format!("cannot enter {}", base.display()))?;
    Ok(args)
}

pub(super) fn threads(args: &ReportArgs) -> usize {
    args.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, std::num::NonZero::get)
}

fn write_reports(args: &ReportArgs, format: &str, report: &Report, view: &View) -> Result<()> {
    let rendered = |name: &str, view: &View| -> Result<Vec<u8>> {
        let format = report::format(name).context("clap lets only known formats pass")?;
        let mut text = Vec::new();
        (format.write)(report, view, &mut text)?;
        Ok(text)
    };
    // A file that cannot be written must not cost the report on standard output.
    let files: Result<Vec<()>> = args
        .output
        .iter()
        .map(|output| {
            let text = rendered(&output.format, &View { color: false, ..*view })?;
            replace(&output.file, &text).with_context(|| format!("cannot write {}", output.file.display()))
        })
        .collect();
    let text = rendered(format, view)?;
    let mut out = io::stdout().lock();
    match out.write_all(&text).and_then(|()| out.flush()) {
        // Whoever read the output has seen enough of it; the verdict stays.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        result => result.context("cannot write to standard output")?,
    }
    files.map(|_| ())
}

/// Writes a file whole or not at all, so that a run that is cut short leaves no half report.
fn replace(file: &Path, text: &[u8]) -> io::Result<()> {
    if file.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
        // A device such as /dev/stderr, or a link: write through it.
        return std::fs::write(file, text);
    }
    whole_file::replace(file, text)
}
