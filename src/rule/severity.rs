//! What raises a severity.

use super::Severity;

impl Severity {
    /// One severity up, for a key that is more exposed than usual.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Critical | Self::High => Self::Critical,
            Self::Medium => Self::High,
            Self::Low => Self::Medium,
        }
    }
}
