//! Everything a repository holds: all objects in its store, reachable or not, and git's own files.
//!
//! The first pass does not know the paths of blobs. It only finds out which of them may hold a key
//! ([`FirstPass::suspects`]). Those are read again once their paths are known.

mod contents;
mod copies;
mod files;
mod objects;
mod searcher;
mod stamp;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use git2::Repository;

use super::{sink::Sink, words::why};
use crate::{
    blob::{Blob, Content, ObjectId, Origin, SourceKind},
    git::{self, HistoryObserver, ObjectKind, ObjectKinds, pack, store::Store},
    regular_file,
    threads::Pool,
};

pub(crate) use contents::Contents;
pub(crate) use searcher::{Searcher, TriageResult};
pub(crate) use stamp::{HistoryStamp, HistoryStamps, ReadHistories, SuspectPlaces};

use objects::ObjectReader;

/// At most this many unreadable objects are named one by one.
const NAMED: usize = 1000;

/// How a history is read.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// The threads that read it.
    pub pool: Pool,
    /// The user accepts that the clone may be shallow.
    pub allow_shallow: bool,
    /// Read all objects one by one through libgit2.
    pub cross_check: bool,
    /// What was read before and is passed over, and what is read now. If it is set, the stores have stamps.
    pub stamps: Option<Arc<HistoryStamps>>,
}

/// The whole history of one repository.
pub(crate) struct HistorySource {
    repository: Repository,
    store: Store,
    reading: Reading,
    /// The repository is nested in another one, which has already pushed its plain files.
    is_nested: bool,
}

/// What the first pass leaves to do.
pub(crate) struct FirstPass {
    /// The blobs that may hold a key, sorted.
    pub suspects: Vec<ObjectId>,
    /// Repositories nested in this one, such as those of submodules. Their objects have not been read.
    pub nested: Vec<PathBuf>,
    /// Something that should be in the store is not there, or cannot be read.
    pub has_holes: bool,
}

impl HistorySource {
    /// Opens the repository that contains `path`.
    ///
    /// # Errors
    /// When there is none, or libgit2 does not know its format.
    pub(crate) fn open(path: &Path, reading: Reading) -> Result<Self, git2::Error> {
        Self::new(git::discover(path)?, reading)
    }

    fn new(repository: Repository, reading: Reading) -> Result<Self, git2::Error> {
        for name in ["packed-refs", "logs/refs/stash"] {
            plain(repository.commondir(), name)?;
        }
        let open = |repository| match reading.cross_check {
            true => Store::open_for_cross_check(repository, &reading.pool),
            false => {
                let known = reading.stamps.as_ref().map(|stamps| stamps.stores());
                Ok(Store::open(repository, &reading.pool, known.as_deref()))
            }
        };
        Ok(Self { store: open(&repository)?, repository, reading, is_nested: false })
    }

    /// What is known of what is passed over.
    #[must_use]
    pub(crate) fn known(&self) -> Option<&HistoryStamp> {
        self.reading.stamps.as_ref()?.of(&self.store)
    }

    /// Like [`Self::open`], for a repository from [`FirstPass::nested`]: its plain files have already been pushed.
    ///
    /// # Errors
    /// When libgit2 does not know its format.
    pub(crate) fn open_nested(path: &Path, reading: Reading) -> Result<Self, git2::Error> {
        plain(path, "shallow")?;
        Ok(Self { is_nested: true, ..Self::new(git::open(path)?, reading)? })
    }

