//! `skanner scan --history`: reads all objects, scans suspect blobs again under their paths, determines the history of
//! each finding, then filters the findings.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::moved::{MovedBlob, moved};
use crate::{
    blob::ObjectId,
    finding::{Event, Finding, History as HistoryReport},
    git::ObjectKind,
    locate::{self, CommitReader, Gathered, Gatherer, ObjectLocations, SecretHistory},
    path::{WholePath, current_directory, shown},
    session::{
        redact::Redactor,
        worker::{Worker, WorkerPool},
    },
    source::{HistorySource, HistoryStamp, Reading, Sink, SuspectPlaces},
};

/// So much of old blobs is scanned under new paths, in bytes. Where there is more, the whole history is read.
const MOST_MOVED: usize = 64 << 20;

/// A repository that has been read, and which of its blobs may hold a key.
pub(crate) struct HistoryScan {
    history: HistorySource,
    suspects: Vec<ObjectId>,
    /// Its commits, until they are merged into `gathered`.
    commits: Vec<CommitReader>,
    /// The locations of objects, if it was known in time that something must be located.
    gathered: Option<Gathered>,
    /// Known suspects that something new puts under another path.
    moved: BTreeSet<MovedBlob>,
    /// Something that should be in the store is not there, or cannot be read.
    has_holes: bool,
    reading: Reading,
    /// Its name, as it may be shown.
    name: Arc<str>,
}

impl HistoryScan {
    /// Returns the repository.
    pub(crate) fn repository(&self) -> &git2::Repository {
        self.history.store().0
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
                let (repository, store) = history.store();
                let known = history.known().map(|known| &known.suspects).filter(|known| !known.is_empty());
                let mut suspects = contents.suspects().to_vec();
                suspects.extend(known.iter().flat_map(|known| known.blobs()));
                // If something must be located, collect directories in the pass that reads their names.
                let gatherer = is_found(&suspects, pool).then(|| Gatherer::new(store, &suspects));
                let reader = || gatherer.as_ref().map(Gatherer::reader);
                let (fed, readers) = history.feed_directories(contents, &pool.workers_in(&name), &reader);
                let gathered = gatherer
                    .as_ref()
                    .map(|gatherer| gatherer.finish(readers, std::mem::take(&mut commits), &reading.pool));
                let moved = known.zip(gathered.as_ref()).map(|(known, gathered)| {
                    moved(repository, store, gathered, known).unwrap_or_else(|| {
                        reading.stamps.iter().for_each(|stamps| stamps.doubt());
                        BTreeSet::new()
                    })
                });
                waiting.extend(fed.nested.into_iter().map(|path| (path, true)));
                read.push(HistoryScan {
                    suspects: fed.suspects,
                    commits,
                    gathered,
                    moved: moved.unwrap_or_default(),
                    has_holes: fed.has_holes,
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
    for HistoryScan { history, suspects, commits, gathered, moved, has_holes, reading, name } in read {
        let (repository, store) = history.store();
        let mut scanned = reading.stamps.as_ref().map(|_| SuspectPlaces::default());
        let mut scan = |blob, commit, path: &[u8], worker: &mut Worker<'_>| {
            scanned.iter_mut().for_each(|scanned| scanned.add(blob, path));
            history.feed_blob(blob, commit, path, worker)
        };
        let leave = |scanned: Option<SuspectPlaces>, has_pointers| {
            let Some((stamps, scanned)) = reading.stamps.as_ref().zip(scanned) else { return };
            let is_directory = |id: &ObjectId| matches!(store.read(*id), Ok((ObjectKind::Tree, _)));
            let has_found_names = pool.objects().iter().any(is_directory);
            let head = repository.head().ok().and_then(|head| head.target());
            let head = head.map(|id| id.to_string()).unwrap_or_default();
            let has_holes = *has_holes;
            let stamp = HistoryStamp {
                suspects: scanned,
                has_found_names,
                has_pointers,
                has_holes,
                head,
                ..Default::default()
            };
            stamps.add(store, stamp);
        };
        if !is_found(suspects, pool) && moved.is_empty() {
            leave(scanned, false);
            continue;
        }
        let mut worker = pool.worker_in(name);
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
                scan(*id, place.commit, &place.path, &mut worker);
            }
            if places.is_empty() {
                scan(*id, None, b"", &mut worker);
            }
        }
        let mut bytes = 0;
        for (id, path) in &*moved {
            bytes += scan(*id, None, path, &mut worker);
            if bytes > MOST_MOVED {
                reading.stamps.iter().for_each(|stamps| stamps.doubt());
                break;
            }
        }
        leave(scanned, worker.has_met_pointer);
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
