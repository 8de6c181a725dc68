//! The engine: decides which of the matches in a text are keys, and describes them.

use std::sync::Arc;

use super::{
    containers,
    excerpt::{self, ExcerptMask},
    expression::{ExpressionCounts, ExpressionSearch, Paths},
    literals::TextSize,
    mask::Masker,
    matcher::ShapeMatcher,
    resolve::{self, ChosenMatch},
    scratch::Scratch,
    shape_match::secret,
    weigh, word_match,
};
use crate::{
    blob::AnchorKinds,
    finding::{Cursor, Detection, Secret},
    rule::{Confidence, Families, RuleSet},
};

/// Finds keys in texts.
pub struct Engine {
    pub(super) matcher: ShapeMatcher,
    /// Masks excerpts; `None` if they show secrets whole.
    masker: Option<Arc<Masker>>,
}

impl Engine {
    /// Creates an engine that reports what reaches `least` by the built-in rules, with masked excerpts.
    #[must_use]
    pub fn new(least: Confidence) -> Self {
        Self::with_rules(None, least, Some(Arc::default()))
    }

    /// Creates an engine with other rules. With `None`, it uses the built-in rules, which are only loaded at the first
    /// match. Without a masker, excerpts show secrets whole.
    #[must_use]
    pub fn with_rules(rules: Option<Arc<RuleSet>>, least: Confidence, masker: Option<Arc<Masker>>) -> Self {
        Self::for_families(Families::ALL, rules, least, masker)
    }

    /// The same with the rules of these families alone. Nothing of the others is searched for.
    #[must_use]
    pub(crate) fn for_families(
        families: Families,
        rules: Option<Arc<RuleSet>>,
        least: Confidence,
        masker: Option<Arc<Masker>>,
    ) -> Self {
        Self { matcher: ShapeMatcher::new(rules, families, least, TextSize::Any), masker }
    }

    /// Also searches for these words, each at least three bytes long, and for containers. They do not affect each other.
    /// [`Scratch::take_word_matches`] and [`Scratch::take_containers`] return what was found.
    #[must_use]
    pub fn watch(mut self, words: &'static [&'static str]) -> Self {
        self.matcher.anchors.watch(words, containers::IN_BASE64);
        self
    }

    /// Whether anything depends on [`Scratch::set_path`].
    #[must_use]
    pub fn needs_paths(&self) -> bool {
        self.matcher.expressions.as_ref().is_some_and(ExpressionSearch::has_paths)
    }

    /// Whether values are looked for as they are, of any length and shape.
    #[must_use]
    pub(crate) fn has_known_values(&self) -> bool {
        self.matcher.known.is_some()
    }

    /// What the regular expressions of custom rules have met so far, in all threads.
    #[must_use]
    pub fn expression_counts(&self) -> ExpressionCounts {
        self.matcher.expressions.as_ref().map(ExpressionSearch::counts).unwrap_or_default()
    }

    pub(super) fn scan_text(&self, text: &[u8], scratch: &mut Scratch, emit: &mut dyn FnMut(Detection)) {
        let whole = Window { text, from: 0, settled: text.len(), anchors_end: text.len() };
        scratch.expressions.begin();
        self.scan_window(&whole, &mut Cursor::default(), scratch, emit);
        scratch.containers.end();
    }

    /// Emits the matches that the window settles. Returns where the search for anchors has to continue.
    pub(super) fn scan_window(
        &self,
        window: &Window<'_>,
        cursor: &mut Cursor,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(Detection),
    ) -> usize {
        let Window { text, from, settled, anchors_end } = *window;
        let mut matches = std::mem::take(&mut scratch.matches);
        // Starts a little earlier than necessary, so that excerpts include the keys before theirs.
        let range = from.saturating_sub(excerpt::WIDEST)..anchors_end;
        self.matcher.scan_layer(text, range.clone(), AnchorKinds::ALL, 0, scratch, &mut matches);
        if let Some(expressions) = &self.matcher.expressions {
            let paths = if scratch.is_name_unknown { Paths::Any } else { Paths::Own };
            expressions.scan_window(text, &range, paths, scratch, &mut matches);
        }
        if let Some(known) = &self.matcher.known {
            known.scan_window(text, &range, scratch, &mut matches);
        }
        weigh::weigh(&self.matcher, text, &mut matches, scratch, weigh::Unsupported::Drop);
        let kept =
            if matches.is_empty() { Vec::new() } else { resolve::resolve(&mut matches, self.matcher.least) };
        matches.clear();
        scratch.matches = matches;
        // What ends before `from` is done. A key that begins before it has its anchor behind it.
        let first = kept.iter().take_while(|one| one.group.end <= from).count();
        let mut next = anchors_end;
        let mut last = first;
        for one in &kept[first..] {
            // An unfinished group is left to the next window, unless it fills this one.
            if one.group.end > settled && one.group.start > from {
                next = one.group.start;
                break;
            }
            next = next.max(one.group.end);
            last += 1;
        }
        if !scratch.words.is_empty() {
            word_match::note(self.matcher.anchors.words(), text, from..next, &mut cursor.clone(), scratch);
        }
        if scratch.containers.is_active() {
            scratch.containers.collect(text, &(from..next), &mut cursor.clone());
        }
        for at in first..last {
            let matched = &kept[at].matched;
            let is_encoded = matches!(matched.encoding.first(), Some(&("base64" | "hex")));
            if !(is_encoded && scratch.containers.takes_key(matched.span.start)) {
                emit(self.detection(text, &kept, at, cursor, scratch));
            }
        }
        next
    }

    /// What decides on how excerpts are shown.
    fn shown_by(&self) -> ExcerptMask<'_> {
        ExcerptMask { masker: self.masker.as_deref(), known: self.matcher.known.as_ref() }
    }

    fn detection(
        &self,
        text: &[u8],
        kept: &[ChosenMatch],
        at: usize,
        cursor: &mut Cursor,
        scratch: &mut Scratch,
    ) -> Detection {
        let ChosenMatch { matched, rivals, .. } = &kept[at];
        let secret = secret(text, matched);
        Detection {
            rule: matched.rule.clone(),
            confidence: matched.confidence,
            why: weigh::why(matched),
            candidates: weigh::candidates(&self.matcher, &secret, matched, rivals),
            has_context: matched.context_match.is_some(),
            secret,
            encoding: matched.encoding.clone(),
            written: (matched.decoded.is_some() && matched.known.is_none())
                .then(|| Secret::new(&text[matched.span.clone()], 0)),
            terms: matched.terms.clone(),
            span: cursor.span(text, &matched.span),
            excerpt: excerpt::around(text, kept, at, &self.shown_by(), scratch),
        }
    }
}

/// A part of a text, and which of its matches to decide now.
pub(super) struct Window<'a> {
    pub(super) text: &'a [u8],
    /// Anchors before this offset are done.
    pub(super) from: usize,
    /// A group of matches that ends before this offset cannot grow any more.
    pub(super) settled: usize,
    /// Anchors from this offset on are left to the next window.
    pub(super) anchors_end: usize,
}
