//! One run of the program: it shows how far it has come, writes reports, and ends in a verdict.

mod output;
mod progress;

use std::time::Instant;

use anyhow::Result;

use super::{
    baseline,
    coverage::{Coverage, RunContext},
    run::collect,
    settings::Session,
    worker::WorkerPool,
};
use crate::{finding::Report, report::ReportDocument};

pub(crate) use progress::Progress;

pub(crate) use output::{check as check_files, write_document};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing found, everything read.
    Clean,
    /// Keys were found.
    Findings,
    /// Not everything could be read, so the run proves nothing.
    Incomplete,
}

/// Lets `feed` push a source into the workers, and reports what they found and nobody knew.
pub(crate) fn conclude(
    session: &Session,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
) -> Result<Verdict> {
    conclude_report(session, feed).map(|(verdict, _)| verdict)
}

/// The same, for a caller that has more to say about the report.
pub(crate) fn conclude_report(
    session: &Session,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
) -> Result<(Verdict, Report)> {
    let known = |report: &mut Report, context: &RunContext<'_>| baseline::apply(report, context, session);
    conclude_with(session, feed, known).map(|(verdict, report, ())| (verdict, report))
}

/// The same with something else in place of the baseline.
pub(crate) fn conclude_with<T>(
    session: &Session,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
    known: impl FnOnce(&mut Report, &RunContext<'_>) -> Result<T>,
) -> Result<(Verdict, Report, T)> {
    let start = Instant::now();
    let options = &session.options;
    output::check(&options.outputs)?;
    let format = &session.settings.format.value;
    let (mut report, outcome) = gather_with(session, feed, known)?;
    output::locate(options, format, &mut report);
    let view = options.view(start.elapsed());
    let document = ReportDocument::new(&report);
    output::write_document(&options.outputs, format, &document, &view)?;
    let verdict = verdict(report.is_complete(), document.has_failing() && !options.exit_zero);
    Ok((verdict, report, outcome))
}

/// Lets `feed` push a source into the workers, shows how far it is, and writes no report.
pub(crate) fn gather(
    session: &Session,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
) -> Result<Report> {
    let known = |report: &mut Report, context: &RunContext<'_>| baseline::apply(report, context, session);
    gather_with(session, feed, known).map(|(report, ())| report)
}

/// The same with something else in place of the baseline.
pub(crate) fn gather_with<T>(
    session: &Session,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
    known: impl FnOnce(&mut Report, &RunContext<'_>) -> Result<T>,
) -> Result<(Report, T)> {
    let options = &session.options;
    let progress =
        (options.progress && !session.settings.no_progress.value).then(|| Progress::start("objects"));
    let counts = progress.as_ref().map(Progress::counts).cloned();
    let known = |report: &mut Report, context: &RunContext<'_>| {
        drop(progress);
        known(report, context)
    };
    collect(session, &session.engine(), counts, feed, known)
}

/// How a run ended that read everything or not, and found keys or not.
pub(crate) fn verdict(is_complete: bool, has_findings: bool) -> Verdict {
    match has_findings {
        _ if !is_complete => Verdict::Incomplete,
        true => Verdict::Findings,
        false => Verdict::Clean,
    }
}
