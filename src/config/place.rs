//! The position of a value.

use std::{fmt, sync::Arc};

/// A line of a configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigPosition {
    /// The file, as it may be shown.
    pub file: Arc<str>,
    /// The line, 1-based.
    pub line: u64,
}

impl fmt::Display for ConfigPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A value and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positioned<T> {
    /// The value.
    pub value: T,
    /// Its position.
    pub place: ConfigPosition,
}
