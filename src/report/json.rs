//! JSON and JSON Lines, version 1.

use std::io::{self, Write};

use serde::Serialize;

use super::document::{FindingEntry, ReportDocument, RunReport, SuppressedEntry, SuppressedKeys};
use crate::{finding::Report, json_text};

/// The last line of JSON Lines.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(flatten)]
    run: &'a RunReport,
    findings: usize,
}

/// One line of JSON Lines.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Finding(&'a FindingEntry),
    Suppressed(&'a SuppressedEntry),
    Summary(Summary<'a>),
}

impl Report {
    /// The report in JSON, as `skanner scan --format json` writes it, but in one line. Its form is stable; `skanner schema
    /// report` describes it.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Memory takes everything, and every key of its maps is a text.
        json_text::line(&ReportDocument::new(self)).unwrap_or_default()
    }
}

pub(super) fn write(report: &ReportDocument, out: &mut dyn Write) -> io::Result<()> {
    json_text::write_pretty(out, report)?;
    writeln!(out)
}

pub(super) fn write_lines(report: &ReportDocument, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings.iter().map(Line::Finding);
    let listed = report.run.suppressed_list().iter().map(Line::Suppressed);
    // What was suppressed is listed above it.
    let counted = SuppressedKeys::Count(report.run.suppressed_count());
    let run = RunReport { suppressed: counted, ..report.run.clone() };
    let summary = Line::Summary(Summary { run: &run, findings: report.findings.len() });
    for line in findings.chain(listed).chain([summary]) {
        json_text::write_line(out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}
