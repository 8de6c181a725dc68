//! The report for people: each key with its line, why it is a key and what to do, then a summary of the run.

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
use unicode_width::UnicodeWidthStr;

use place::{aside, place_name};
use style::{RED, bold, paint, severity_color};

use super::view::View;
use crate::{
    finding::{Event, History, Suppression, short},
    hidden::escape_control,
    report::{
        document::{FindingEntry, OccurrenceEntry, ReportDocument, RunReport, SuppressionEntry},
        message::{plural, rule_page},
    },
};

/// How many other occurrences of a key are listed by default.
const FEW: usize = 5;

/// How many keys are shown on a terminal that more would scroll out of.
const MOST_SHORT: usize = 20;

/// How many suppressions an audit lists by default.
const MOST_SUPPRESSIONS: usize = 20;

/// How many unused suppressions are listed by default.
const MOST_UNUSED: usize = 20;

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
        write_finding(run, finding, None, view, out)?;
    }
    if is_short {
        let more = (report.findings.len() - MOST_SHORT) as u64;
        let hint = format!("{}; --full shows all", plural(more, "more key"));
        writeln!(out, "{}\n", paint(view, AnsiColor::BrightBlue, &hint))?;
    }
    for one in run.suppressed_list() {
        write_finding(run, &one.finding, Some(&one.suppression), view, out)?;
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
    let told = if run.lists_suppressed() { usize::MAX } else { MOST_UNUSED };
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

/// Laid out like rustc's errors, which many people know.
fn write_finding(
    run: &RunReport,
    finding: &FindingEntry,
    suppressed: Option<&Suppression>,
    view: &View,
    out: &mut dyn Write,
) -> io::Result<()> {
    let place = &finding.occurrences[0];
    let color = if suppressed.is_some() { AnsiColor::BrightCyan } else { severity_color(finding.severity) };
    let frame = |text: &str| paint(view, AnsiColor::BrightBlue, text);
    let number = place.line.to_string();
    let gutter = " ".repeat(number.len());
    let beside = view.width.map(|width| width.saturating_sub(number.len() + 3));
    let (excerpt, marker) = layout::fit(escaped_excerpt(place), beside);
    let before = " ".repeat(excerpt[..marker.0].width());
    let under = paint(view, color, &"^".repeat(excerpt[marker.0..marker.1].width()));

    let label = suppressed.map_or_else(|| finding.severity.to_string(), |_| "suppressed".to_owned());
    let label = paint(view, color, &format!("{label}[{}]", finding.rule));
    writeln!(out, "{}: {}", link::link(view, rule_page(finding).as_deref(), &label), finding.title)?;
    let at = format!("{}:{number}:{}", place_name(place), place.column);
    let at = link::link(view, link::file(view, place).as_deref(), &at);
    writeln!(out, "{gutter}{} {at}{}", frame("-->"), aside(place))?;
    writeln!(out, "{gutter} {}", frame("|"))?;
    writeln!(out, "{} {excerpt}", frame(&format!("{number} |")))?;
    let why = format!("{}: {}", finding.confidence, escape_control(&finding.why));
    let mut notes = notes(run, finding, suppressed, view);
    // What does not fit behind the carets gets a line of its own.
    let used = before.len() + excerpt[marker.0..marker.1].width() + 1;
    if beside.is_none_or(|beside| used + why.width() <= beside) {
        writeln!(out, "{gutter} {} {before}{under} {why}", frame("|"))?;
    } else {
        writeln!(out, "{gutter} {} {before}{under}", frame("|"))?;
        notes.insert(0, ("why", why));
    }
    writeln!(out, "{gutter} {}", frame("|"))?;
    for (label, text) in notes {
        let text = escape_control(&text);
        let lines = layout::wrap(&text, beside.map(|beside| beside.saturating_sub(label.len() + 2)));
        for (at, line) in lines.iter().enumerate() {
            if at == 0 {
                writeln!(out, "{gutter} {} {}: {line}", frame("="), bold(view, label))?;
            } else {
                writeln!(out, "{gutter}   {:indent$}{line}", "", indent = label.len() + 2)?;
            }
        }
    }
    writeln!(out)
}

fn notes(
    run: &RunReport,
    finding: &FindingEntry,
    suppressed: Option<&Suppression>,
    view: &View,
) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if let Some(suppression) = suppressed {
        notes.push(("suppressed", by(suppression)));
    }
    if let Some(entry) = &finding.allowed_by {
        notes.push(if run.untrusted {
            ("note", format!("this change allows it ({}), which does not count", by(entry)))
        } else {
            ("baseline", format!("listed {}, which does not make it safe to publish", by(entry)))
        });
    }
    if run.unmasked {
        notes.push(("secret", finding.secret.clone()));
    }
    if !finding.occurrences[0].encoding.is_empty() {
        notes.push(("encoded as", finding.occurrences[0].encoding.join(", then ")));
    }
    if finding.occurrences.len() > 1 {
        notes.push(("also at", other_places(&finding.occurrences[1..], view)));
    }
    if let Some(place) = &finding.rule_place {
        notes.push(("rule", format!("of {place}")));
    }
    match &finding.history {
        Some(history) => notes.push(("history", secret_history(history, view))),
        None if run.audit.is_some() => {
            notes.push(("history", "not in any object of the repository".to_owned()))
        }
        None => {}
    }
    if !finding.candidates.is_empty() {
        let issuers: Vec<String> =
            finding.candidates.iter().map(|one| format!("{} ({})", one.issuer, one.why)).collect();
        notes.push(("could be", issuers.join(", ")));
    }
    if suppressed.is_some() {
        return notes;
    }
    if let Some(placement) = &finding.placement {
        notes.push(("note", placement.advice.clone()));
    }
    if let Some(replacement) = finding.remedy.replacement.as_ref().filter(|_| view.verbose) {
        let write = replacement.line.as_ref().unwrap_or(&replacement.expression);
        let write = (!write.is_empty()).then(|| format!("`{write}`."));
        let parts = [write.as_ref(), replacement.note.as_ref()];
        notes.push(("write", parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")));
    }
    let steps = if view.verbose { &finding.remedy.steps[..] } else { &finding.remedy.steps[..1] };
    notes.push(("help", steps.join(" ")));
    notes
}

/// What suppresses something, until when and why.
fn by(suppression: &Suppression) -> String {
    let until = suppression.until.as_ref().map_or_else(String::new, |day| format!(" until {day}"));
    let reason = suppression.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    format!("by {}{until}{reason}", suppression.at())
}

/// When the key was introduced and removed, and which refs reach it.
fn secret_history(history: &History, view: &View) -> String {
    let event = |event: &Event| {
        format!("{} ({}, {}: {})", short(&event.commit), event.day(), event.author, event.summary)
    };
    let mut parts = Vec::new();
    if let Some(introduced) = &history.introduced {
        parts.push(format!("introduced by {}", event(introduced)));
    }
    match &history.removed {
        _ if history.at_head => parts.push("still at HEAD".to_owned()),
        Some(removed) => parts.push(format!("removed by {}", event(removed))),
        None => parts.push("not at HEAD".to_owned()),
    }
    if history.commits > 0 {
        parts.push(format!("in {}", plural(history.commits, "commit")));
    }
    let shown = if view.verbose { history.refs.len() } else { FEW };
    let mut refs: Vec<String> = history.refs.iter().take(shown).cloned().collect();
    if history.refs.len() > shown {
        refs.push(format!("{} more refs (-v lists them)", HumanCount((history.refs.len() - shown) as u64)));
    }
    parts.push(if history.is_only_in_requests() {
        format!("reached only from pull-request refs, which a push cannot remove: {}", refs.join(", "))
    } else if refs.is_empty() {
        "only in this clone, where no ref reaches it: `git reflog expire --expire=now --all && git gc --prune=now` \
         removes such leftovers"
            .to_owned()
    } else {
        format!("reached from {}", refs.join(", "))
    });
    parts.join("; ")
}

/// The escaped excerpt, and the range of the secret in it.
fn escaped_excerpt(place: &OccurrenceEntry) -> (String, (usize, usize)) {
    let (start, end) = place.marker;
    let text = &place.excerpt;
    let parts = [&text[..start], &text[start..end], &text[end..]];
    let [before, secret, after] = parts.map(|part| escape_control(part).replace('\t', "    "));
    let marker = (before.len(), before.len() + secret.len());
    (format!("{before}{secret}{after}"), marker)
}

fn other_places(others: &[OccurrenceEntry], view: &View) -> String {
    let shown = if view.verbose { others.len() } else { FEW };
    let mut places: Vec<String> = others
        .iter()
        .take(shown)
        .map(|place| {
            let (line, column) = (place.line, place.column);
            format!("{}:{line}:{column}{}", place_name(place), aside(place))
        })
        .collect();
    if others.len() > shown {
        places.push(format!("and {} more (-v lists them)", HumanCount((others.len() - shown) as u64)));
    }
    places.join(", ")
}
