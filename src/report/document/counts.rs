//! How many keys a report has, by what people ask for. Every reporter shows these numbers, so they agree.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{FindingEntry, ReportDocument, RepositoryEntry};
use crate::{cold::ColdSort, finding::Exposure, report::severity_counts::SeverityCounts};

impl ReportDocument {
    /// All keys.
    pub(in crate::report) fn by_severity(&self) -> SeverityCounts {
        of(self.findings.iter())
    }

    /// The keys of each exposure, in the order in which exposures apply. What no key has is 0.
    pub(in crate::report) fn by_exposure(&self) -> Vec<(Exposure, SeverityCounts)> {
        let with = |exposure| self.findings.iter().filter(move |finding| finding.exposure() == exposure);
        Exposure::ALL.into_iter().map(|exposure| (exposure, of(with(exposure)))).collect()
    }

    /// The keys of each issuer, those with most keys first.
    pub(in crate::report) fn by_issuer(&self) -> Vec<(&str, SeverityCounts)> {
        let mut issuers: BTreeMap<&str, SeverityCounts> = BTreeMap::new();
        for finding in &self.findings {
            issuers.entry(&finding.issuer).or_default().add(finding.severity);
        }
        let mut issuers: Vec<_> = issuers.into_iter().collect();
        issuers.cold_sort_by_key(|(_, counts)| Reverse((counts.sum(), *counts)));
        issuers
    }

    /// The repositories if the report is about several, with their keys, the most dangerous first, then those that were not
    /// read completely. A key that two of them have counts in both.
    pub(in crate::report) fn by_repository(&self) -> Vec<(&RepositoryEntry, SeverityCounts)> {
        let mut all: Vec<_> = self.run.repositories.iter().map(|one| (one, one.by_severity())).collect();
        all.cold_sort_by_key(|(one, counts)| Reverse((*counts, !one.complete)));
        all
    }
}

impl RepositoryEntry {
    fn by_severity(&self) -> SeverityCounts {
        SeverityCounts::new(|severity| self.keys.get(&severity).copied().unwrap_or_default())
    }
}

fn of<'a>(findings: impl Iterator<Item = &'a FindingEntry>) -> SeverityCounts {
    let mut counts = SeverityCounts::default();
    findings.for_each(|finding| counts.add(finding.severity));
    counts
}
