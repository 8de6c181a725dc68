//! What workers found, and how it becomes a report.

use crate::{
    cold::ColdSort,
    finding::{Collector, NotRead, NotScanned, Report, Scanned},
    suppression::LocatedComment,
};

/// What one worker, or all workers together, found and read.
#[derive(Default)]
pub(super) struct RunTotals {
    pub(super) collector: Collector,
    pub(super) scanned: Scanned,
    pub(super) not_scanned: Vec<NotScanned>,
    pub(super) not_read: NotRead,
    /// Comments in present content only. Those in a history can no longer be removed.
    pub(super) marked: Vec<LocatedComment>,
}

impl RunTotals {
    /// Merges the results of another worker.
    pub(super) fn merge(&mut self, other: Self) {
        self.collector.merge(other.collector);
        self.scanned.add(other.scanned);
        self.not_scanned.extend(other.not_scanned);
        self.not_read.merge(other.not_read);
        self.marked.extend(other.marked);
    }

    /// Returns the report, in an order that does not depend on how work was split, and the comments seen.
    pub(super) fn into_report(self) -> (Report, Vec<LocatedComment>) {
        let mut not_scanned = self.not_scanned;
        not_scanned.cold_sort();
        not_scanned.dedup();
        let report = Report {
            findings: self.collector.into_findings(),
            scanned: self.scanned,
            not_scanned,
            not_read: self.not_read,
            ..Report::default()
        };
        (report, self.marked)
    }
}
