//! Numbers of keys by severity.

use crate::rule::Severity;

/// A number of keys for each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SeverityCounts([u64; Severity::ALL.len()]);

impl SeverityCounts {
    /// The number that is said of each.
    pub(super) fn new(number: impl Fn(Severity) -> u64) -> Self {
        Self(Severity::ALL.map(number))
    }

    /// Counts a key.
    pub(super) fn add(&mut self, severity: Severity) {
        let at = Severity::ALL.iter().position(|one| *one == severity);
        at.into_iter().for_each(|at| self.0[at] += 1);
    }

    /// The severities with their numbers, the worst first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Severity, u64)> {
        Severity::ALL.into_iter().zip(self.0)
    }

    /// The number of one severity.
    pub(super) fn get(&self, severity: Severity) -> u64 {
        self.iter().filter(|(one, _)| *one == severity).map(|(_, count)| count).sum()
    }

    /// The number of all.
    pub(super) fn sum(&self) -> u64 {
        self.0.iter().sum()
    }
}
