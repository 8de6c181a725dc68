//! For people: each key with its line, why we think so and what to do, then one line about the whole run.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use indicatif::{DecimalBytes, HumanCount, HumanDuration};
use unicode_width::UnicodeWidthStr;

use super::{View, escape::visible};
use crate::{
    blob::SourceKind,
    finding::{Event, Finding, History, Occurrence, Report, Scanned},
    remedy,
    rule::Severity,
};

/// How many further places of a key are listed unless all are asked for.
const FEW: usize = 5;

const RED: AnsiColor = AnsiColor::BrightRed;

pub(super) fn write(report: &Report, view: &View, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        write_finding(report, finding, view, out)?;
    }
    for input in &report.not_scanned {
        let label = paint(view, RED, "not scanned");
        writeln!(out, "{label}: {}: {}", visible(&input.what), visible(&input.why))?;
    }
    if view.quiet && report.findings.is_empty() && report.is_complete() {
        return Ok(());
    }
    writeln!(out, "{}", closing_line(report, view))
}

/// Drawn as rustc draws its errors, which people know how to read.
fn write_finding(report: &Report, finding: &Finding, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let rule = &finding.rule;
    let place = &finding.occurrences[0];
    let color = match rule.severity {
        Severity::Critical | Severity::High => RED,
        Severity::Medium => AnsiColor::BrightYellow,
        Severity::Low => AnsiColor::BrightCyan,
    };
    let frame = |text: &str| paint(view, AnsiColor::BrightBlue, text);
    let number = place.span.line.to_string();
    let gutter = " ".repeat(number.len());
    let (excerpt, marker) = visible_excerpt(place);
    let before = " ".repeat(excerpt[..marker.0].width());
    let under = paint(view, color, &"^".repeat(excerpt[marker.0..marker.1].width()));

    writeln!(out, "{}: {}", paint(view, color, &format!("{}[{}]", rule.severity, rule.id)), rule.title)?;
    let (name, column, aside) = (place_name(place), place.span.column, aside(place));
    writeln!(out, "{gutter}{} {name}:{number}:{column}{aside}", frame("-->"))?;
    writeln!(out, "{gutter} {}", frame("|"))?;
    writeln!(out, "{} {excerpt}", frame(&format!("{number} |")))?;
    writeln!(
        out,
        "{gutter} {} {before}{under} {}: {}",
        frame("|"),
        finding.confidence,
        visible(&finding.why)
    )?;
    writeln!(out, "{gutter} {}", frame("|"))?;
    for (label, text) in notes(report, finding, view) {
        writeln!(out, "{gutter} {} {}: {}", frame("="), bold(view, label), visible(&text))?;
    }
    writeln!(out)
}

fn notes(report: &Report, finding: &Finding, view: &View) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if report.show_secrets {
        notes.push(("secret", finding.secret.reveal()));
    }
    if finding.occurrences.len() > 1 {
        notes.push(("also at", other_places(&finding.occurrences[1..], view)));
    }
    if let Some(history) = &finding.history {
        notes.push(("history", life(history, view)));
    }
    if !finding.candidates.is_empty() {
        let issuers: Vec<String> =
            finding.candidates.iter().map(|one| format!("{} ({})", one.issuer, one.why)).collect();
        notes.push(("could be", issuers.join(", ")));
    }
    let steps = remedy::steps(&finding.rule);
    notes.push(("help", if view.verbose { steps.join(" ") } else { steps[0].clone() }));
    notes
}

