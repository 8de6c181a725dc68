//! How a report is shown.

use std::{path::PathBuf, time::Duration};

use time::OffsetDateTime;

/// How to show a report to people. Machine-readable formats ignore it.
#[derive(Clone, Debug)]
pub struct View {
    /// Whether to use colors.
    pub color: bool,
    /// Whether to omit the summary if no key was found and everything was read.
    pub quiet: bool,
    /// Whether to list every occurrence of a key and all candidates.
    pub verbose: bool,
    /// The category of an upload in SARIF; by default `skanner/` and what was scanned.
    pub sarif_category: Option<String>,
    /// The width of the terminal in columns, if the report goes to one. Then long lines are wrapped, and what is long is
    /// shortened.
    pub width: Option<usize>,
    /// Whether to show everything on a terminal, too.
    pub full: bool,
    /// The current directory, if the terminal has hyperlinks: paths are links to the files.
    pub links_from: Option<PathBuf>,
    /// How long the run took.
    pub elapsed: Duration,
    /// When it ended.
    pub ended: OffsetDateTime,
}

impl Default for View {
    fn default() -> Self {
        Self {
            color: false,
            quiet: false,
            verbose: false,
            width: None,
            full: false,
            links_from: None,
            sarif_category: None,
            elapsed: Duration::ZERO,
            ended: OffsetDateTime::UNIX_EPOCH,
        }
    }
}
