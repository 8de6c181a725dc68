//! Report formats: a report goes in, and text comes out. A new format is one file here and a row in
//! [`FORMATS`].

#[cfg(feature = "cli")]
mod concise;
mod document;
#[cfg(feature = "cli")]
mod github;
#[cfg(feature = "cli")]
mod gitlab;
#[cfg(feature = "cli")]
mod html;
mod json;
#[cfg(feature = "cli")]
mod junit;
#[cfg(feature = "cli")]
mod lines;
#[cfg(feature = "cli")]
mod message;
#[cfg(feature = "cli")]
mod place;
#[cfg(feature = "cli")]
mod rdjson;
#[cfg(feature = "cli")]
mod sarif;
mod severity_counts;
#[cfg(feature = "cli")]
mod text;
#[cfg(feature = "cli")]
mod view;

#[cfg(feature = "cli")]
use std::io::{self, Write};

pub(crate) use document::{FindingEntry, OccurrenceEntry, RepositoryEntry, merge::ReportMerger};
pub use document::{ReportDocument, schema};
#[cfg(feature = "cli")]
pub use view::View;
#[cfg(feature = "cli")]
pub(crate) use {
    lines::{LinePlace, LineReader, LinesSummary, ReportLine, RepositoryList, Shard, is_summary},
    message::{Level, plural, rule_page, with_help},
    sarif::line_hashes,
    text::{KeyText, hang},
};

/// A report format.
#[cfg(feature = "cli")]
pub struct ReportFormat {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Whether paths must be told from the root of the repository.
    pub wants_root: bool,
    /// Whether occurrences need GitHub's hash of their line.
    pub wants_line_hashes: bool,
    /// What is also written for the summary of a CI job.
    pub job_summary: Option<JobSummary>,
    /// Writes the whole report, or as much as its readers take.
    pub write: fn(&ReportDocument, &View, &mut dyn Write) -> io::Result<()>,
    /// The same for a format whose readers may not take all, and what was left out, in words.
    pub(crate) write_limited: Option<LimitedWriter>,
}

/// Writes as much of a report as its readers take, and says what was left out.
#[cfg(feature = "cli")]
pub(crate) type LimitedWriter = fn(&ReportDocument, &View, &mut dyn Write) -> io::Result<Option<String>>;

/// A summary that a CI system shows for a job.
#[cfg(feature = "cli")]
#[derive(Clone, Copy)]
pub struct JobSummary {
    /// The environment variable with the file to append to.
    pub variable: &'static str,
    /// Writes it.
    pub write: fn(&ReportDocument, &View, &mut dyn Write) -> io::Result<()>,
}

#[cfg(feature = "cli")]
impl ReportFormat {
    /// A format that needs nothing but the report.
    const fn new(
        name: &'static str,
        about: &'static str,
        write: fn(&ReportDocument, &View, &mut dyn Write) -> io::Result<()>,
    ) -> Self {
        let (job_summary, write_limited) = (None, None);
        Self { name, about, wants_root: true, wants_line_hashes: false, job_summary, write, write_limited }
    }
}

/// All formats.
#[cfg(feature = "cli")]
pub(crate) static FORMATS: &[ReportFormat] = &[
    ReportFormat { wants_root: false, ..ReportFormat::new("text", "for reading in a terminal", text::write) },
    ReportFormat {
        wants_root: false,
        ..ReportFormat::new("concise", "one line per key, for grep and editors", concise::write)
    },
    ReportFormat::new("json", "one document; `skanner schema report` describes it", |report, _, out| {
        json::write(report, out)
    }),
    ReportFormat::new(
        "jsonl",
        "one finding per line, then a summary; output without the summary is incomplete",
        |report, _, out| json::write_lines(report, out),
    ),
    ReportFormat {
        wants_root: false,
        ..ReportFormat::new("html", "a page for whoever decides; it never shows a secret", html::write)
    },
    ReportFormat {
        wants_line_hashes: true,
        write_limited: Some(sarif::write_limited),
        ..ReportFormat::new("sarif", "SARIF 2.1.0, for code scanning", sarif::write)
    },
    ReportFormat {
        job_summary: Some(JobSummary { variable: "GITHUB_STEP_SUMMARY", write: github::write_job_summary }),
        ..ReportFormat::new("github", "annotations of GitHub Actions, and a job summary", github::write)
    },
    ReportFormat::new("gitlab", "GitLab's secret detection report", gitlab::write),
    ReportFormat::new("gitlab-codequality", "GitLab's code quality report", |report, _, out| {
        gitlab::write_code_quality(report, out)
    }),
    ReportFormat::new("junit", "JUnit XML, for test reports of CI systems", junit::write),
    ReportFormat::new("rdjson", "for reviewdog", |report, _, out| rdjson::write(report, out)),
];

/// The format with this name.
#[cfg(feature = "cli")]
#[must_use]
pub fn format(name: &str) -> Option<&'static ReportFormat> {
    FORMATS.iter().find(|format| format.name == name)
}
