//! One run of the program: it shows how far it has come, writes reports, and ends in a verdict.

mod output;
mod progress;

use std::time::Instant;

use anyhow::Result;

use super::{
    coverage::{Coverage, RunContext},
    run::{ApplyKnown, Feed, apply_baseline, collect},
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
    write_gathered(session, Box::new(feed), apply_baseline(session))
}

/// The same with something else in place of the baseline.
pub(crate) fn conclude_with<T>(
    session: &Session,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
    known: impl FnOnce(&mut Report, &RunContext<'_>) -> Result<T>,
) -> Result<(Verdict, Report, T)> {
    let mut outcome = None;
    let known = keeping_outcome(known, &mut outcome);
    let (verdict, report) = write_gathered(session, Box::new(feed), known)?;
    Ok((verdict, report, outcome.expect(KNOWN_IS_CALLED)))
}

/// Lets `feed` push a source into the workers, shows how far it is, and writes no report.
pub(crate) fn gather(
    session: &Session,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
) -> Result<Report> {
    gather_shown(session, Box::new(feed), apply_baseline(session))
}

/// The same with something else in place of the baseline.
pub(crate) fn gather_with<T>(
    session: &Session,
    feed: impl FnOnce(&WorkerPool<'_>) -> Result<Coverage>,
    known: impl FnOnce(&mut Report, &RunContext<'_>) -> Result<T>,
) -> Result<(Report, T)> {
    let mut outcome = None;
    let known = keeping_outcome(known, &mut outcome);
    let report = gather_shown(session, Box::new(feed), known)?;
    Ok((report, outcome.expect(KNOWN_IS_CALLED)))
}

const KNOWN_IS_CALLED: &str = "a run without an error has called `known`";

/// Puts what `known` returns into `outcome`, so that runs are not compiled for each type of it.
fn keeping_outcome<'a, T>(
    known: impl FnOnce(&mut Report, &RunContext<'_>) -> Result<T> + 'a,
    outcome: &'a mut Option<T>,
) -> ApplyKnown<'a> {
    Box::new(move |report, context| {
        *outcome = Some(known(report, context)?);
        Ok(())
    })
}

fn write_gathered(session: &Session, feed: Feed<'_>, known: ApplyKnown<'_>) -> Result<(Verdict, Report)> {
    let start = Instant::now();
    output::check(&session.options.outputs)?;
    let mut report = gather_shown(session, feed, known)?;
    let document = document_of(session, &mut report);
    Ok((write_verdict(session, &document, start)?, report))
}

/// What the formats of a session write of a report.
pub(crate) fn document_of(session: &Session, report: &mut Report) -> ReportDocument {
    output::locate(&session.options, &session.settings.format.value, report);
    ReportDocument::new(report)
}

/// Writes the report of a run that began at `start`, and says how the run ended.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_verdict(session: &Session, document: &ReportDocument, start: Instant) -> Result<Verdict> {
    let options = &session.options;
    let view = options.view(start.elapsed());
    output::write_document(&options.outputs, &session.settings.format.value, document, &view)?;
    Ok(verdict(document.run.complete, document.has_failing() && !options.exit_zero))
}

fn gather_shown(session: &Session, feed: Feed<'_>, known: ApplyKnown<'_>) -> Result<Report> {
    let options = &session.options;
    let progress =
        (options.progress && !session.settings.no_progress.value).then(|| Progress::start("objects"));
    let counts = progress.as_ref().map(Progress::counts).cloned();
    let known: ApplyKnown<'_> = Box::new(|report, context| {
        drop(progress);
        known(report, context)
    });
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
