//! Connects sources to the engine: each thread has a worker, and their results are merged at the end.

use std::sync::{Arc, Mutex, PoisonError, atomic::Ordering};
#[cfg(feature = "git")]
use std::{path::PathBuf, sync::OnceLock};

#[cfg(feature = "git")]
use super::lfs::{self, LfsPointer, LfsPolicy, MissingContent};
use super::{
    blob_scan::{BlobScan, ScanBuffers, ScanState},
    counts::Counts,
    gathered::RunTotals,
    known::KnownFiles,
    redact::Redactor,
    rule_paths::RulePaths,
};
#[cfg(feature = "git")]
use crate::{blob::Content, source::FileReader};
use crate::{
    blob::{Blob, ObjectId, Origin, PriorVersions, SourceKind},
    expand::Expander,
    finding::{NotReadKind, Report, Scanned},
    reading,
    scan::Engine,
    source::{Sink, why},
    suppression::LocatedComment,
};

/// Hands out workers and collects their results.
pub(crate) struct WorkerPool<'a> {
    engine: &'a Engine,
    redactor: &'a Redactor,
    counts: Option<Arc<Counts>>,
    gathered: Mutex<RunTotals>,
    /// For rules that are for some paths.
    rule_paths: Option<RulePaths>,
    /// The files whose values are looked for.
    known: Option<&'a KnownFiles>,
    #[cfg(feature = "git")]
    lfs: OnceLock<LfsPolicy>,
}

impl<'a> WorkerPool<'a> {
    /// Without `rule_paths`, rules that are for some paths count anywhere.
    pub(super) fn new(
        engine: &'a Engine,
        redactor: &'a Redactor,
        counts: Option<Arc<Counts>>,
        rule_paths: Option<RulePaths>,
    ) -> Self {
        Self {
            engine,
            redactor,
            counts,
            gathered: Mutex::default(),
            rule_paths,
            known: None,
            #[cfg(feature = "git")]
            lfs: OnceLock::new(),
        }
    }

    /// Values are not reported where they are kept.
    pub(super) fn keeping(self, known: &'a KnownFiles) -> Self {
        Self { known: Some(known), ..self }
    }

    /// Says which repository's store holds the content of Git LFS pointers that are no files, and what becomes of those
    /// without content. Otherwise they are counted.
    #[cfg(feature = "git")]
    pub(crate) fn read_lfs(&self, repository: &git2::Repository, missing: MissingContent) {
        // A run has one repository.
        let _ = self.lfs.set(LfsPolicy::new(repository, missing));
    }

    /// A worker for one thread. Its results are collected when it is dropped.
    pub(crate) fn worker(&self) -> Worker<'_> {
        self.worker_with(WorkerBuffers::default())
    }

    /// The same with the memory of an earlier worker.
    pub(super) fn worker_with(&self, buffers: WorkerBuffers) -> Worker<'_> {
        let WorkerBuffers { scan, expander } = buffers;
        Worker {
            state: ScanState::new(
                self.engine,
                self.redactor,
                self.counts.as_deref(),
                self.rule_paths.as_ref(),
                scan,
            )
            .keeping(self.known),
            expander,
            gathered: &self.gathered,
            #[cfg(feature = "git")]
            lfs: self.lfs.get(),
            #[cfg(feature = "git")]
            lfs_directory: None,
            #[cfg(feature = "git")]
            is_lfs_content: false,
            #[cfg(feature = "git")]
            has_met_pointer: false,
        }
    }

    /// Makes workers for threads. Sources are compiled once for all who pass them this, as they would not be for closures.
    pub(crate) fn workers<'s>(&'s self) -> impl Fn() -> Worker<'s> + Sync {
        || self.worker()
    }

    /// The same for threads that read the history of this repository.
    #[cfg(feature = "git")]
    pub(super) fn workers_in<'s>(&'s self, repository: &'s Arc<str>) -> impl Fn() -> Worker<'s> + Sync {
        || self.worker_in(repository)
    }

    /// A worker for one thread that reads the history of this repository.
    pub(super) fn worker_in(&self, repository: &Arc<str>) -> Worker<'_> {
        let mut worker = self.worker();
        worker.state.own.collector.enter(repository.clone());
        worker
    }

    /// Says how many objects there are in a repository that is about to be read.
    #[cfg(feature = "git")]
    pub(super) fn expect_objects(&self, count: usize) {
        if let Some(counts) = &self.counts {
            counts.all_objects.fetch_add(count as u64, Ordering::Relaxed);
        }
    }

    /// Masks what is shown.
    pub(super) fn redactor(&self) -> &'a Redactor {
        self.redactor
    }

    /// The repository objects in which finished workers found something.
    pub(super) fn objects(&self) -> Vec<ObjectId> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner).collector.objects().collect()
    }

    /// Everything the workers found and read, and the comments they saw.
    pub(super) fn into_report(self) -> (Report, Vec<LocatedComment>) {
        self.gathered.into_inner().unwrap_or_else(PoisonError::into_inner).into_report()
    }
}

