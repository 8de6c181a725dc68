//! Why a list cannot be read. It quotes nothing of the list, which may hold secrets.

use std::fmt;

use crate::yaml::YamlError;

/// What is wrong with a list, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListRefusal {
    /// The line, 1-based, if it is about one.
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub why: String,
}

impl ListRefusal {
    /// Something is wrong with the whole.
    pub(super) fn whole(why: impl Into<String>) -> Self {
        Self { line: None, why: why.into() }
    }

    /// Something is wrong on a line.
    pub(super) fn at(line: u64, why: impl Into<String>) -> Self {
        Self { line: Some(line), why: why.into() }
    }
}

impl From<YamlError> for ListRefusal {
    fn from(error: YamlError) -> Self {
        Self::at(error.line, error.why)
    }
}

impl fmt::Display for ListRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, ":{line}: {}", self.why),
            None => write!(f, ": {}", self.why),
        }
    }
}