    /// Pushes everything except directories and suspect blobs, and shows `observer` the commits in packs.
    /// [`Self::feed_directories`] must be called next.
    pub(crate) fn feed_contents<S: Searcher, B: HistoryObserver>(
        &self,
        new_sink: &(impl Fn() -> S + Sync),
        observer: &(impl Fn() -> Option<B> + Sync),
    ) -> (Contents, Vec<B>) {
        let mut sink = new_sink();
        for pack::PackDamage { path, why } in &self.store.damages {
            sink.not_scanned(&files::name(path), why.clone());
        }
        let shallow = self.shallow(&mut sink);
        let store = &self.store;
        let new_reader = || ObjectReader::new(new_sink(), store, &shallow, observer());
        let kinds = ObjectKinds::of(&[ObjectKind::Blob, ObjectKind::Commit, ObjectKind::Tag]);
        let mut readers = self.store.packs.walk(kinds, &self.reading.pool, &new_reader);
        self.expect_refs(&mut sink, &mut readers);
        let mut contents = Contents::default();
        let failed = contents.take_failed(&mut readers);
        let loose = self.store.one_by_one().iter().map(|id| (*id, None));
        let all = failed.iter().map(|(id, why)| (*id, Some(*why))).chain(loose).collect();
        contents.read_one_by_one(all, &self.reading.pool, &mut readers, &new_reader);
        contents.take(&mut readers);
        copies::check(store, &self.reading.pool, &mut sink);
        (contents, readers.into_iter().filter_map(|reader| reader.observer).collect())
    }

    /// Pushes the names in directories, and shows `observer` the directories in packs. Then reports what could not be
    /// read.
    pub(crate) fn feed_directories<S: Searcher, B: HistoryObserver>(
        &self,
        contents: Contents,
        new_sink: &(impl Fn() -> S + Sync),
        observer: &(impl Fn() -> Option<B> + Sync),
    ) -> (FirstPass, Vec<B>) {
        let mut contents = contents;
        let store = &self.store;
        let new_reader = || ObjectReader::new(new_sink(), store, &[], observer());
        let mut readers =
            self.store.packs.walk(ObjectKinds::of(&[ObjectKind::Tree]), &self.reading.pool, &new_reader);
        let failed = contents.take_failed(&mut readers);
        let failed = failed.iter().map(|(id, why)| (*id, Some(*why))).collect();
        contents.read_one_by_one(failed, &self.reading.pool, &mut readers, &new_reader);
        contents.take(&mut readers);
        let observer = readers.into_iter().filter_map(|reader| reader.observer).collect();
        (self.conclude(contents, &mut new_sink()), observer)
    }

    /// Reports what could not be read, and pushes git's own files.
    fn conclude(&self, contents: Contents, sink: &mut impl Sink) -> FirstPass {
        let Contents { mut suspects, mut missing, failed, mut unread } = contents;
        for list in [&mut suspects, &mut missing] {
            list.sort_unstable();
            list.dedup();
        }
        unread.sort_unstable();
        report_unread(&unread, sink);
        let gaps = self.store.packs.gaps();
        let has_holes = !(unread.is_empty()
            && missing.is_empty()
            && failed.is_empty()
            && gaps.is_empty()
            && self.store.damages.is_empty());
        let path = self.repository.path();
        let read_elsewhere =
            failed.iter().filter(|id| unread.binary_search_by_key(*id, |one| one.0).is_err());
        match read_elsewhere.count() {
            0 => {}
            count => {
                let why = format!(
                    "its packs are damaged: {count} objects could be read, but not from where they should be; \
                     `git fsck` lists them"
                );
                sink.not_scanned(&files::name(path), why);
            }
        }
        for pack::PackDamage { path, why } in gaps {
            sink.not_scanned(&files::name(&path), why);
        }
        self.name_missing(&missing, sink);
        files::feed_others(&self.store.others, sink);
        let nested = if self.is_nested { Vec::new() } else { files::feed(self.repository.commondir(), sink) };
        if self.store.packs.is_empty() && self.store.loose.is_empty() {
            let why = "contains no objects: there is no history to scan".to_owned();
            sink.nothing(&files::name(self.repository.path()), why);
        }
        FirstPass { suspects, nested, has_holes }
    }

