//! How a report is to look.

use std::time::Duration;

/// How a person wants to see a report. Formats for machines pay no heed to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// With colours.
    pub color: bool,
    /// No closing line when there is nothing to say.
    pub quiet: bool,
    /// Every place of a key, and all candidates.
    pub verbose: bool,
    /// How long the run took.
    pub elapsed: Duration,
}
