//! `skanner scan --history`: all objects, then what is suspect once more under its names, then the life of what was
//! found, then what of it is asked for.

use std::path::{Path, PathBuf};

use crate::{
    blob::ObjectId,
    finding::{Event, Finding, History as HistoryReport},
    locate::{self, CommitReader, Gathered, Gatherer, ObjectLocations, SecretHistory},
    session::{
        redact::Redactor,
        worker::{Worker, WorkerPool},
    },
    source::{HistorySource, Reading, Sink},
};

/// A repository that was read, and which of its blobs may hold a key.
pub(crate) struct HistoryScan {
    history: HistorySource,
    suspects: Vec<ObjectId>,
    /// Its commits, until they are part of what was gathered.
    commits: Vec<CommitReader>,
    /// Where things are, if it was known in time that something has to be located.
    gathered: Option<Gathered>,
    reading: Reading,
}

impl HistoryScan {
    /// The repository.
    pub(super) fn repository(&self) -> &git2::Repository {
        self.history.store().0
    }

    /// Whether it is a shallow clone that is not named as such, since the user knows.
    pub(crate) fn is_shallow(&self) -> bool {
        let (_, store) = self.history.store();
        self.reading.allow_shallow
            && std::fs::metadata(store.directory.join("shallow")).is_ok_and(|file| file.len() > 0)
    }
}

/// Reads the histories of the repositories that `roots` are in, with those of their submodules, or says why that cannot
/// be done.
pub(crate) fn read(roots: &[PathBuf], reading: Reading, pool: &WorkerPool<'_>) -> Vec<HistoryScan> {
    let mut read = Vec::new();
    let mut waiting: Vec<(PathBuf, bool)> = roots.iter().rev().map(|root| (root.clone(), false)).collect();
    while let Some((path, is_nested)) = waiting.pop() {
        let open = if is_nested { HistorySource::open_nested } else { HistorySource::open };
        match open(&path, reading.clone()) {
            Ok(history) => {
                let new_commits = || Some(CommitReader::default());
                let (contents, mut commits) = history.feed_contents(&|| pool.worker(), &new_commits);
                let (_, store) = history.store();
                // If there is something to locate, folders are gathered while they are read for their names.
                let gatherer =
                    is_found(contents.suspects(), pool).then(|| Gatherer::new(store, contents.suspects()));
                let reader = || gatherer.as_ref().map(Gatherer::reader);
                let (fed, readers) = history.feed_directories(contents, &|| pool.worker(), &reader);
                let gathered = gatherer
                    .as_ref()
                    .map(|gatherer| gatherer.finish(readers, std::mem::take(&mut commits), &reading.pool));
                waiting.extend(fed.nested.into_iter().map(|path| (path, true)));
                read.push(HistoryScan {
                    suspects: fed.suspects,
                    commits,
                    gathered,
                    reading: reading.clone(),
                    history,
                });
            }
            Err(error) => not_opened(&path, &error, &mut pool.worker()),
        }
    }
    read
}

fn not_opened(path: &Path, error: &git2::Error, worker: &mut Worker<'_>) {
    let why = if error.code() == git2::ErrorCode::NotFound {
        "is in no git repository: there is no history to scan".to_owned()
    } else {
        format!("its repository cannot be opened: {}", error.message())
    };
    worker.nothing(path.as_os_str().as_encoded_bytes(), why);
}

/// Whether there is something to locate.
fn is_found(suspects: &[ObjectId], pool: &WorkerPool<'_>) -> bool {
    !suspects.is_empty() || !pool.objects().is_empty()
}

/// Scans the suspects under the names they have, and returns where everything is, for [`secret_history`].
pub(in crate::session) fn locate<'a>(
    read: &'a mut [HistoryScan],
    pool: &WorkerPool<'_>,
) -> Vec<ObjectLocations<'a>> {
    let mut locations = Vec::new();
    for HistoryScan { history, suspects, commits, gathered, reading } in read {
        if !is_found(suspects, pool) {
            continue;
        }
        let mut worker = pool.worker();
        let (repository, store) = history.store();
        let gathered = gathered.take();
        // A key in the name of a folder or file was found too late to be gathered for.
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

/// The life of what was found, in the first repository that holds it.
pub(super) fn secret_history(finding: &Finding, locations: &[ObjectLocations<'_>]) -> Option<SecretHistory> {
    let objects = objects(finding);
    locations.iter().find_map(|location| location.secret_history(&objects))
}

/// The objects that hold what was found.
pub(super) fn objects(finding: &Finding) -> Vec<ObjectId> {
    let mut objects: Vec<ObjectId> = finding.occurrences.iter().filter_map(|place| place.object).collect();
    objects.sort_unstable();
    objects.dedup();
    objects
}

/// A life as it may be shown.
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