/// The memory of a worker, which the next one can use again.
#[derive(Default)]
pub(crate) struct WorkerBuffers {
    scan: ScanBuffers,
    expander: Expander,
}

/// Scans what one thread of a source reads.
pub(crate) struct Worker<'a> {
    pub(super) state: ScanState<'a>,
    expander: Expander,
    gathered: &'a Mutex<RunTotals>,
    #[cfg(feature = "git")]
    lfs: Option<&'a LfsPolicy>,
    /// The files of the repository whose history is being read.
    #[cfg(feature = "git")]
    pub(super) lfs_directory: Option<PathBuf>,
    /// The content of a pointer may look like a pointer.
    #[cfg(feature = "git")]
    is_lfs_content: bool,
    /// A pointer of Git LFS was among what was scanned.
    #[cfg(feature = "git")]
    pub(super) has_met_pointer: bool,
}

impl Worker<'_> {
    /// Gives its memory back.
    pub(super) fn into_buffers(mut self) -> WorkerBuffers {
        WorkerBuffers { scan: self.state.take_buffers(), expander: std::mem::take(&mut self.expander) }
    }
}

#[cfg(feature = "git")]
impl Worker<'_> {
    /// If this is a Git LFS pointer, scans its content under the same path.
    fn follow_lfs(&mut self, origin: &Origin<'_>, text: &[u8]) {
        let is_object = matches!(origin.source, SourceKind::File | SourceKind::Index | SourceKind::Blob);
        let Some(pointer) = LfsPointer::parse(text).filter(|_| is_object && !self.is_lfs_content) else {
            return;
        };
        self.has_met_pointer = true;
        let directory = self
            .lfs_directory
            .clone()
            .or_else(|| lfs::directory_around(origin))
            .or_else(|| self.lfs.map(|lfs| lfs.directory.clone()));
        if let Some(content) = directory.and_then(|directory| pointer.content(&directory)) {
            self.is_lfs_content = true;
            FileReader::default().feed_content(&content, origin, self);
            self.is_lfs_content = false;
        } else if self.lfs.is_some_and(|lfs| lfs.missing == MissingContent::Fails) {
            let why = "is a Git LFS pointer whose content is missing: run `git lfs fetch --all` and scan again, or \
                       name it under `accept-unread`";
            self.not_scanned(origin.path, why.to_owned());
        } else {
            self.not_read(NotReadKind::LfsObject, origin.path);
        }
    }
}

impl Sink for Worker<'_> {
    fn blob(&mut self, blob: Blob<'_>) {
        #[cfg(feature = "git")]
        if let Content::Bytes(text) = &blob.content {
            self.follow_lfs(&blob.origin, text);
        }
        let Origin { path, source, .. } = blob.origin;
        reading::begin(path);
        let before = blob.before;
        let is_old = before.is_some_and(PriorVersions::had_path);
        let name = Origin { source: SourceKind::Name, object: None, ..blob.origin };
        self.state.set_path(&name);
        let shown = self.state.find_in_name(path, (!is_old).then_some(&name));
        let mut scan = BlobScan::new(&mut self.state, shown, before);
        if let Err(error) = self.expander.expand(blob, &mut scan) {
            scan.fail(path, why(&error));
        }
        let is_whole = scan.is_whole;
        let scanned = &mut self.state.own.scanned;
        match source {
            SourceKind::File | SourceKind::Stdin => scanned.files += u64::from(is_whole),
            SourceKind::Index | SourceKind::Blob => scanned.blobs += u64::from(is_whole),
            SourceKind::Message | SourceKind::Name | SourceKind::Config => {}
        }
        if let Some(counts) = self.state.counts {
            counts.files.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn count(&mut self, read: Scanned) {
        self.state.own.scanned.add(read);
    }

    fn not_scanned(&mut self, what: &[u8], why: String) {
        let redactor = self.state.redactor;
        let origin = Origin::new(SourceKind::Name, what);
        let what = self.state.find_in_name(what, Some(&origin)).unwrap_or_else(|| redactor.text(what).into());
        // Messages of libraries may contain paths, too.
        self.state.name_not_scanned(&what, None, redactor.text(why.as_bytes()));
    }

    fn not_read(&mut self, kind: NotReadKind, what: &[u8]) {
        let what = self.state.redactor.text(what);
        self.state.own.not_read.add(kind, what);
    }

    fn nothing(&mut self, what: &[u8], why: String) {
        self.not_scanned(what, why);
        if let Some(last) = self.state.own.not_scanned.last_mut() {
            last.is_nothing = true;
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let own = std::mem::take(&mut self.state.own);
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner).merge(own);
    }
}
