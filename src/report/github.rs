//! Annotations of GitHub Actions, and a table for the summary of a job.
//! Source: "Workflow commands for GitHub Actions", and `command.ts` and `summary.ts` of actions/toolkit.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use super::{
    document::{FindingEntry, ReportDocument},
    message::{self, Level},
    place::{RootPath, has_region, path_of},
    text,
    view::View,
};
use crate::hidden::escape_control;

/// A step shows no more annotations of each level.
const MOST: usize = 10;

/// The summary of a step is refused if it is longer than 1 MiB. This leaves room for what other tools write.
const LONGEST: usize = 900_000;

/// Writes the annotations, most dangerous keys first, then a summary.
pub(super) fn write(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut counts = [0; 3];
    let mut annotate = |level: Level, title: &str, place: &str, message: &str| {
        counts[level as usize] += 1;
        // What is not shown must not push out what is.
        if counts[level as usize] > MOST {
            return Ok(false);
        }
        writeln!(out, "::{} {place}title={}::{}", command(level), property(title), data(message))?;
        io::Result::Ok(true)
    };
    let mut left_out = 0;
    for input in &report.run.not_scanned {
        let message = message::not_scanned(input);
        left_out += u64::from(!annotate(Level::Error, "skanner: not scanned", "", &message)?);
    }
    for finding in report.by_danger() {
        let title = format!("skanner: {}", escape_control(&finding.rule));
        let message = message::with_help(finding);
        left_out +=
            u64::from(!annotate(Level::of(finding.severity), &title, &location(report, finding), &message)?);
    }
    for one in &report.run.refused {
        let (at, what, why) = (escape_control(&one.at()).into_owned(), &one.what, &one.why);
        let text = format!("{at}: {}: {} ({})", escape_control(what), escape_control(why), one.limit);
        left_out += u64::from(!annotate(Level::Warning, "skanner: refused by the policy", "", &text)?);
    }
    if left_out > 0 {
        writeln!(out, "{left_out} more have no annotation: GitHub shows at most {MOST} per level and step")?;
    }
    text::write_summary(report, view, out)
}

/// The name of an annotation's level.
fn command(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    }
}

/// The properties that say where the first occurrence is.
fn location(report: &ReportDocument, finding: &FindingEntry) -> String {
    let place = &finding.occurrences[0];
    let path = path_of(place);
    let file = RootPath::new(&report.run, &path).shown();
    let mut location = format!("file={},", property(&file));
    if has_region(place) {
        let _ = write!(location, "line={},endLine={},", place.line, place.end_line);
        // GitHub ignores columns of more than one line.
        if place.line == place.end_line {
            let _ = write!(location, "col={},endColumn={},", place.column, place.end_column);
        }
    }
    location
}

/// Escapes a message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Writes the summary of a job in Markdown.
pub(super) fn write_job_summary(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::from("### skanner\n\n");
    let findings = report.by_danger();
    if !findings.is_empty() {
        text.push_str("| Severity | Key | Where | What to do |\n| --- | --- | --- | --- |\n");
    }
    for (at, finding) in findings.iter().enumerate() {
        let row = row(report, finding);
        if text.len() + row.len() > LONGEST {
            let _ = writeln!(text, "\n{} more keys are not listed here.", findings.len() - at);
            break;
        }
        text.push_str(&row);
    }
    if !findings.is_empty() {
        text.push('\n');
    }
    for (at, input) in report.run.not_scanned.iter().enumerate() {
        let line = format!("- **Not scanned:** {}\n", markdown(&message::not_scanned(input)));
        if text.len() + line.len() > LONGEST {
            let _ = writeln!(text, "- {} more inputs were not scanned.", report.run.not_scanned.len() - at);
            break;
        }
        text.push_str(&line);
    }
    let mut summary = Vec::new();
    text::write_summary(report, &View { color: false, width: None, ..view.clone() }, &mut summary)?;
    let _ = writeln!(text, "\n{}\n", markdown(String::from_utf8_lossy(&summary).trim_end()));
    out.write_all(text.as_bytes())
}

fn row(report: &ReportDocument, finding: &FindingEntry) -> String {
    let place = &finding.occurrences[0];
    let mut at = RootPath::new(&report.run, &path_of(place)).text();
    if has_region(place) {
        let _ = write!(at, ":{}", place.line);
    }
    at.push_str(&message::aside(place));
    if let Some(others @ 1..) = finding.occurrences.len().checked_sub(1) {
        let _ = write!(at, " and {others} more");
    }
    let step = finding.remedy.steps.first().map_or("", String::as_str);
    let cells = [finding.severity.to_string(), message::headline(finding), at, step.to_owned()];
    format!("| {} |\n", cells.map(|cell| markdown(&escape_control(&cell))).join(" | "))
}

/// Text that Markdown shows as it is: all punctuation that may mean something is written as a reference. An address stays
/// one that can be followed.
fn markdown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '.' | ',' | ' ' | '/' | ':' | ';' | '?' | '=' | '…' => shown.push(character),
            '\n' | '\r' => shown.push(' '),
            _ if character.is_ascii_punctuation() => {
                let _ = write!(shown, "&#{};", u32::from(character));
            }
            _ => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place() {
        assert_eq!(data("50% \r\n::error::x"), "50%25 %0D%0A::error::x");
        assert_eq!(property("a,b:c%0A"), "a%2Cb%3Ac%250A");
        assert_eq!(markdown("a|b <i>[x](y)`\n"), "a&#124;b &#60;i&#62;&#91;x&#93;&#40;y&#41;&#96; ");
    }
}
