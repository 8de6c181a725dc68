//! The report for people: each key with its line, why it is a key and what to do, then a summary of the run.

mod finding;
mod layout;
mod link;
mod overview;
mod place;
mod repositories;
mod style;
mod summary;

use std::io::{self, Write};

use anstyle::AnsiColor;
use indicatif::HumanCount;

use finding::by;
use style::{RED, paint};

use super::view::View;
use crate::{
    hidden::escape_control,
    report::{
        document::{ReportDocument, RunReport, SuppressionEntry},
        message::plural,
    },
};

pub(crate) use finding::KeyText;
pub(crate) use layout::hang;

/// How many keys are shown on a terminal that more would scroll out of.
const MOST_SHORT: usize = 20;

/// How many suppressions an audit lists by default.
const MOST_SUPPRESSIONS: usize = 20;

/// How many things that a policy refused are listed by default.
const MOST_REFUSED: usize = 20;

/// How many unused suppressions are listed by default.
const MOST_UNUSED: usize = 20;

/// How many variables are named by default whose values are not looked for.
const MOST_LEFT_OUT: usize = 10;

pub(super) fn write(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let run = &report.run;
    let is_on_terminal = view.width.is_some() && !view.full;
    let is_overview = is_on_terminal && run.audit.is_some() && report.findings.len() > overview::FIRST;
    let is_short = is_on_terminal && !is_overview && report.findings.len() > MOST_SHORT;
    let mut findings =
        if run.audit.is_some() || is_short { report.by_danger() } else { report.findings.iter().collect() };
    if is_short {
        findings.truncate(MOST_SHORT);
    }
    if is_overview {
        findings.clear();
        overview::write(report, view, out)?;
    }
    for finding in findings {
        KeyText { run, finding, suppressed: None, view }.write(out)?;
    }
    if is_short {
        let more = (report.findings.len() - MOST_SHORT) as u64;
        let hint = format!("{}; --full shows all", plural(more, "more key"));
        writeln!(out, "{}\n", paint(view, AnsiColor::BrightBlue, &hint))?;
    }
    for one in run.suppressed_list() {
        KeyText { run, finding: &one.finding, suppressed: Some(&one.suppression), view }.write(out)?;
    }
    for input in &run.not_scanned {
        let label = paint(view, RED, "not scanned");
        writeln!(out, "{label}: {}: {}", escape_control(&input.what), escape_control(&input.why))?;
    }
    if run.audit.is_some() && !run.lists_suppressed() {
        write_suppressions(run, view, out)?;
    }
    if !view.quiet {
        for one in &run.accepted {
            let (label, by) = (paint(view, AnsiColor::BrightCyan, "accepted"), by(&one.suppression));
            let (what, why) = (escape_control(&one.input.what), escape_control(&one.input.why));
            writeln!(out, "{label}: {what}: {why} ({})", escape_control(&by))?;
        }
    }
    write_refused(run, view, out)?;
    let told = if run.lists_suppressed() { usize::MAX } else { MOST_UNUSED };
    if !view.quiet {
        let most = if view.verbose { usize::MAX } else { MOST_LEFT_OUT };
        for values in &run.scope.values {
            let label = paint(view, AnsiColor::BrightCyan, "known values");
            writeln!(out, "{label}: {}", escape_control(&values.note(most)))?;
        }
    }
    for one in run.unused_suppressions.iter().take(told) {
        let label = paint(view, AnsiColor::BrightYellow, "unused suppression");
        writeln!(
            out,
            "{label}: {}: {}: {}",
            escape_control(&one.at()),
            escape_control(&one.what),
            escape_control(&one.why)
        )?;
    }
    if let Some(more) = run.unused_suppressions.len().checked_sub(told).filter(|more| *more > 0) {
        let label = paint(view, AnsiColor::BrightYellow, "unused suppressions");
        writeln!(out, "{label}: {} more (--show-suppressed lists them)", HumanCount(more as u64))?;
    }
    if report.findings.len() > MOST_SHORT && !is_overview {
        summary::write_table(report, view, out)?;
    }
    if !is_overview {
        repositories::write(report, view, out)?;
    }
    write_summary(report, view, out)
}

/// Writes the summary, unless it says nothing and nobody wants to hear that.
pub(super) fn write_summary(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let run = &report.run;
    let is_clean = report.findings.is_empty() && run.complete;
    let is_all = run.excluded.is_empty() && !run.shallow;
    // Exclusions are always mentioned, no matter who asked for them.
    if view.quiet && is_clean && is_all && run.suppressed_by.is_empty() && run.accepted.is_empty() {
        return Ok(());
    }
    let line = summary::line(report, view);
    for (at, part) in layout::wrap(&line, view.width.map(|width| width.saturating_sub(2))).iter().enumerate()
    {
        writeln!(out, "{}{part}", if at == 0 { "" } else { "  " })?;
    }
    Ok(())
}

/// Whoever is held to a policy should see what of their own does not count, and why.
fn write_refused(run: &RunReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
    if run.refused.is_empty() {
        return Ok(());
    }
    let policy = run.policy.as_ref().map_or("the policy", |policy| &policy.file);
    let what = match run.refused.len() {
        1 => "1 setting or suppression".to_owned(),
        count => format!("{} settings or suppressions", HumanCount(count as u64)),
    };
    let line = format!("{} refused {what}:", escape_control(policy));
    writeln!(out, "{}", paint(view, AnsiColor::BrightYellow, &line))?;
    let told = if run.lists_suppressed() { usize::MAX } else { MOST_REFUSED };
    for one in run.refused.iter().take(told) {
        let keys = if one.keys > 0 { format!("; {}", plural(one.keys, "key")) } else { String::new() };
        let [at, what, why] = [&one.at(), &one.what, &one.why].map(|text| escape_control(text).into_owned());
        writeln!(out, "  {at}: {what}: {why} ({}){keys}", escape_control(&one.limit))?;
    }
    if let Some(more) = run.refused.len().checked_sub(told).filter(|more| *more > 0) {
        writeln!(out, "  {} more (--show-suppressed lists them)", HumanCount(more as u64))?;
    }
    Ok(())
}

/// Who publishes a repository should see why each key in it is said to be none.
fn write_suppressions(run: &RunReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let suppressions = &run.suppressions;
    for SuppressionEntry { suppression, keys } in suppressions.iter().take(MOST_SUPPRESSIONS) {
        let label = paint(view, AnsiColor::BrightCyan, "suppressed");
        let reason = if suppression.reason.is_none() { "; no reason given" } else { "" };
        writeln!(out, "{label}: {} {}{reason}", plural(*keys, "key"), escape_control(&by(suppression)))?;
    }
    if let Some(more) = suppressions.len().checked_sub(MOST_SUPPRESSIONS).filter(|more| *more > 0) {
        let label = paint(view, AnsiColor::BrightCyan, "suppressed");
        writeln!(out, "{label}: by {} more (--show-suppressed lists the keys)", HumanCount(more as u64))?;
    }
    Ok(())
}
