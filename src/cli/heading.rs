//! The groups of options in the help, by what people use them for.

/// What to read.
pub(super) const SOURCE: &str = "What to scan";

/// Which keys of a history to report.
pub(super) const HISTORY: &str = "With --history";

/// Which findings count.
pub(super) const FINDINGS: &str = "Which keys count";

/// What is written, and the exit code.
pub(super) const REPORT: &str = "Report";

/// What has nothing to do with keys.
pub(super) const OTHER: &str = "Other";

/// What a rule asks of a key.
pub(super) const RULE: &str = "What a key must have";
