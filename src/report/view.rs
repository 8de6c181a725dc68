//! How a report is shown.

use std::time::Duration;

/// How to show a report to people. Machine-readable formats ignore it.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// Whether to use colors.
    pub color: bool,
    /// Whether to omit the summary if no key was found and everything was read.
    pub quiet: bool,
    /// Whether to list every occurrence of a key and all candidates.
    pub verbose: bool,
    /// How long the run took.
    pub elapsed: Duration,
}