    /// Checks that the objects that refs point to exist.
    fn expect_refs<S: Searcher, B: HistoryObserver>(
        &self,
        sink: &mut S,
        readers: &mut [ObjectReader<'_, S, B>],
    ) {
        let Some(reader) = readers.first_mut() else { return };
        match git::refs(&self.repository) {
            Ok(refs) => {
                for (_, target) in refs {
                    reader.expect(target);
                }
            }
            Err(error) => {
                let why = format!("its refs cannot be listed: {}", error.message());
                sink.not_scanned(&files::name(self.repository.path()), why);
            }
        }
    }

    /// Reports objects that others refer to and that do not exist.
    fn name_missing(&self, missing: &[ObjectId], sink: &mut impl Sink) {
        if missing.is_empty() {
            return;
        }
        let is_promised = self.store.is_partial
            || self.repository.config().is_ok_and(|config| {
                config
                    .entries(Some(r"remote\..*\.promisor"))
                    .is_ok_and(|mut entries| entries.next().is_some())
            });
        if is_promised {
            let why = format!(
                "is a partial clone: {} objects that its commits and directories refer to are missing; \
                 `git fetch --refetch --no-filter` fetches them",
                missing.len()
            );
            sink.not_scanned(&files::name(self.repository.path()), why);
            return;
        }
        let why = "is missing, although a ref, commit, tag or directory refers to it".to_owned();
        report_unread(&missing.iter().map(|id| (*id, why.clone())).collect::<Vec<_>>(), sink);
    }

    /// Pushes a blob under one of its paths, or an empty one if none is known, along with the commit that introduced
    /// it. Returns its length, in bytes.
    pub(crate) fn feed_blob(
        &self,
        id: ObjectId,
        commit: Option<ObjectId>,
        path: &[u8],
        sink: &mut impl Searcher,
    ) -> usize {
        match self.store.read(id) {
            Ok((_, bytes)) => {
                let origin = Origin { object: Some(id), commit, ..Origin::new(SourceKind::Blob, path) };
                sink.blob(Blob::new(origin, Content::Bytes(&bytes)));
                bytes.len()
            }
            Err(why) => {
                sink.not_scanned(format!("object {id}").as_bytes(), why);
                0
            }
        }
    }

    /// The object store, and its repository.
    #[must_use]
    pub(crate) fn store(&self) -> (&Repository, &Store) {
        (&self.repository, &self.store)
    }

    /// The commits where a shallow clone ends. They are reported unless the user allows it.
    fn shallow(&self, sink: &mut impl Sink) -> Vec<ObjectId> {
        let path = self.store.directory.join("shallow");
        let text = match regular_file::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                sink.not_scanned(&files::name(&path), why(&error));
                return Vec::new();
            }
        };
        let mut commits: Vec<_> = text.split(|byte| *byte == b'\n').filter_map(ObjectId::from_hex).collect();
        commits.sort_unstable();
        if !commits.is_empty() && !self.reading.allow_shallow {
            let why = "is a shallow clone: the history before its first commits is missing; `git fetch --unshallow` \
                       fetches it, and --allow-shallow scans what is present";
            sink.not_scanned(&files::name(self.repository.path()), why.to_owned());
        }
        commits
    }
}

/// Refuses a path that libgit2 would read without checking that it is a file.
fn plain(directory: &Path, name: &str) -> Result<(), git2::Error> {
    match regular_file::check(&directory.join(name)) {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => {
            Err(git2::Error::from_str(&format!("{name} {error}")))
        }
        _ => Ok(()),
    }
}

/// Reports unreadable objects: the first ones by name, the rest by count.
fn report_unread(objects: &[(ObjectId, String)], sink: &mut impl Sink) {
    for (id, why) in objects.iter().take(NAMED) {
        sink.not_scanned(format!("object {id}").as_bytes(), why.clone());
    }
    let rest = objects.len().saturating_sub(NAMED);
    if rest > 0 {
        sink.not_scanned(b"further objects", format!("{rest} more cannot be read either"));
    }
}
