//! The engine: bytes in, detections out. It opens nothing and knows no file.
//!
//! One search over the bytes for the literals keys begin with (`anchors`); at a hit, the shapes of the rules that
//! own this literal (`structure`); for a shape that fits, what stands beside it (`edges`), whether somebody made
//! it up (`placeholder`) and what the lines around say (`evidence`); of several that overlap, the best one
//! (`resolve`).

mod anchors;
mod change;
mod edges;
mod evidence;
mod excerpt;
mod grams;
mod hit;
mod known;
mod layer;
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

/// Finds keys.
pub struct Engine {
    least: Confidence,
    reveal: bool,
    /// All rules, where there are others than the built-in ones.
    rules: Option<Arc<RuleSet>>,
    /// No key that is all base64url has fewer characters from its anchor on.
    shortest: usize,
    anchors: Anchors,
    dispatch: OnceLock<Dispatch>,
    runs: OnceLock<RunSearch>,
}

impl Engine {
    /// An engine that looks for all that can reach `least` by the built-in rules. With `reveal`, excerpts show secrets
    /// whole.
    #[must_use]
    pub fn new(least: Confidence, reveal: bool) -> Self {
        Self::with_rules(None, least, reveal)
    }

    /// An engine with other rules; the built-in ones, which need not be read before the first hit, if there are none.
    #[must_use]
    pub fn with_rules(rules: Option<Arc<RuleSet>>, least: Confidence, reveal: bool) -> Self {
        /// That of the built-in rules where not all levels are asked for.
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

    /// An engine with the same rules that looks for all there is.
    #[must_use]
    pub fn for_all(&self) -> Self {
        Self::with_rules(self.rules.clone(), Confidence::Possible, false)
    }

    /// Whether there are other rules than the built-in ones.
    #[must_use]
    pub fn has_own_rules(&self) -> bool {
        self.rules.is_some()
    }

    fn rules(&self) -> &RuleSet {
        self.rules.as_deref().unwrap_or_else(|| RuleSet::builtin())
    }

    /// Looks for these words, too, each at least three bytes long; they do not depend on each other, and what is found
    /// is told by [`Scratch::take_sightings`].
    #[must_use]
    pub fn watch(mut self, words: &'static [&'static str]) -> Self {
        self.anchors.watch(words);
        self
    }

    /// Scans one blob, hands every detection to `emit` in the order of the text, and adds to `read` how many bytes it
    /// has looked at.
    ///
    /// # Errors
    /// When a stream fails; what came before that has been scanned.
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
                let order = utf16::recognise(text);
                scratch.wide_apart = order.is_some();
                self.scan_text(text, scratch, &mut emit);
                scratch.wide_apart = false;
                // A text that begins like UTF-16 is read both ways: somebody may only want it to look so.
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

    /// Emits what the window settles, and returns from where on the next one has to look for anchors.
    fn scan_window(
        &self,
        window: &Window<'_>,
        cursor: &mut Cursor,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(Detection),
    ) -> usize {
        let Window { text, from, settled, anchors_end } = *window;
        let mut hits = std::mem::take(&mut scratch.hits);
        // A little further back than needed, so that excerpts know the keys before theirs.
        let range = from.saturating_sub(excerpt::WIDEST)..anchors_end;
        self.scan_layer(text, range, Signs::ALL, 0, scratch, &mut hits);
        weigh::weigh(text, &mut hits, scratch);
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

/// A stretch of text, and what of it to decide now.
struct Window<'a> {
    text: &'a [u8],
    /// Anchors before this have been dealt with.
    from: usize,
    /// No group of hits that ends by here can grow any more.
    settled: usize,
    /// Anchors from here on are left to the next window.
    anchors_end: usize,
}

/// Says of every detection that what it was found in was itself encoded.
fn in_encoding(name: &'static str, emit: &mut impl FnMut(Detection)) -> impl FnMut(Detection) {
    move |mut detection| {
        detection.encoding.insert(0, name);
        emit(detection);
    }
}
