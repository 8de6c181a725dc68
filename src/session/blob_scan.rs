//! Scans one input of a worker, and everything in it.

use std::{
    io::{self, Read},
    ops::Range,
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use super::{
    counts::Counts, gathered::RunTotals, known::KnownFiles, prior::PriorSecrets, redact::Redactor,
    rule_paths::RulePaths,
};
use crate::{
    blob::{Content, Origin, PriorVersions, SourceKind, WrappedContainers},
    expand::Output,
    finding::{AllowComment, Detection, NotScanned},
    notebook::{self, TextPosition},
    regular_file,
    scan::{Engine, Scratch, may_hold_a_key},
    suppression::{self, CommentMatch, LocatedComment},
};

/// What is used again from input to input.
#[derive(Default)]
pub(super) struct ScanBuffers {
    scratch: Scratch,
    /// For the name that is being searched.
    line: Vec<u8>,
}

/// The state a worker searches with, and what it has found so far.
pub(super) struct ScanState<'a> {
    pub(super) engine: &'a Engine,
    pub(super) redactor: &'a Redactor,
    pub(super) counts: Option<&'a Counts>,
    rule_paths: Option<&'a RulePaths>,
    known: Option<&'a KnownFiles>,
    pub(super) scratch: Scratch,
    /// A buffer for the name that is being searched.
    line: Vec<u8>,
    pub(super) own: RunTotals,
}

impl<'a> ScanState<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        redactor: &'a Redactor,
        counts: Option<&'a Counts>,
        rule_paths: Option<&'a RulePaths>,
        ScanBuffers { scratch, line }: ScanBuffers,
    ) -> Self {
        Self { engine, redactor, counts, rule_paths, known: None, scratch, line, own: RunTotals::default() }
    }

    /// Takes what another one can use again.
    pub(super) fn take_buffers(&mut self) -> ScanBuffers {
        ScanBuffers { scratch: std::mem::take(&mut self.scratch), line: std::mem::take(&mut self.line) }
    }

    /// Values are not reported where they are kept.
    pub(super) fn keeping(self, known: Option<&'a KnownFiles>) -> Self {
        Self { known, ..self }
    }

    /// Notes the path of what is searched next, if any rule is for some paths.
    pub(super) fn set_path(&mut self, origin: &Origin<'_>) {
        if let Some(paths) = self.rule_paths {
            self.scratch.set_path(Some(&paths.of(origin)));
        }
    }

    /// Returns all detections in a name.
    fn in_name(&mut self, name: &[u8]) -> Vec<Detection> {
        if !may_hold_a_key(name) && !self.engine.has_known_values() {
            return Vec::new();
        }
        // Short texts are slow to search, so pad the name. Text after a line feed is not part of the name.
        self.line.clear();
        self.line.extend_from_slice(name);
        self.line.extend_from_slice(&[b'\n'; 64]);
        self.scratch.set_name(b"");
        let mut secrets = Vec::new();
        // Reading from memory cannot fail.
        let _ =
            self.engine.scan(Content::Bytes(&self.line), &mut self.scratch, &mut 0, |one| secrets.push(one));
        secrets
    }

    /// Searches a name, and reports detections at `origin`. If there are any, returns the name as it may be shown.
    pub(super) fn find_in_name(&mut self, name: &[u8], origin: Option<&Origin<'_>>) -> Option<Arc<str>> {
        let secrets = self.in_name(name);
        if secrets.is_empty() {
            return None;
        }
        let shown: Arc<str> = self.redactor.text(name).into();
        if let Some(origin) = origin {
            for detection in secrets {
                self.own.collector.add(detection, origin, &shown, None, Vec::new(), false);
            }
        }
        Some(shown)
    }

    pub(super) fn name_not_scanned(&mut self, path: &Arc<str>, archive: Option<&[u8]>, why: String) {
        let not_scanned = match archive {
            None => NotScanned { what: path.to_string(), why, ..NotScanned::default() },
            Some(archive) => NotScanned {
                what: format!("{path}!{}", self.redactor.text(archive)),
                why,
                file: Some(path.to_string()),
                is_nothing: false,
            },
        };
        self.own.not_scanned.push(not_scanned);
    }
}

