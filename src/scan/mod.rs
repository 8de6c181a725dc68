//! The engine: bytes go in, and detections come out. It opens no files and knows nothing about them.
//!
//! It searches the bytes for the literals that keys begin with (`anchors`). At each of them, it tries the
//! shapes of the rules with that literal (`structure`). If a shape matches, it checks what is next to it
//! (`edges`), whether somebody made it up (`placeholder`), and what the lines around it say (`evidence`). Of
//! several matches that overlap, the best one is kept (`resolve`).

mod anchors;
mod change;
mod edges;
mod evidence;
mod excerpt;
mod grams;
mod hit;
mod known;
mod layer;
mod mask;
mod placeholder;
mod resolve;
mod runs;
mod scratch;
mod structure;
mod weigh;
mod window;
mod words;

use std::{
    io,
    sync::{Arc, OnceLock},
};

pub use change::{Change, looks_wide};
pub use mask::Mask;
pub use scratch::Scratch;

use anchors::Anchors;
use hit::secret;
use resolve::Kept;
use runs::RunSearch;
use structure::Dispatch;

use crate::{
    blob::{Content, Signs},
    decode::utf16,
    finding::{Cursor, Detection},
    rule::{Confidence, RuleSet, Shape},
};

/// Finds keys in texts.
pub struct Engine {
    least: Confidence,
    reveal: bool,
    /// All rules; `None` if there are only built-in ones.
    rules: Option<Arc<RuleSet>>,
    /// The minimum length of a key from its anchor on, in characters, if all of them are base64url.
    shortest: usize,
    anchors: Anchors,
    dispatch: OnceLock<Dispatch>,
    runs: OnceLock<RunSearch>,
}

impl Engine {
    /// Creates an engine that reports what reaches `least` by the built-in rules. With `reveal`, excerpts
    /// show secrets unmasked.
    #[must_use]
    pub fn new(least: Confidence, reveal: bool) -> Self {
        Self::with_rules(None, least, reveal)
    }

    /// Creates an engine with other rules. With `None`, it uses the built-in rules, which are only loaded at
    /// the first hit.
    #[must_use]
    pub fn with_rules(rules: Option<Arc<RuleSet>>, least: Confidence, reveal: bool) -> Self {
        /// The value for the built-in rules if low confidences are not requested.
        const SHORTEST: usize = 16;
        let own = rules.iter().flat_map(|rules| rules.own()).flat_map(|rule| &rule.forms);
        let own = own.filter(|form| form.reach() >= least).flat_map(|form| &form.shapes);
        let own: Vec<&Shape> = own.collect();
        let prefixes = own.iter().filter_map(|shape| std::str::from_utf8(shape.prefix()).ok()).collect();
        let anchors = Anchors::new(least, &prefixes);
        let shortest = if least == Confidence::Possible { 0 } else { SHORTEST };
        let shortest =
            own.iter().map(|shape| structure::least_from_anchor(shape, &anchors)).fold(shortest, usize::min);
        Self { least, reveal, rules, shortest, anchors, dispatch: OnceLock::new(), runs: OnceLock::new() }
    }

    /// An engine with the same rules that reports every confidence.
    #[must_use]
    pub fn for_all(&self) -> Self {
        Self::with_rules(self.rules.clone(), Confidence::Possible, false)
    }

    /// Whether there are rules that are not built in.
    #[must_use]
    pub fn has_own_rules(&self) -> bool {
        self.rules.is_some()
    }

    fn rules(&self) -> &RuleSet {
        self.rules.as_deref().unwrap_or_else(|| RuleSet::builtin())
    }

