//! A report of several repositories: that of one of them says which one it is about before it becomes a part.

use super::{FindingEntry, ReportDocument, RepositoryEntry, RunReport, SuppressedKeys};
use crate::finding::{NotScanned, RunMode, Subject};

impl ReportDocument {
    /// The same report as a part of one about several repositories: whatever has a place says that it is in this one. The
    /// name must be safe to show.
    #[must_use]
    pub(crate) fn of_repository(mut self, name: &str) -> Self {
        let keys = self.by_severity();
        let run = &mut self.run;
        run.repositories = vec![RepositoryEntry {
            name: name.to_owned(),
            complete: run.complete,
            audit: run.audit,
            keys: keys.iter().filter(|(_, count)| *count > 0).collect(),
            scanned: run.scanned,
        }];
        self.findings.iter_mut().for_each(|finding| locate(finding, name));
        let within = |place: &mut String| *place = within(name, place);
        for input in run.not_scanned.iter_mut().chain(run.accepted.iter_mut().map(|one| &mut one.input)) {
            input.what = format!("{name}: {}", input.what);
        }
        run.suppressed_by.iter_mut().for_each(|one| within(&mut one.place));
        run.suppressions.iter_mut().for_each(|one| within(&mut one.suppression.place));
        run.unused_suppressions.iter_mut().for_each(|one| within(&mut one.place));
        run.accepted.iter_mut().for_each(|one| within(&mut one.suppression.place));
        run.configuration.iter_mut().for_each(|one| within(&mut one.file));
        run.not_read_names.values_mut().flatten().for_each(within);
        if let SuppressedKeys::List(list) = &mut run.suppressed {
            for one in list {
                locate(&mut one.finding, name);
                within(&mut one.suppression.place);
            }
        }
        for finding in &mut self.findings {
            finding.allowed_by.iter_mut().for_each(|one| within(&mut one.place));
        }
        self
    }

    /// The report about a repository of which nothing could be read.
    #[must_use]
    pub(crate) fn unread_repository(name: &str, why: String) -> Self {
        let mut report = Self::new(&crate::finding::Report { mode: RunMode::Audit, ..Default::default() });
        let what = name.to_owned();
        report.run.not_scanned.push(NotScanned { what, why, ..NotScanned::default() });
        report.run.complete = false;
        let (keys, scanned) = Default::default();
        report.run.repositories =
            vec![RepositoryEntry { name: name.to_owned(), complete: false, audit: None, keys, scanned }];
        report
    }
}

impl RunReport {
    /// Says in a sentence how many repositories were read.
    pub(crate) fn count_repositories(&mut self) {
        let what = format!("files, index and history of {} repositories", self.repositories.len());
        self.subject = Some(Subject { what, nothing: None });
    }
}

/// A submodule has been named by its own path in the repository.
fn locate(finding: &mut FindingEntry, name: &str) {
    for place in &mut finding.occurrences {
        let inner = place.repository.take().filter(|inner| inner != ".");
        place.repository = Some(inner.map_or_else(|| name.to_owned(), |inner| within(name, &inner)));
    }
}

/// A path in a repository. What is absolute is not in it.
fn within(name: &str, place: &str) -> String {
    match place.starts_with('/') {
        true => place.to_owned(),
        false => format!("{}/{place}", name.trim_end_matches('/')),
    }
}
