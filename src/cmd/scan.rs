//! `skanner scan`: source, engine, report, reporter.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::{Context, Result, ensure};

use super::{Verdict, find_rule, history, progress::Progress, wants_progress, worker::Workshop};
use crate::{
    blob::SourceKind,
    cli::ScanArgs,
    finding::{Finding, Report},
    report::{self, View},
    scan::Engine,
    source::{self, Stdin, Walk},
};

pub(super) fn run(args: &ScanArgs, color: bool) -> Result<Verdict> {
    let start = Instant::now();
    for id in args.rule.iter().chain(&args.exclude_rule) {
        find_rule(id)?;
    }
    let report = scan(args)?;
    let view = View { color, quiet: args.quiet, verbose: args.verbose, elapsed: start.elapsed() };
    write_reports(args, &report, &view)?;
    Ok(if !report.is_complete() {
        Verdict::NotAProof
    } else if report.findings.is_empty() || args.exit_zero {
        Verdict::Clean
    } else {
        Verdict::Findings
    })
}

fn scan(args: &ScanArgs) -> Result<Report> {
    let engine = Engine::new(args.min_confidence, args.show_secrets);
    let progress = (wants_progress() && !args.no_progress).then(Progress::start);
    let workshop = Workshop::new(&engine, progress.as_ref().map(Progress::counts).cloned());

    let (stdin, roots): (Vec<_>, Vec<_>) =
        args.paths.iter().cloned().partition(|path| path == Path::new("-"));
    if !stdin.is_empty() {
        Stdin { name: args.stdin_filename.clone() }.feed(&mut workshop.worker());
    }
    ensure!(args.stdin_filename.is_none() || !stdin.is_empty(), "--stdin-filename goes with the path `-`");
    let read = if args.history {
        history::read(&roots, threads(args), args.allow_shallow, &workshop)
    } else {
        Vec::new()
    };
    let locations = history::locate(&read, threads(args), &workshop);
    if !args.history && !roots.is_empty() {
        Walk { roots: distinct(roots), respect_ignore: !args.no_ignore, threads: threads(args) }
            .feed(&|| workshop.worker());
    }
    drop(progress);

    let mut report = workshop.into_report();
    report.findings.retain(|finding| is_wanted(args, finding));
    let masks = Workshop::new(&engine, None);
    for finding in &mut report.findings {
        history::tell(finding, &locations, &mut masks.worker());
    }
    report.base = std::env::current_dir().context("the current folder is gone")?;
    report.show_secrets = args.show_secrets;
    let names = args.output.iter().map(|output| &output.format).chain([&args.format]);
    if names.filter_map(|name| report::format(name)).any(|format| format.wants_line_hashes) {
        report.root = source::repository_root(&report.base).and_then(|root| root.canonicalize().ok());
        add_line_hashes(&mut report);
    }
    Ok(report)
}

fn is_wanted(args: &ScanArgs, finding: &Finding) -> bool {
    let id = &finding.rule.id;
    finding.confidence >= args.min_confidence
        && (args.rule.is_empty() || args.rule.contains(id))
        && !args.exclude_rule.contains(id)
}

fn threads(args: &ScanArgs) -> usize {
    args.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, std::num::NonZero::get)
}

fn distinct(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    paths.into_iter().filter(|path| seen.insert(path.clone())).collect()
}

/// Reads the files that hold findings once more, for a report that wants GitHub's hashes of their lines.
fn add_line_hashes(report: &mut Report) {
    let mut lines: BTreeMap<Arc<str>, BTreeSet<u64>> = BTreeMap::new();
    let mut places: Vec<_> =
        report.findings.iter_mut().flat_map(|finding| &mut finding.occurrences).collect();
    places.retain(|place| place.source == SourceKind::File && place.archive.is_none());
    for place in &places {
        lines.entry(place.path.clone()).or_default().insert(place.span.line);
    }
    let hashes: BTreeMap<_, _> = lines
        .into_iter()
        .filter_map(|(path, wanted)| {
            // What cannot be read again goes without: the hash only helps GitHub to tell alerts apart.
            if !std::fs::symlink_metadata(&*path).ok()?.is_file() {
                return None;
            }
            let file = File::open(&*path).ok()?;
            Some((path, report::line_hashes(BufReader::new(file), &wanted).ok()?))
        })
        .collect();
    for place in places {
        place.line_hash =
            hashes.get(&place.path).and_then(|lines| Some(lines.get(&place.span.line)?.clone()));
    }
}

fn write_reports(args: &ScanArgs, report: &Report, view: &View) -> Result<()> {
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
    let text = rendered(&args.format, view)?;
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
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = file.with_file_name(name);
    std::fs::write(&temporary, text)?;
    std::fs::rename(&temporary, file).inspect_err(|_| {
        let _ = std::fs::remove_file(&temporary);
    })
}
