//! Connects sources to the engine: each thread has a worker, and their results are merged at the end.

use std::sync::{Arc, Mutex, PoisonError, atomic::Ordering};

use super::{
    blob_scan::{BlobScan, ScanState},
    counts::Counts,
    gathered::RunTotals,
    redact::Redactor,
};
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
}

impl<'a> WorkerPool<'a> {
    pub(super) fn new(engine: &'a Engine, redactor: &'a Redactor, counts: Option<Arc<Counts>>) -> Self {
        Self { engine, redactor, counts, gathered: Mutex::default() }
    }

    /// A worker for one thread. Its results are collected when it is dropped.
    pub(crate) fn worker(&self) -> Worker<'_> {
        Worker {
            state: ScanState::new(self.engine, self.redactor, self.counts.as_deref()),
            expander: Expander::default(),
            gathered: &self.gathered,
        }
    }

    /// A worker for one thread that reads the history of this repository.
    pub(super) fn worker_in(&self, repository: &Arc<str>) -> Worker<'_> {
        let mut worker = self.worker();
        worker.state.own.collector.enter(repository.clone());
        worker
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

/// Scans what one thread of a source reads.
pub(crate) struct Worker<'a> {
    pub(super) state: ScanState<'a>,
    expander: Expander,
    gathered: &'a Mutex<RunTotals>,
}

impl Sink for Worker<'_> {
    fn blob(&mut self, blob: Blob<'_>) {
        let Origin { path, source, .. } = blob.origin;
        reading::begin(path);
        let before = blob.before;
        let is_old = before.is_some_and(PriorVersions::had_path);
        let name = Origin { source: SourceKind::Name, object: None, ..blob.origin };
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
