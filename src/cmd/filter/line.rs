//! What is said about a line of `skanner filter`.

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    batch::{Batch, BatchLine, LONGEST},
    input::{self, LineContent, ParsedLine},
};
use crate::{
    finding::{LookedFor, NotScanned},
    json_text,
    report::{FindingEntry, ReportDocument},
    session::{Redactor, Session, TextScreen, TextScreens},
};

/// What is written about a line.
#[derive(Serialize)]
struct OutputLine<'l> {
    /// The number of the line, from 1.
    line: u64,
    /// As the line has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Box<RawValue>>,
    /// As in the report of a scan.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<&'l [FindingEntry]>,
    /// What could not be read of it.
    #[serde(skip_serializing_if = "<[NotScanned]>::is_empty")]
    not_scanned: &'l [NotScanned],
    /// Why nothing of it was scanned.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What the last line says.
#[derive(Debug, Default, Serialize)]
pub(super) struct LineSummary {
    /// The lines that were read. Empty ones are among them.
    lines: u64,
    /// The keys that were found, one for each line that holds it.
    findings: u64,
    /// The keys that comments or the configuration suppress.
    suppressed: u64,
    /// The lines that could not be scanned, or not whole.
    errors: u64,
    /// The size of what was scanned, in bytes.
    bytes: u64,
    /// The keys that make the run fail.
    #[serde(skip)]
    pub(super) failing: u64,
}

/// The last line.
#[derive(Serialize)]
struct SummaryLine<'l> {
    summary: WholeSummary<'l>,
}

#[derive(Serialize)]
struct WholeSummary<'l> {
    complete: bool,
    #[serde(flatten)]
    counts: &'l LineSummary,
    scope: LookedFor,
    tool: &'static str,
    version: &'static str,
}

impl LineSummary {
    /// Adds what another part of the input held.
    pub(super) fn add(&mut self, other: &Self) {
        let Self { lines, findings, suppressed, errors, bytes, failing } = other;
        self.lines += lines;
        self.findings += findings;
        self.suppressed += suppressed;
        self.errors += errors;
        self.bytes += bytes;
        self.failing += failing;
    }

    /// Whether everything was scanned.
    pub(super) fn is_complete(&self) -> bool {
        self.errors == 0
    }

    /// Writes the last line.
    pub(super) fn write(&self, session: &Session, out: &mut dyn Write) -> io::Result<()> {
        let summary = WholeSummary {
            complete: self.is_complete(),
            counts: self,
            scope: session.looked_for(),
            tool: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        };
        json_text::write_line(out, &SummaryLine { summary })?;
        out.write_all(b"\n")
    }
}

/// What was written about some lines.
pub(super) struct FilteredLines {
    pub(super) text: Vec<u8>,
    pub(super) summary: LineSummary,
}

/// Scans lines.
pub(super) struct LineFilter<'a> {
    pub(super) screens: &'a TextScreens<'a>,
    pub(super) redactor: &'a Redactor,
    /// Also about lines without a key.
    pub(super) writes_all: bool,
}

impl LineFilter<'_> {
    /// Scans some lines of a batch.
    ///
    /// # Errors
    /// When a list of suppressions cannot be read.
    pub(super) fn lines(&self, batch: &Batch, lines: &[BatchLine]) -> Result<FilteredLines> {
        let mut filtered = FilteredLines { text: Vec::new(), summary: LineSummary::default() };
        let mut screen = self.screens.screen();
        for line in lines {
            filtered.summary.lines += 1;
            let text = batch.text(line);
            if text.trim_ascii().is_empty() && !line.is_too_long {
                continue;
            }
            self.line(text, line, &mut screen, &mut filtered)?;
        }
        filtered.summary.bytes = screen.scanned().bytes;
        Ok(filtered)
    }

    fn line(
        &self,
        text: &[u8],
        line: &BatchLine,
        screen: &mut TextScreen<'_>,
        filtered: &mut FilteredLines,
    ) -> Result<()> {
        let number = line.number;
        let own = text.strip_prefix("\u{feff}".as_bytes()).filter(|_| number == 1).unwrap_or(text);
        let own = own.trim_ascii_start();
        let ParsedLine { id, content } = if line.is_too_long {
            let why = format!("is longer than {} MiB, the most that a line may have", LONGEST >> 20);
            ParsedLine { id: None, content: Err(why) }
        } else {
            input::parsed(own.trim_ascii_end(), text.len() - own.len())
        };
        let id = id.as_deref();
        let summary = &mut filtered.summary;
        let LineContent { path, content } = match content {
            Ok(content) => content,
            Err(why) => {
                summary.errors += 1;
                let id = self.masked(id);
                let error = Some(why);
                return Ok(write(
                    &mut filtered.text,
                    &OutputLine { line: number, id, findings: None, not_scanned: &[], error },
                )?);
            }
        };
        let Some(report) = screen.report(&content, path.as_bytes())? else {
            if self.writes_all {
                let id = self.masked(id);
                let findings = Some(&[][..]);
                write(
                    &mut filtered.text,
                    &OutputLine { line: number, id, findings, not_scanned: &[], error: None },
                )?;
            }
            return Ok(());
        };
        let document = ReportDocument::new(&report);
        let failing =
            document.findings.len() as u64 - document.run.tolerated.as_ref().map_or(0, |one| one.keys);
        summary.findings += document.findings.len() as u64;
        summary.failing += failing;
        summary.suppressed += document.run.suppressed_count();
        summary.errors += u64::from(!document.run.complete);
        if self.writes_all || !document.findings.is_empty() || !document.run.complete {
            let id = self.masked(id);
            let (findings, not_scanned) = (Some(&document.findings[..]), &document.run.not_scanned[..]);
            write(&mut filtered.text, &OutputLine { line: number, id, findings, not_scanned, error: None })?;
        }
        Ok(())
    }

    /// An id as it is written, but with keys masked, since somebody else chose it.
    fn masked(&self, id: Option<&str>) -> Option<Box<RawValue>> {
        RawValue::from_string(self.redactor.text(id?.as_bytes())).ok()
    }
}

fn write(into: &mut Vec<u8>, line: &OutputLine<'_>) -> io::Result<()> {
    json_text::write_line(into, line)?;
    into.push(b'\n');
    Ok(())
}
