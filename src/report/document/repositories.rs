//! A report of several repositories: that of one of them says which one it is about before it becomes a part.

use super::{FindingEntry, ReportDocument, RepositoryEntry, RunReport, SuppressedKeys};
use crate::{
    cold,
    finding::{Audit, NotScanned, RunMode, Subject},
};

impl ReportDocument {
    /// The same report as a part of one about several repositories: whatever has a place says that it is in this one. The
    /// name must be safe to show.
    #[must_use]
    pub(crate) fn of_repository(mut self, name: &str) -> Self {
        self.run.repositories = vec![self.entry(name)];
        let run = &mut self.run;
        self.findings.iter_mut().for_each(|finding| locate(finding, name));
        let within = |place: &mut String| *place = within_repository(name, place);
        for input in run.not_scanned.iter_mut().chain(run.accepted.iter_mut().map(|one| &mut one.input)) {
            input.what = format!("{name}: {}", input.what);
        }
        run.suppressed_by.iter_mut().for_each(|one| within(&mut one.place));
        run.suppressions.iter_mut().for_each(|one| within(&mut one.suppression.place));
        run.unused_suppressions.iter_mut().for_each(|one| within(&mut one.place));
        run.accepted.iter_mut().for_each(|one| within(&mut one.suppression.place));
        run.configuration.iter_mut().for_each(|one| within(&mut one.file));
        let of_files = run.refused.iter_mut().filter(|one| one.is_in_file());
        of_files.for_each(|one| within(&mut one.place));
        if let Some(refs) = &mut run.refs {
            let command = refs.fetch_pull_requests.take();
            refs.fetch_pull_requests = command.and_then(|command| in_directory(&command, name));
        }
        let excluded = std::mem::take(&mut run.excluded).into_iter();
        let within_name = |by: String| if is_option(&by) { by } else { within_repository(name, &by) };
        run.excluded = cold::map(excluded.map(|(by, count)| (within_name(by), count)));
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

    /// Whether what it says of its repository is what its findings say. Otherwise it has been changed or damaged.
    pub(crate) fn fits(&self, repository: &RepositoryEntry) -> bool {
        let run = &self.run;
        let audit = run.verdict_on(&self.findings);
        let is_unread = repository.audit.is_none();
        let own = RepositoryEntry {
            digest: repository.digest.clone(),
            audit: Some(audit).filter(|_| !is_unread),
            ..self.entry(&repository.name)
        };
        own == *repository && run.audit == Some(audit) && run.complete == run.not_scanned.is_empty()
    }

    fn entry(&self, name: &str) -> RepositoryEntry {
        let run = &self.run;
        RepositoryEntry {
            name: name.to_owned(),
            digest: None,
            complete: run.complete,
            audit: run.audit,
            qualified: run.is_qualified(),
            keys: cold::map(self.by_severity().iter().filter(|(_, count)| *count > 0)),
            scanned: run.scanned,
        }
    }

    /// The report about a repository of which nothing could be read.
    #[must_use]
    pub(crate) fn unread_repository(name: &str, why: String) -> Self {
        let mut report = Self::new(&crate::finding::Report { mode: RunMode::Audit, ..Default::default() });
        let what = name.to_owned();
        report.run.not_scanned.push(NotScanned { what, why, ..NotScanned::default() });
        report.run.complete = false;
        report.run.audit = Some(Audit::new(false, std::iter::empty()));
        let (keys, scanned) = Default::default();
        report.run.repositories = vec![RepositoryEntry {
            name: name.to_owned(),
            digest: None,
            complete: false,
            audit: None,
            qualified: false,
            keys,
            scanned,
        }];
        report
    }
}

impl RunReport {
    /// The verdict on keys that this run has found.
    pub(super) fn verdict_on(&self, findings: &[FindingEntry]) -> Audit {
        let audit = Audit::new(self.complete, findings.iter().map(FindingEntry::exposure));
        if self.since_scan.is_some() { audit.since_scan() } else { audit }
    }

    /// Says in a sentence how many repositories were read.
    pub(crate) fn count_repositories(&mut self) {
        let read = self.repositories.iter().filter(|one| one.audit.is_some()).count();
        let what = format!("files, index and history of {read} repositories");
        self.subject = Some(Subject { what, nothing: None });
    }
}

/// A submodule has been named by its own path in the repository.
fn locate(finding: &mut FindingEntry, name: &str) {
    for place in &mut finding.occurrences {
        let inner = place.repository.take().filter(|inner| inner != ".");
        let repository = inner.map_or_else(|| name.to_owned(), |inner| within_repository(name, &inner));
        // Its path is then one from here, so that no two files have the same.
        if !place.path.is_empty() {
            place.path = within_repository(&repository, &place.path);
        }
        place.repository = Some(repository);
    }
}

/// Whether a name is that of an option or a variable, and not of a file.
fn is_option(by: &str) -> bool {
    by.starts_with('-') || by.starts_with("SKANNER_")
}

/// A command of git for a repository elsewhere. People paste it, so that there is none for a name that a shell would take
/// for more than a name.
fn in_directory(command: &str, name: &str) -> Option<String> {
    let is_plain = |one: char| one.is_alphanumeric() || "/._-".contains(one);
    let rest = command.strip_prefix("git ")?;
    (name.chars().all(is_plain) && !name.starts_with('-')).then(|| format!("git -C {name} {rest}"))
}

/// A path in a repository. What is absolute is not in it.
fn within_repository(name: &str, place: &str) -> String {
    match place.starts_with('/') {
        true => place.to_owned(),
        false => format!("{}/{place}", name.trim_end_matches('/')),
    }
}
