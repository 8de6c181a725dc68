//! Scans many small texts, of which few hold a key.

use anyhow::Result;

use super::{
    gathered::RunTotals,
    run::{probe, worker_pool},
    settings::Session,
    worker::{Worker, WorkerBuffers, WorkerPool},
};
use crate::{
    blob::{Blob, Content, Origin, SourceKind},
    finding::{Report, Scanned},
    scan::Engine,
    source::Sink,
};

/// Scans texts one after the other. Only those in which there is anything to report take a run of their own.
pub(crate) struct TextScreen<'a> {
    session: &'a Session,
    engine: &'a Engine,
    worker: Worker<'a>,
    scanned: Scanned,
}

/// Hands out screens to threads.
pub(crate) struct TextScreens<'a> {
    session: &'a Session,
    engine: &'a Engine,
    pool: WorkerPool<'a>,
}

impl<'a> TextScreens<'a> {
    /// Screens for the texts of a run.
    pub(crate) fn new(session: &'a Session, engine: &'a Engine) -> Self {
        Self { session, engine, pool: worker_pool(session, engine, None) }
    }

    /// One for a thread.
    pub(crate) fn screen(&self) -> TextScreen<'_> {
        self.screen_with(WorkerBuffers::default())
    }

    /// The same with the memory of an earlier one.
    pub(crate) fn screen_with(&self, buffers: WorkerBuffers) -> TextScreen<'_> {
        TextScreen {
            session: self.session,
            engine: self.engine,
            worker: self.pool.worker_with(buffers),
            scanned: Scanned::default(),
        }
    }
}

impl TextScreen<'_> {
    /// What there is to say about a text; `None` if it was read whole and holds neither a key nor anything else to tell of. The
    /// path stands in the report, and may tell whose key something is.
    ///
    /// # Errors
    /// When a list of suppressions cannot be read.
    pub(crate) fn report(&mut self, text: &[u8], path: &[u8]) -> Result<Option<Report>> {
        match self.is_clean(text, path) {
            true => Ok(None),
            false => probe(self.session, self.engine, text, path).map(Some),
        }
    }

    /// Whether a text was read whole and holds nothing to tell of.
    pub(crate) fn is_clean(&mut self, text: &[u8], path: &[u8]) -> bool {
        self.worker.blob(Blob::new(Origin::new(SourceKind::Stdin, path), Content::Bytes(text)));
        let own = &mut self.worker.state.own;
        self.scanned.add(std::mem::take(&mut own.scanned));
        let is_clean = own.is_empty();
        if !is_clean {
            *own = RunTotals::default();
        }
        is_clean
    }

    /// Gives its memory back.
    pub(crate) fn into_buffers(self) -> WorkerBuffers {
        self.worker.into_buffers()
    }

    /// How much was read so far.
    pub(crate) fn scanned(&self) -> Scanned {
        self.scanned
    }
}

impl RunTotals {
    /// Whether there is nothing to report.
    fn is_empty(&self) -> bool {
        self.collector.is_empty()
            && self.not_scanned.is_empty()
            && self.not_read.is_empty()
            && self.marked.is_empty()
    }
}
