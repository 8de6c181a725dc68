//! `skanner scan --history`: reads all objects, scans suspect blobs again under their paths, determines the history of
//! each finding, then filters the findings.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    blob::ObjectId,
    finding::{Event, Finding, History as HistoryReport},
    git::store::StoreStamp,
    locate::{self, CommitReader, Gathered, Gatherer, ObjectLocations, SecretHistory},
    path::{WholePath, current_directory, shown},
    session::{
        redact::Redactor,
        worker::{Worker, WorkerPool},
    },
    source::{HistorySource, Reading, Sink},
};

/// A repository that has been read, and which of its blobs may hold a key.
pub(crate) struct HistoryScan {
    history: HistorySource,
    suspects: Vec<ObjectId>,
    /// Its commits, until they are merged into `gathered`.
    commits: Vec<CommitReader>,
    /// The locations of objects, if it was known in time that something must be located.
    gathered: Option<Gathered>,
    reading: Reading,
    /// Its name, as it may be shown.
    name: Arc<str>,
}

impl HistoryScan {
    /// Returns the repository.
    pub(crate) fn repository(&self) -> &git2::Repository {
        self.history.store().0
    }

    /// What its store held when it was read, if that was asked for.
    pub(crate) fn stamp(&self) -> Option<&StoreStamp> {
        self.history.store().1.stamp.as_ref()
    }

    /// Whether it is a shallow clone that is not reported because the user allowed it.
    pub(crate) fn is_shallow(&self) -> bool {
        let (_, store) = self.history.store();
        self.reading.allow_shallow
            && std::fs::metadata(store.directory.join("shallow")).is_ok_and(|file| file.len() > 0)
    }
}

/// Reads the histories of the repositories that contain `roots`, including submodules. What cannot be read is reported
/// with its reason.
pub(crate) fn read(roots: &[PathBuf], reading: Reading, pool: &WorkerPool<'_>) -> Vec<HistoryScan> {
    let mut read = Vec::new();
    let mut waiting: Vec<(PathBuf, bool)> = roots.iter().rev().map(|root| (root.clone(), false)).collect();
    while let Some((path, is_nested)) = waiting.pop() {
        let open = if is_nested { HistorySource::open_nested } else { HistorySource::open };
        match open(&path, reading.clone()) {
            Ok(history) => {
                let name = name(&history, pool);
                pool.expect_objects(history.store().1.len());
                let new_commits = || Some(CommitReader::default());
                let (contents, mut commits) = history.feed_contents(&pool.workers_in(&name), &new_commits);
                let (_, store) = history.store();
                // If something must be located, collect directories in the pass that reads their names.
                let gatherer =
                    is_found(contents.suspects(), pool).then(|| Gatherer::new(store, contents.suspects()));
                let reader = || gatherer.as_ref().map(Gatherer::reader);
                let (fed, readers) = history.feed_directories(contents, &pool.workers_in(&name), &reader);
                let gathered = gatherer
                    .as_ref()
                    .map(|gatherer| gatherer.finish(readers, std::mem::take(&mut commits), &reading.pool));
                waiting.extend(fed.nested.into_iter().map(|path| (path, true)));
                read.push(HistoryScan {
                    suspects: fed.suspects,
                    commits,
                    gathered,
                    reading: reading.clone(),
                    name,
                    history,
                });
            }
            Err(error) => not_opened(&path, &error, &mut pool.worker()),
        }
    }
    read
}

/// The name of a repository: its work tree, or its own directory, as a user here would write it.
fn name(history: &HistorySource, pool: &WorkerPool<'_>) -> Arc<str> {
    let (repository, _) = history.store();
    let root = repository.workdir().unwrap_or_else(|| repository.path());
    let here = current_directory().unwrap_or_default();
    let whole = root.whole().unwrap_or_else(|_| root.to_owned());
    let inner = whole.strip_prefix(&here).unwrap_or(&whole);
    let inner = if inner.as_os_str().is_empty() { Path::new(".") } else { inner };
    pool.redactor().text(&shown(inner)).into()
}

fn not_opened(path: &Path, error: &git2::Error, worker: &mut Worker<'_>) {
    let why = if error.code() == git2::ErrorCode::NotFound {
        "is not in a git repository: there is no history to scan".to_owned()
    } else {
        format!("its repository cannot be opened: {}", error.message())
    };
    worker.nothing(&shown(path), why);
}

/// Whether anything must be located.
fn is_found(suspects: &[ObjectId], pool: &WorkerPool<'_>) -> bool {
    !suspects.is_empty() || !pool.objects().is_empty()
}

/// Scans the suspects under their paths, and returns all locations for [`secret_history`].
pub(in crate::session) fn locate<'a>(
    read: &'a mut [HistoryScan],
    pool: &WorkerPool<'_>,
) -> Vec<ObjectLocations<'a>> {
    let mut locations = Vec::new();
    for HistoryScan { history, suspects, commits, gathered, reading, name } in read {
        if !is_found(suspects, pool) {
            continue;
        }
        let mut worker = pool.worker_in(name);
        let (repository, store) = history.store();
        worker.lfs_directory = Some(repository.commondir().to_owned());
        let gathered = gathered.take();
        // A key in a file or directory name turned up too late to collect locations in that pass.
        let gathered = gathered.unwrap_or_else(|| {
            let commits = std::mem::take(commits);
            Gatherer::new(store, suspects).finish(Vec::new(), commits, &reading.pool)
        });
        let location = ObjectLocations::new(repository, store, gathered, &pool.objects());
        for id in &*suspects {
            let places = location.places(*id);
            for place in &places {
                history.feed_blob(*id, place.commit, &place.path, &mut worker);
            }
            if places.is_empty() {
                history.feed_blob(*id, None, b"", &mut worker);
            }
        }
        locations.push(location);
    }
    locations
}

/// The history of a finding, from the first repository that contains it.
pub(super) fn secret_history(finding: &Finding, locations: &[ObjectLocations<'_>]) -> Option<SecretHistory> {
    let objects = objects(finding);
    locations.iter().find_map(|location| location.secret_history(&objects))
}

/// The objects that contain the finding.
pub(super) fn objects(finding: &Finding) -> Vec<ObjectId> {
    let mut objects: Vec<ObjectId> = finding.occurrences.iter().filter_map(|place| place.object).collect();
    objects.sort_unstable();
    objects.dedup();
    objects
}

/// A history in the form it is shown in.
pub(super) fn render(secret_history: SecretHistory, redactor: &Redactor) -> HistoryReport {
    let event = |event: locate::HistoryEvent| Event {
        commit: event.commit.to_string(),
        author: redactor.text(&event.author),
        date: event.date,
        summary: redactor.text(&event.summary),
        path: redactor.text(&event.path),
    };
    HistoryReport {
        introduced: secret_history.introduced.map(event),
        removed: secret_history.removed.map(event),
        at_head: secret_history.at_head,
        refs: secret_history.refs.iter().map(|name| redactor.text(name)).collect(),
        commits: secret_history.commits,
        reachable: secret_history.reachable,
    }
}
