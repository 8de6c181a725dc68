//! What workers leave behind, and how it becomes a report.

use crate::{
    finding::{Collector, NotScanned, Report, Scanned},
    suppression::LocatedComment,
};

/// What one worker, or all of them, have found and read.
#[derive(Default)]
pub(super) struct RunTotals {
    pub(super) collector: Collector,
    pub(super) scanned: Scanned,
    pub(super) not_scanned: Vec<NotScanned>,
    /// The comments in what is here now. Those in a history cannot be taken away any more.
    pub(super) marked: Vec<LocatedComment>,
}

impl RunTotals {
    /// Takes over what another worker has left.
    pub(super) fn merge(&mut self, other: Self) {
        self.collector.merge(other.collector);
        self.scanned.add(other.scanned);
        self.not_scanned.extend(other.not_scanned);
        self.marked.extend(other.marked);
    }

    /// A report in an order that does not depend on which worker did what, and the comments that were met.
    pub(super) fn into_report(self) -> (Report, Vec<LocatedComment>) {
        let mut not_scanned = self.not_scanned;
        not_scanned.sort();
        not_scanned.dedup();
        let report = Report {
            findings: self.collector.into_findings(),
            scanned: self.scanned,
            not_scanned,
            ..Report::default()
        };
        (report, self.marked)
    }
}
