//! Where sources and engine meet: every thread has a worker, and what they found comes together at the end.

use std::{
    io,
    ops::Range,
    sync::{Arc, Mutex, OnceLock, PoisonError, atomic::Ordering},
};

use super::{
    known::Known,
    mask::{masked, may_hold_a_key, text},
    progress::Counts,
};
use crate::{
    blob::{Before, Blob, Content, ObjectId, Origin, Signs, SourceKind},
    expand::{self, Expander, Output},
    filter::{self, Found, Marked},
    finding::{Collector, Detection, Marker, NotScanned, Report, Scanned},
    scan::{Change, Engine, Scratch, looks_wide},
    source::{Look, Searcher, Sink, why},
};

/// Hands out workers and gathers what they leave.
pub(super) struct Workshop<'a> {
    engine: &'a Engine,
    /// For what was there before a change. It looks for all there is, since a key that was only possible in its old
    /// place is no news in a new one that says more.
    earlier: OnceLock<Engine>,
    counts: Option<Arc<Counts>>,
    gathered: Mutex<Gathered>,
}

#[derive(Default)]
struct Gathered {
    collector: Collector,
    scanned: Scanned,
    not_scanned: Vec<NotScanned>,
    /// The comments in what is here now. Those in a history cannot be taken away any more.
    marked: Vec<Marked>,
}

impl<'a> Workshop<'a> {
    pub(super) fn new(engine: &'a Engine, counts: Option<Arc<Counts>>) -> Self {
        Self { engine, earlier: OnceLock::new(), counts, gathered: Mutex::default() }
    }

    pub(super) fn worker(&self) -> Worker<'_> {
        Worker {
            engine: self.engine,
            earlier: &self.earlier,
            counts: self.counts.as_deref(),
            scratch: Scratch::default(),
            expander: Expander::default(),
            line: Vec::new(),
            own: Gathered::default(),
            gathered: &self.gathered,
        }
    }

    /// The objects of repositories in which workers that are done have found something.
    pub(super) fn objects(&self) -> Vec<ObjectId> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner).collector.objects().collect()
    }

    /// What all workers found and read, in an order that does not depend on which of them did, and the comments they met.
    pub(super) fn into_report(self) -> (Report, Vec<Marked>) {
        let gathered = self.gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut not_scanned = gathered.not_scanned;
        not_scanned.sort();
        not_scanned.dedup();
        let report = Report {
            findings: gathered.collector.into_findings(),
            scanned: gathered.scanned,
            not_scanned,
            ..Report::default()
        };
        (report, gathered.marked)
    }
}

/// Scans what one thread of a source reads.
pub(super) struct Worker<'a> {
    engine: &'a Engine,
    earlier: &'a OnceLock<Engine>,
    counts: Option<&'a Counts>,
    scratch: Scratch,
    expander: Expander,
    /// The name or line that is searched, used again for the next one.
    line: Vec<u8>,
    own: Gathered,
    gathered: &'a Mutex<Gathered>,
}

impl Worker<'_> {
    /// All that is found in a name.
    fn in_name(&mut self, name: &[u8]) -> Vec<Detection> {
        if may_hold_a_key(name) { self.search(self.engine, name) } else { Vec::new() }
    }

    /// All that may be one in a line of a text that is shown, however sure a key must be to be reported.
    fn in_line(&mut self, line: &[u8]) -> Vec<Detection> {
        // Keys of somebody's own rules may be short.
        if !self.engine.has_own_rules() && !may_hold_a_key(line) {
            return Vec::new();
        }
        self.search(self.earlier.get_or_init(|| self.engine.for_all()), line)
    }

    fn search(&mut self, engine: &Engine, line: &[u8]) -> Vec<Detection> {
        // Short texts are slow to search; what follows a line feed is not of the line.
        let mut text = std::mem::take(&mut self.line);
        text.clear();
        text.extend_from_slice(line);
        text.extend_from_slice(&[b'\n'; 64]);
        self.scratch.set_name(b"");
        let mut secrets = Vec::new();
        // Reading from memory cannot fail.
        let _ = engine.scan(Content::Bytes(&text), &mut self.scratch, &mut 0, |one| secrets.push(one));
        self.line = text;
        secrets
    }

    /// The path as it may be shown, with secrets in it masked; those are findings of their own, unless the path was
    /// there before. Nothing where it may be shown as it is.
    fn shown_path(&mut self, path: &[u8], origin: Option<&Origin<'_>>) -> Option<Arc<str>> {
        let secrets = self.in_name(path);
        if secrets.is_empty() {
            return None;
        }
        let shown: Arc<str> = masked(path, &secrets).into();
        if let Some(origin) = origin {
            let origin = Origin { source: SourceKind::Name, object: None, ..*origin };
            for detection in secrets {
                self.own.collector.add(detection, &origin, &shown, None, Vec::new());
            }
        }
        Some(shown)
    }

    /// A text as it may be shown, with secrets in it masked. All that was written by others goes through here before it
    /// is told: what a repository says of itself, and the errors about that.
    pub(super) fn safe(&mut self, bytes: &[u8]) -> String {
        let lines = bytes.split(|byte| *byte == b'\n').map(|line| masked(line, &self.in_line(line)));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn name_not_scanned(&mut self, path: &Arc<str>, archive: Option<&[u8]>, why: String) {
        let not_scanned = match archive {
            None => NotScanned { what: path.to_string(), why, ..NotScanned::default() },
            Some(archive) => {
                let inner = masked(archive, &self.in_name(archive));
                NotScanned {
                    what: format!("{path}!{inner}"),
                    why,
                    file: Some(path.to_string()),
                    is_nothing: false,
                }
            }
        };
        self.own.not_scanned.push(not_scanned);
    }
}

