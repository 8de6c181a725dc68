//! Report formats: a report goes in, and text comes out. A new format is one file here and a row in
//! [`FORMATS`].

mod json;
mod sarif;
mod text;
mod view;

use std::io::{self, Write};

use crate::finding::Report;

pub use json::schema;
pub(crate) use sarif::line_hashes;
pub use view::View;

/// A report format.
pub struct ReportFormat {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Whether occurrences need GitHub's hash of their line.
    pub wants_line_hashes: bool,
    /// Writes the whole report.
    pub write: fn(&Report, &View, &mut dyn Write) -> io::Result<()>,
}

/// All formats.
pub(crate) static FORMATS: &[ReportFormat] = &[
    ReportFormat { name: "text", about: "for people", wants_line_hashes: false, write: text::write },
    ReportFormat {
        name: "json",
        about: "one document; `skanner schema report` describes it",
        wants_line_hashes: false,
        write: |report, _, out| json::write(report, out),
    },
    ReportFormat {
        name: "jsonl",
        about: "one finding per line, then a summary; output without the summary is incomplete",
        wants_line_hashes: false,
        write: |report, _, out| json::write_lines(report, out),
    },
    ReportFormat {
        name: "sarif",
        about: "SARIF 2.1.0, for code scanning",
        wants_line_hashes: true,
        write: |report, _, out| sarif::write(report, out),
    },
];

/// The format with this name.
#[must_use]
pub fn format(name: &str) -> Option<&'static ReportFormat> {
    FORMATS.iter().find(|format| format.name == name)
}