/// The scan of one input, and of everything in it.
pub(super) struct BlobScan<'a, 'w> {
    state: &'a mut ScanState<'w>,
    /// The path as it may be shown, computed on demand.
    shown: Option<Arc<str>>,
    /// The earlier versions of the file.
    before: Option<&'a dyn PriorVersions>,
    /// The secrets in the earlier versions, searched for once something is found.
    prior: Option<PriorSecrets>,
    /// Everything in the input could be scanned.
    pub(super) is_whole: bool,
}

impl<'a, 'w> BlobScan<'a, 'w> {
    pub(super) fn new(
        state: &'a mut ScanState<'w>,
        shown: Option<Arc<str>>,
        before: Option<&'a dyn PriorVersions>,
    ) -> Self {
        Self { state, shown, before, prior: None, is_whole: true }
    }

    fn display_path(&mut self, path: &[u8]) -> Arc<str> {
        let redactor = self.state.redactor;
        self.shown.get_or_insert_with(|| redactor.text(path).into()).clone()
    }

    /// Records that the input itself could not be read.
    pub(super) fn fail(&mut self, path: &[u8], why: String) {
        self.is_whole = false;
        let shown = self.display_path(path);
        self.state.name_not_scanned(&shown, None, why);
    }

    /// Returns the detections, and the comments seen on the way.
    fn scan(&mut self, origin: &Origin<'_>, content: Content<'_>) -> TextScan {
        if let (SourceKind::Name, Content::Bytes(name)) = (origin.source, &content) {
            // Names do not count as content.
            return TextScan { result: Ok(()), detections: self.state.in_name(name), comments: Vec::new() };
        }
        self.state.set_path(origin);
        let ScanState { engine, scratch, counts, own, .. } = &mut *self.state;
        let (mut read, mut detections) = (0, Vec::new());
        let path = origin.archive.unwrap_or(origin.path);
        scratch.set_name(path.rsplit(|byte| matches!(byte, b'/' | b'!')).next().unwrap_or(path));
        let result = engine.scan(content, scratch, &mut read, |detection| detections.push(detection));
        let comments = suppression::parse_comments(scratch.take_word_matches());
        own.scanned.bytes += read;
        if let Some(counts) = counts {
            counts.bytes.fetch_add(read, Ordering::Relaxed);
        }
        TextScan { result, detections, comments }
    }

    /// Attaches to each detection the comments that may allow it.
    fn matched(
        &mut self,
        detections: Vec<Detection>,
        mut found: Vec<CommentMatch>,
    ) -> (Vec<CommentedDetection>, Vec<Arc<AllowComment>>) {
        let index = suppression::CommentIndex::new(&found);
        let own: Vec<Vec<usize>> = detections
            .iter()
            .map(|Detection { span, .. }| {
                index.near(span).into_iter().filter(|at| found[*at].may_allow(span)).collect()
            })
            .collect();
        let markers = found.into_iter().map(|CommentMatch { mut marker, .. }| {
            // Text that a stranger wrote next to a key may itself be a key.
            let told = marker.reason.iter_mut().chain(&mut marker.until).chain(&mut marker.problem);
            for text in marker.names.iter_mut().chain([&mut marker.word]).chain(told) {
                *text = self.state.redactor.text(text.as_bytes());
            }
            marker.shorten();
            Arc::new(marker)
        });
        let markers: Vec<Arc<AllowComment>> = markers.collect();
        let allowed = detections.into_iter().zip(own).map(|(detection, own)| CommentedDetection {
            detection,
            markers: own.into_iter().map(|at| markers[at].clone()).collect(),
        });
        (allowed.collect(), markers)
    }
}