impl Sink for Worker<'_> {
    fn blob(&mut self, blob: Blob<'_>) {
        let Origin { path, source, .. } = blob.origin;
        let before = blob.before;
        let is_old = before.is_some_and(Before::had_path);
        let shown = self.shown_path(path, (!is_old).then_some(&blob.origin));
        let mut expander = std::mem::take(&mut self.expander);
        let mut inside = Inside { worker: self, shown, before, known: None, is_whole: true };
        let result = expander.expand(blob, &mut inside);
        if let Err(error) = result {
            inside.is_whole = false;
            let shown = inside.shown(path);
            inside.worker.name_not_scanned(&shown, None, why(&error));
        }
        let is_whole = inside.is_whole;
        self.expander = expander;
        match source {
            SourceKind::File | SourceKind::Stdin => self.own.scanned.files += u64::from(is_whole),
            SourceKind::Index | SourceKind::Blob => self.own.scanned.blobs += u64::from(is_whole),
            SourceKind::Message | SourceKind::Name | SourceKind::Config => {}
        }
        if let Some(counts) = self.counts {
            counts.files.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn count(&mut self, read: Scanned) {
        self.own.scanned.add(read);
    }

    fn not_scanned(&mut self, what: &[u8], why: String) {
        let origin = Origin::new(SourceKind::Name, what);
        let what = self.shown_path(what, Some(&origin)).unwrap_or_else(|| text(what).into());
        // Messages of libraries name paths, too.
        let why = masked(why.as_bytes(), &self.in_name(why.as_bytes()));
        self.name_not_scanned(&what, None, why);
    }

    fn nothing(&mut self, what: &[u8], why: String) {
        self.not_scanned(what, why);
        if let Some(last) = self.own.not_scanned.last_mut() {
            last.is_nothing = true;
        }
    }
}

impl Searcher for Worker<'_> {
    fn look(&mut self, bytes: &[u8], base: Option<(&[Range<usize>], Signs)>) -> Look {
        if let Some(counts) = self.counts {
            counts.objects.fetch_add(1, Ordering::Relaxed);
            counts.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
        // What is in a container may be anything.
        if expand::is_container(bytes) {
            return Look::Suspect;
        }
        let change = base.map(|(novel, signs)| Change { novel, signs });
        match self.engine.rule_out(bytes, change, &mut self.scratch) {
            None => Look::Suspect,
            Some(_) if looks_wide(bytes) => Look::Alone,
            Some(signs) => Look::Clean(signs),
        }
    }

    fn name(&mut self, origin: &Origin<'_>) {
        let secrets = self.in_name(origin.path);
        if !secrets.is_empty() {
            let shown: Arc<str> = masked(origin.path, &secrets).into();
            for detection in secrets {
                self.own.collector.add(detection, origin, &shown, None, Vec::new());
            }
        }
    }
}

/// One input of a worker, and what is in it.
struct Inside<'a, 'w> {
    worker: &'a mut Worker<'w>,
    /// The path as it may be shown; made when it is needed.
    shown: Option<Arc<str>>,
    /// What was there before.
    before: Option<&'a dyn Before>,
    /// The secrets that were there before; looked for when something is found.
    known: Option<Known>,
    /// Everything in it could be scanned.
    is_whole: bool,
}

impl Inside<'_, '_> {
    fn shown(&mut self, path: &[u8]) -> Arc<str> {
        self.shown.get_or_insert_with(|| text(path).into()).clone()
    }

    /// What is found, and the comments that were met on the way.
    fn scan(&mut self, origin: &Origin<'_>, content: Content<'_>) -> Seen {
        if let (SourceKind::Name, Content::Bytes(name)) = (origin.source, &content) {
            // Names are not counted as content.
            return Seen { result: Ok(()), detections: self.worker.in_name(name), comments: Vec::new() };
        }
        let Worker { engine, scratch, counts, own, .. } = &mut *self.worker;
        let (mut read, mut detections) = (0, Vec::new());
        let path = origin.archive.unwrap_or(origin.path);
        scratch.set_name(path.rsplit(|byte| matches!(byte, b'/' | b'!')).next().unwrap_or(path));
        let result = engine.scan(content, scratch, &mut read, |detection| detections.push(detection));
        let comments = filter::understand(scratch.take_sightings());
        own.scanned.bytes += read;
        if let Some(counts) = counts {
            counts.bytes.fetch_add(read, Ordering::Relaxed);
        }
        Seen { result, detections, comments }
    }

    /// Gives each detection the comments that may allow it.
    fn matched(
        &mut self,
        detections: Vec<Detection>,
        mut found: Vec<Found>,
    ) -> (Vec<Allowed>, Vec<Arc<Marker>>) {
        let index = filter::Index::new(&found);
        let own: Vec<Vec<usize>> = detections
            .iter()
            .map(|Detection { span, .. }| {
                index.near(span).into_iter().filter(|at| found[*at].may_allow(span)).collect()
            })
            .collect();
        let markers = found.into_iter().map(|Found { mut marker, .. }| {
            // What a stranger has written beside a key may be another one.
            let told = marker.reason.iter_mut().chain(&mut marker.until).chain(&mut marker.problem);
            for text in marker.names.iter_mut().chain([&mut marker.word]).chain(told) {
                *text = self.worker.safe(text.as_bytes());
            }
            marker.shorten();
            Arc::new(marker)
        });
        let markers: Vec<Arc<Marker>> = markers.collect();
        let allowed = detections.into_iter().zip(own).map(|(detection, own)| Allowed {
            detection,
            markers: own.into_iter().map(|at| markers[at].clone()).collect(),
        });
        (allowed.collect(), markers)
    }
}

impl Output for Inside<'_, '_> {
    fn blob(&mut self, origin: &Origin<'_>, content: Content<'_>) -> io::Result<()> {
        let Seen { result, detections, comments } = self.scan(origin, content);
        let (mut detections, markers) = self.matched(detections, comments);
        if let Some(before) = self.before.filter(|_| !detections.is_empty()) {
            let engine = self.worker.earlier.get_or_init(|| self.worker.engine.for_all());
            let known = self.known.get_or_insert_with(|| Known::of(before, engine));
            detections.retain(|Allowed { detection, markers }| {
                let is_known = known.has(&detection.secret);
                if is_known {
                    markers.iter().for_each(|marker| marker.note_use());
                }
                !is_known
            });
        }
        if detections.is_empty() && markers.is_empty() {
            return result;
        }
        let path = self.shown(origin.path);
        let worker = &mut *self.worker;
        let archive: Option<Arc<str>> =
            origin.archive.map(|archive| masked(archive, &worker.in_name(archive)).into());
        if is_present(origin.source) && !markers.is_empty() {
            let place: Arc<str> = match &archive {
                Some(archive) => format!("{path}!{archive}").into(),
                None => path.clone(),
            };
            let marked = markers.into_iter().map(|marker| Marked { place: place.clone(), marker });
            worker.own.marked.extend(marked);
        }
        for Allowed { detection, markers } in detections {
            worker.own.collector.add(detection, origin, &path, archive.as_ref(), markers);
        }
        result
    }

    fn not_scanned(&mut self, origin: &Origin<'_>, why: String) {
        self.is_whole = false;
        let path = self.shown(origin.path);
        self.worker.name_not_scanned(&path, origin.archive, why);
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let own = std::mem::take(&mut self.own);
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        gathered.collector.merge(own.collector);
        gathered.scanned.add(own.scanned);
        gathered.not_scanned.extend(own.not_scanned);
        gathered.marked.extend(own.marked);
    }
}

/// What a scan of one text has seen.
struct Seen {
    result: io::Result<()>,
    detections: Vec<Detection>,
    comments: Vec<Found>,
}

/// A detection, and the comments that may allow it.
struct Allowed {
    detection: Detection,
    markers: Vec<Arc<Marker>>,
}

/// Whether somebody can still change what is there.
fn is_present(source: SourceKind) -> bool {
    matches!(source, SourceKind::File | SourceKind::Stdin | SourceKind::Index)
}