    /// Also searches for these words, each at least three bytes long. They do not affect each other.
    /// [`Scratch::take_sightings`] returns what was found.
    #[must_use]
    pub fn watch(mut self, words: &'static [&'static str]) -> Self {
        self.anchors.watch(words);
        self
    }

    /// Scans one blob, calls `emit` for every detection in the order of the text, and adds the number of
    /// scanned bytes to `read`.
    ///
    /// # Errors
    /// When a stream fails. Everything before the error has been scanned.
    pub fn scan(
        &self,
        content: Content<'_>,
        scratch: &mut Scratch,
        read: &mut u64,
        mut emit: impl FnMut(Detection),
    ) -> io::Result<()> {
        scratch.sightings.clear();
        match content {
            Content::Bytes(text) => {
                let order = utf16::recognize(text);
                scratch.wide_apart = order.is_some();
                self.scan_text(text, scratch, &mut emit);
                scratch.wide_apart = false;
                // A text that begins like UTF-16 is read both ways, since its start may be misleading.
                if let Some(order) = order {
                    let mut decoded = Vec::new();
                    utf16::Transcoder::new(order).decode(text, true, &mut decoded);
                    self.scan_text(&decoded, scratch, &mut in_encoding(order.name(), &mut emit));
                }
                *read += text.len() as u64;
                Ok(())
            }
            Content::Stream(reader) => self.scan_stream(reader, scratch, read, &mut emit),
        }
    }

    fn scan_text(&self, text: &[u8], scratch: &mut Scratch, emit: &mut dyn FnMut(Detection)) {
        let whole = Window { text, from: 0, settled: text.len(), anchors_end: text.len() };
        self.scan_window(&whole, &mut Cursor::default(), scratch, emit);
    }

    /// Emits the hits that the window settles. Returns where the next one has to start looking for anchors.
    fn scan_window(
        &self,
        window: &Window<'_>,
        cursor: &mut Cursor,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(Detection),
    ) -> usize {
        let Window { text, from, settled, anchors_end } = *window;
        let mut hits = std::mem::take(&mut scratch.hits);
        // Starts a little earlier than necessary, so that excerpts include the keys before theirs.
        let range = from.saturating_sub(excerpt::WIDEST)..anchors_end;
        self.scan_layer(text, range, Signs::ALL, 0, scratch, &mut hits);
        weigh::weigh(text, &mut hits, scratch, weigh::Unsupported::Drop);
        let mut next = anchors_end;
        let start = (!scratch.words.is_empty()).then(|| cursor.clone());
        if !hits.is_empty() {
            let kept = resolve::resolve(&mut hits);
            for (at, one) in kept.iter().enumerate().filter(|(_, one)| one.group.start >= from) {
                // An unfinished group is left to the next window, unless it fills this one.
                if one.group.end > settled && one.group.start > from {
                    next = one.group.start;
                    break;
                }
                next = next.max(one.group.end);
                emit(self.detection(text, &kept, at, cursor));
            }
            hits.clear();
        }
        scratch.hits = hits;
        if let Some(mut cursor) = start {
            self.sight(text, from..next, &mut cursor, scratch);
        }
        next
    }

    fn detection(&self, text: &[u8], kept: &[Kept], at: usize, cursor: &mut Cursor) -> Detection {
        let Kept { hit, rivals, .. } = &kept[at];
        Detection {
            rule: hit.rule.clone(),
            confidence: hit.confidence,
            why: weigh::why(hit),
            candidates: weigh::candidates(hit, rivals),
            has_evidence: hit.evidence.is_some(),
            secret: secret(text, hit),
            encoding: hit.encoding.clone(),
            span: cursor.span(text, &hit.span),
            excerpt: excerpt::around(text, kept, at, self.reveal),
        }
    }
}

/// A part of a text, and which of its hits to decide now.
struct Window<'a> {
    text: &'a [u8],
    /// Anchors before this offset are done.
    from: usize,
    /// A group of hits that ends before this offset cannot grow any more.
    settled: usize,
    /// Anchors from this offset on are left to the next window.
    anchors_end: usize,
}

/// Adds the encoding of the whole text to every detection.
fn in_encoding(name: &'static str, emit: &mut impl FnMut(Detection)) -> impl FnMut(Detection) {
    move |mut detection| {
        detection.encoding.insert(0, name);
        emit(detection);
    }
}
