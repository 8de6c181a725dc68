//! Where sources and engine meet: every thread has a worker, and what they found comes together at the end.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};

use super::progress::Counts;
use crate::{
    blob::{Blob, Content, SourceKind},
    finding::{Collector, NotScanned, Report, Scanned},
    scan::{Engine, Scratch},
    source::{Sink, why},
};

/// Hands out workers and gathers what they leave.
pub(super) struct Workshop<'a> {
    engine: &'a Engine,
    counts: Option<Arc<Counts>>,
    gathered: Mutex<Gathered>,
}

#[derive(Default)]
struct Gathered {
    collector: Collector,
    scanned: Scanned,
    not_scanned: Vec<NotScanned>,
}

impl<'a> Workshop<'a> {
    pub(super) fn new(engine: &'a Engine, counts: Option<Arc<Counts>>) -> Self {
        Self { engine, counts, gathered: Mutex::default() }
    }

    pub(super) fn worker(&self) -> Worker<'_> {
        Worker {
            engine: self.engine,
            counts: self.counts.as_deref(),
            scratch: Scratch::default(),
            name: Vec::new(),
            own: Gathered::default(),
            gathered: &self.gathered,
        }
    }

    /// What all workers found and read, in an order that does not depend on which of them did.
    pub(super) fn into_report(self) -> Report {
        let gathered = self.gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut not_scanned = gathered.not_scanned;
        not_scanned.sort();
        not_scanned.dedup();
        Report {
            findings: gathered.collector.into_findings(),
            scanned: gathered.scanned,
            not_scanned,
            ..Report::default()
        }
    }
}

/// Scans what one thread of a source reads.
pub(super) struct Worker<'a> {
    engine: &'a Engine,
    counts: Option<&'a Counts>,
    scratch: Scratch,
    /// The name that is searched, used again for the next one.
    name: Vec<u8>,
    own: Gathered,
    gathered: &'a Mutex<Gathered>,
}

impl Worker<'_> {
    /// The path as it may be shown, with secrets in it masked; those are findings of their own.
    fn shown_path(&mut self, path: &[u8]) -> Option<Arc<str>> {
        let mut secrets = Vec::new();
        // Short texts are slow to search; what follows a line feed is not of the name.
        let mut name = std::mem::take(&mut self.name);
        name.clear();
        name.extend_from_slice(path);
        name.extend_from_slice(&[b'\n'; 64]);
        // Reading from memory cannot fail.
        let _ = self.engine.scan(Content::Bytes(&name), &mut self.scratch, &mut 0, |one| secrets.push(one));
        self.name = name;
        if secrets.is_empty() {
            return None;
        }
        let mut shown = text(path).into_owned();
        for detection in &secrets {
            shown = shown.replace(&detection.secret.reveal(), &detection.secret.masked());
        }
        let shown: Arc<str> = shown.into();
        for detection in secrets {
            self.own.collector.add(detection, SourceKind::Name, &shown);
        }
        Some(shown)
    }
}

impl Sink for Worker<'_> {
    fn blob(&mut self, blob: Blob<'_>) {
        let path = blob.origin.path;
        let masked = self.shown_path(path);
        let mut shown = masked.clone();
        let Self { engine, scratch, own, .. } = self;
        let mut read = 0;
        let result = engine.scan(blob.content, scratch, &mut read, |detection| {
            let shown = shown.get_or_insert_with(|| text(path).into());
            own.collector.add(detection, blob.origin.source, shown);
        });
        own.scanned.bytes += read;
        match result {
            Ok(()) => own.scanned.files += 1,
            Err(error) => {
                let what = masked.map_or_else(|| text(path).into_owned(), |shown| shown.to_string());
                own.not_scanned.push(NotScanned { what, why: why(&error) });
            }
        }
        if let Some(counts) = self.counts {
            counts.files.fetch_add(1, Ordering::Relaxed);
            counts.bytes.fetch_add(read, Ordering::Relaxed);
        }
    }

    fn not_scanned(&mut self, what: &[u8], why: String) {
        let what = self.shown_path(what).map_or_else(|| text(what).into_owned(), |shown| shown.to_string());
        self.own.not_scanned.push(NotScanned { what, why });
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let own = std::mem::take(&mut self.own);
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        gathered.collector.merge(own.collector);
        gathered.scanned.files += own.scanned.files;
        gathered.scanned.bytes += own.scanned.bytes;
        gathered.not_scanned.extend(own.not_scanned);
    }
}

/// A path as text: what is not UTF-8 is written `\xNN`.
fn text(path: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(path) {
        return Cow::Borrowed(text);
    }
    let mut text = String::new();
    for chunk in path.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    Cow::Owned(text)
}