/// When the key came and went, and what leads to it.
fn life(history: &History, view: &View) -> String {
    let event = |event: &Event| {
        let date = event.date.split('T').next().unwrap_or_default();
        format!("{} ({date}, {}: {})", short(&event.commit), event.author, event.summary)
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
    parts.push(if refs.is_empty() {
        "no ref leads to it, only the store of objects has it".to_owned()
    } else {
        format!("reached from {}", refs.join(", "))
    });
    parts.join("; ")
}

fn place_name(place: &Occurrence) -> String {
    let path = place.full_path();
    let path = visible(&path);
    match place.source {
        SourceKind::Name => format!("the name {path}"),
        SourceKind::Message | SourceKind::Blob if place.path.is_empty() => object_name(place),
        // With its inner path, if there is one.
        _ if place.path.is_empty() => format!("standard input{path}"),
        _ => path.into_owned(),
    }
}

/// An object that has no path.
fn object_name(place: &Occurrence) -> String {
    let object = place.object.map(|id| short(&id.to_string()).to_owned()).unwrap_or_default();
    match place.source {
        SourceKind::Blob => format!("the blob {object}{}", place.full_path()),
        _ if place.commit.is_some() => format!("the message of commit {object}"),
        _ => format!("the message of tag {object}"),
    }
}

/// What else there is to say of a place that is no file of the work tree.
fn aside(place: &Occurrence) -> String {
    match (place.source, place.commit) {
        (SourceKind::Index, _) => " (staged)".to_owned(),
        (SourceKind::Blob | SourceKind::Name, Some(commit)) => {
            format!(" (commit {})", short(&commit.to_string()))
        }
        _ => String::new(),
    }
}

/// Enough digits to name an object in most repositories.
fn short(id: &str) -> &str {
    const DIGITS: usize = 12;
    &id[..id.len().min(DIGITS)]
}

/// The excerpt made safe, and where the secret stands in it now.
fn visible_excerpt(place: &Occurrence) -> (String, (usize, usize)) {
    let (start, end) = place.excerpt.marker;
    let text = &place.excerpt.text;
    let parts = [&text[..start], &text[start..end], &text[end..]];
    let [before, secret, after] = parts.map(|part| visible(part).replace('\t', "    "));
    let marker = (before.len(), before.len() + secret.len());
    (format!("{before}{secret}{after}"), marker)
}

fn other_places(others: &[Occurrence], view: &View) -> String {
    let shown = if view.verbose { others.len() } else { FEW };
    let mut places: Vec<String> = others
        .iter()
        .take(shown)
        .map(|place| {
            let (line, column) = (place.span.line, place.span.column);
            format!("{}:{line}:{column}{}", place_name(place), aside(place))
        })
        .collect();
    if others.len() > shown {
        places.push(format!("and {} more (-v lists them)", HumanCount((others.len() - shown) as u64)));
    }
    places.join(", ")
}

/// What was found, what was read, and whether that proves anything.
fn closing_line(report: &Report, view: &View) -> String {
    let read = format!("{} read in {}", amount(report.scanned), duration(view));
    let subject = report.subject.as_ref();
    if let Some(nothing) = subject.and_then(|subject| subject.nothing.as_ref())
        && report.findings.is_empty()
        && report.is_complete()
    {
        return paint(view, AnsiColor::BrightGreen, &format!("no key found: {}", visible(nothing)));
    }
    let found = match report.findings.len() {
        0 => "no key found".to_owned(),
        1 => format!("1 key found ({})", by_severity(report)),
        count => format!("{} keys found ({})", HumanCount(count as u64), by_severity(report)),
    };
    let suppressed = match report.suppressed {
        0 => String::new(),
        count => format!(", {} suppressed", HumanCount(count)),
    };
    let color = if report.findings.is_empty() && report.is_complete() { AnsiColor::BrightGreen } else { RED };
    let place = subject.map_or_else(String::new, |subject| format!(" in {}", visible(&subject.what)));
    let found = paint(view, color, &format!("{found}{place}"));
    match report.not_scanned.len() {
        0 => format!("{found}{suppressed}; {read}, nothing left out"),
        count => {
            let not = paint(
                view,
                RED,
                &format!("not a proof: {} could not be read", plural(count as u64, "input")),
            );
            format!("{found}{suppressed}; {read}; {not}")
        }
    }
}

fn by_severity(report: &Report) -> String {
    let mut parts = Vec::new();
    for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low] {
        let count = report.findings.iter().filter(|finding| finding.rule.severity == severity).count();
        if count > 0 {
            parts.push(format!("{} {severity}", HumanCount(count as u64)));
        }
    }
    parts.join(", ")
}

fn amount(scanned: Scanned) -> String {
    let kinds = [
        (scanned.files, "file"),
        (scanned.blobs, "blob"),
        (scanned.commits, "commit"),
        (scanned.tags, "tag"),
    ];
    let mut parts: Vec<String> =
        kinds.iter().filter(|(count, _)| *count > 0).map(|(count, kind)| plural(*count, kind)).collect();
    if parts.is_empty() && scanned.bytes > 0 {
        // A message or a name, which is no thing of its own.
        return DecimalBytes(scanned.bytes).to_string();
    }
    if parts.is_empty() {
        parts.push("no file".to_owned());
    }
    format!("{} ({})", parts.join(", "), DecimalBytes(scanned.bytes))
}

fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", HumanCount(count), if count == 1 { "" } else { "s" })
}

fn duration(view: &View) -> String {
    if view.elapsed.as_secs() >= 60 {
        HumanDuration(view.elapsed).to_string()
    } else {
        format!("{:.2} s", view.elapsed.as_secs_f64())
    }
}

fn paint(view: &View, color: AnsiColor, text: &str) -> String {
    styled(view, Style::new().bold().fg_color(Some(color.into())), text)
}

fn bold(view: &View, text: &str) -> String {
    styled(view, Style::new().bold(), text)
}

fn styled(view: &View, style: Style, text: &str) -> String {
    if view.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