impl Output for BlobScan<'_, '_> {
    fn blob(&mut self, origin: &Origin<'_>, content: Content<'_>) -> io::Result<()> {
        let bytes = if let Content::Bytes(bytes) = &content { Some(*bytes) } else { None };
        let TextScan { result, mut detections, comments } = self.scan(origin, content);
        if let Some(known) = self.state.known.filter(|_| is_file(origin)) {
            detections.retain(|detection| !known.keeps(origin.path, detection));
        }
        let (mut detections, markers) = self.matched(detections, comments);
        if let Some(before) = self.before.filter(|_| !detections.is_empty()) {
            let redactor = self.state.redactor;
            let prior = self.prior.get_or_insert_with(|| PriorSecrets::of(before, redactor.engine()));
            detections.retain(|CommentedDetection { detection, markers }| {
                let is_known = prior.has(&detection.secret);
                if is_known {
                    markers.iter().for_each(|marker| marker.note_use());
                }
                !is_known
            });
        }
        if detections.is_empty() && markers.is_empty() {
            return result;
        }
        let path = self.display_path(origin.path);
        let state = &mut *self.state;
        let archive: Option<Arc<str>> = origin.archive.map(|archive| state.redactor.text(archive).into());
        if is_present(origin.source) && !markers.is_empty() {
            let place: Arc<str> = match &archive {
                Some(archive) => format!("{path}!{archive}").into(),
                None => path.clone(),
            };
            let marked = markers.into_iter().map(|marker| LocatedComment { place: place.clone(), marker });
            state.own.marked.extend(marked);
        }
        let outputs = if detections.is_empty() { Vec::new() } else { outputs(origin, bytes) };
        for CommentedDetection { detection, markers } in detections {
            let in_output = notebook::is_in(&outputs, (detection.span.line, detection.span.column));
            state.own.collector.add(detection, origin, &path, archive.as_ref(), markers, in_output);
        }
        result
    }

    fn take_containers(&mut self) -> WrappedContainers {
        self.state.scratch.take_containers()
    }

    fn not_scanned(&mut self, origin: &Origin<'_>, why: String) {
        self.is_whole = false;
        let path = self.display_path(origin.path);
        self.state.name_not_scanned(&path, origin.archive, why);
    }
}

/// Which parts are outputs, if it is a notebook in which something was found. A file that is too large to be in memory is
/// read again.
fn outputs(origin: &Origin<'_>, bytes: Option<&[u8]>) -> Vec<Range<TextPosition>> {
    if origin.source == SourceKind::Name || !notebook::is_notebook(origin.archive.unwrap_or(origin.path)) {
        return Vec::new();
    }
    if let Some(bytes) = bytes {
        return notebook::outputs(bytes);
    }
    let is_file = origin.source == SourceKind::File && origin.archive.is_none();
    let path = std::str::from_utf8(origin.path).ok().filter(|_| is_file);
    // If that fails, only the advice says less.
    let file = path.and_then(|path| regular_file::open(Path::new(path)).ok());
    let mut text = Vec::new();
    let read = file.and_then(|file| file.take(notebook::LARGEST).read_to_end(&mut text).ok());
    read.map(|_| notebook::outputs(&text)).unwrap_or_default()
}

/// The result of scanning one text.
struct TextScan {
    result: io::Result<()>,
    detections: Vec<Detection>,
    comments: Vec<CommentMatch>,
}

/// A detection, with the comments that may allow it.
struct CommentedDetection {
    detection: Detection,
    markers: Vec<Arc<AllowComment>>,
}

/// Whether it is the content of a file, and not of something in it.
fn is_file(origin: &Origin<'_>) -> bool {
    origin.source == SourceKind::File && origin.archive.is_none()
}

/// Whether the content can still be changed.
fn is_present(source: SourceKind) -> bool {
    matches!(source, SourceKind::File | SourceKind::Stdin | SourceKind::Index)
}
