//! An audit on one screen: the verdict, totals, and the keys to deal with first.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use anstyle::AnsiColor;
use indicatif::HumanCount;
use unicode_width::UnicodeWidthStr;

use super::{
    layout::shorten,
    place::place_name,
    repositories,
    style::{RED, bold, paint, severity_color},
};
use crate::{
    finding::short,
    hidden::escape_control,
    report::{
        document::{FindingEntry, ReportDocument},
        message::plural,
        view::View,
    },
};

/// How many keys are shown.
pub(super) const FIRST: usize = 10;

/// The width where the terminal's is not known, in columns.
const USUAL_WIDTH: usize = 80;

/// Writes what comes before the summary.
pub(super) fn write(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let count = report.findings.len();
    let verdict = format!("not safe to publish: {}", plural(count as u64, "key"));
    writeln!(out, "{}", paint(view, RED, &verdict))?;
    write_totals(report, view, out)?;
    let width = view.width.unwrap_or(USUAL_WIDTH);
    let issuers = shorten(issuers(report).chars(), width.saturating_sub(9));
    writeln!(out, "{} {issuers}\n", bold(view, "issuers:"))?;
    repositories::write(report, view, out)?;
    for (finding, number) in report.by_danger().into_iter().take(FIRST).zip(1_usize..) {
        write_key(finding, number, width, view, out)?;
    }
    let more = plural(count.saturating_sub(FIRST) as u64, "more key");
    let hint = |text: &str| paint(view, AnsiColor::BrightBlue, text);
    writeln!(
        out,
        "\n{}",
        hint(&format!("{more}: --full shows all; --output html=FILE makes a page of them"))
    )?;
    if report.run.repositories.is_empty() {
        writeln!(out, "{}", hint("What to do, and how to clean the history: `skanner audit --plan DIR`"))?;
    }
    Ok(())
}

/// Severities against exposures. What no key has is left out.
fn write_totals(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let exposures = report.by_exposure().into_iter().filter(|(_, counts)| counts.sum() > 0);
    let exposures: Vec<_> = exposures.collect();
    let header = exposures.iter().fold(format!("{:8}", ""), |mut line, (exposure, _)| {
        let _ = write!(line, "  {}", exposure.in_words());
        line
    });
    writeln!(out, "{header}")?;
    for (severity, _) in report.by_severity().iter().filter(|(_, count)| *count > 0) {
        let mut line = paint(view, severity_color(severity), &format!("{:8}", severity.to_string()));
        for (exposure, counts) in &exposures {
            let number = HumanCount(counts.get(severity)).to_string();
            let _ = write!(line, "  {number:>width$}", width = exposure.in_words().width());
        }
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The issuers with the number of their keys, most keys first.
fn issuers(report: &ReportDocument) -> String {
    let issuers = report.by_issuer().into_iter();
    let parts =
        issuers.map(|(issuer, counts)| format!("{} {}", escape_control(issuer), HumanCount(counts.sum())));
    parts.collect::<Vec<_>>().join(", ")
}

/// Three lines: what it is, where it stands and since when, and what to do.
fn write_key(
    finding: &FindingEntry,
    number: usize,
    width: usize,
    view: &View,
    out: &mut dyn Write,
) -> io::Result<()> {
    let severity = finding.severity.to_string();
    let rest = format!("{} {}", finding.title, finding.masked());
    let rest = shorten(escape_control(&rest).chars(), width.saturating_sub(severity.len() + 5));
    writeln!(out, "{number:>2}. {} {rest}", paint(view, severity_color(finding.severity), &severity))?;
    let steps = finding.remedy.steps.first().map_or("", String::as_str);
    for line in [standing(finding), format!("{steps} {}", finding.impact)] {
        writeln!(out, "    {}", shorten(escape_control(&line).chars(), width.saturating_sub(4)))?;
    }
    Ok(())
}

/// Where a key is now, since when, who introduced it, and which refs reach it.
fn standing(finding: &FindingEntry) -> String {
    let place = &finding.occurrences[0];
    let exposure = finding.exposure().in_words();
    let mut parts = vec![format!("{exposure}: {}:{}", place_name(place), place.line)];
    if let Some(more) = finding.occurrences.len().checked_sub(1).filter(|more| *more > 0) {
        parts[0].push_str(&format!(" and {}", plural(more as u64, "more place")));
    }
    if let Some(history) = &finding.history {
        if let Some(event) = &history.introduced {
            let who = event.author.split(" <").next().unwrap_or_default();
            parts.push(format!("since {} ({}, {who})", event.day(), short(&event.commit)));
        }
        if let Some((first, others)) = history.refs.split_first() {
            let first = first.strip_prefix("refs/heads/").unwrap_or(first);
            let more = if others.is_empty() {
                String::new()
            } else {
                format!(" and {}", plural(others.len() as u64, "more ref"))
            };
            parts.push(format!("{first}{more}"));
        }
    }
    parts.join("; ")
}
