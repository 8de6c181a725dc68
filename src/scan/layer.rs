//! Scans one text: the file itself, or text that was decoded from it. Decoded text is searched like any
//! other, two layers deep; [`super::encoded`] finds and decodes it.

use std::ops::Range;

use super::{
    anchors::{Anchor, AnchorMatch},
    binary,
    edges::{self, LeftEdge},
    glued::GluedKeys,
    joins::{self, Joins},
    matcher::ShapeMatcher,
    runs::FoundInRun,
    scratch::Scratch,
    shape_match::ShapeMatch,
};
use crate::{
    blob::{AnchorKinds, Wrapping},
    decode::escape::{self, GoesOn},
    rule::BASE64URL,
};

/// How many nested encodings are decoded.
const DEEPEST: usize = 2;

/// The parts of a text that need no second look.
#[derive(Default)]
struct LayerProgress {
    /// Where the token of the last anchor ends.
    token_end: usize,
    /// Where all tokens that begin there have been decoded, in order.
    undone: Vec<Range<usize>>,
    key_run: escape::KeyRun,
    joins: Joins,
    /// Where a shape that can end inside the token may be told from others.
    distinctive: usize,
    glued: GluedKeys,
}

impl ShapeMatcher {
    /// Adds a match for every shape that matches at an anchor in `range`, plain or indicated by one of the
    /// `anchor_kinds`. Returns the anchor kinds that the text has. `depth` encodings have already been decoded.
    pub(super) fn scan_layer(
        &self,
        text: &[u8],
        range: Range<usize>,
        anchor_kinds: AnchorKinds,
        depth: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> AnchorKinds {
        let mut seen_kinds = AnchorKinds::default();
        scratch.forget_places();
        if depth == 0 {
            scratch.words.clear();
            scratch.containers.forget_hits();
        }
        let mut seen = LayerProgress::default();
        if anchor_kinds.has(AnchorKinds::ANCHOR) {
            let mut from = range.start;
            while let Some(found) = self.anchors.next(text, from..range.end) {
                from = match found {
                    AnchorMatch::Anchor(anchor) => {
                        seen_kinds.add(AnchorKinds::ANCHOR);
                        self.try_anchor(text, anchor, depth, &mut seen, scratch, matches).max(anchor.at + 1)
                    }
                    AnchorMatch::Word { at, word } => {
                        if depth == 0 {
                            scratch.words.push((at, word));
                        }
                        at + 1
                    }
                    AnchorMatch::Container { at } => {
                        if depth == 0 {
                            scratch.containers.note(Wrapping::Base64, at);
                        }
                        at + 1
                    }
                };
            }
            self.try_glued_behind(text, range.end, &mut seen, scratch, matches);
        }
        if depth < DEEPEST {
            if anchor_kinds.has(AnchorKinds::ESCAPE)
                && self.scan_escapes(text, &range, depth, &seen.undone, scratch, matches)
            {
                seen_kinds.add(AnchorKinds::ESCAPE);
            }
            if anchor_kinds.has(AnchorKinds::BROKEN)
                && self.scan_broken(text, &range, depth, scratch, matches)
            {
                seen_kinds.add(AnchorKinds::BROKEN);
            }
            if anchor_kinds.has(AnchorKinds::LIST) && self.scan_lists(text, &range, depth, scratch, matches) {
                seen_kinds.add(AnchorKinds::LIST);
            }
            let wide_apart = depth == 0 && scratch.wide_apart;
            if anchor_kinds.has(AnchorKinds::ZERO)
                && !wide_apart
                && self.scan_wide(text, &range, depth, scratch, matches)
            {
                seen_kinds.add(AnchorKinds::ZERO);
            }
            if anchor_kinds.has(AnchorKinds::RUN) {
                let runs = || self.runs();
                let is_any = super::runs::each(runs, text, &range, |found| match found {
                    FoundInRun::Text { codec, decoded, own } => {
                        let before = matches.len();
                        self.scan_inner(&decoded, 0..own, depth, scratch, matches, |_| vec![codec]);
                        matches.len() > before
                    }
                    FoundInRun::Container { wrapping, at } => {
                        if depth == 0 {
                            scratch.containers.note(wrapping, at);
                        }
                        false
                    }
                });
                if is_any {
                    seen_kinds.add(AnchorKinds::RUN);
                }
            }
        }
        scratch.forget_places();
        seen_kinds
    }

    /// Tries the anchors behind `end` as the edges of keys that begin before it.
    fn try_glued_behind(
        &self,
        text: &[u8],
        end: usize,
        seen: &mut LayerProgress,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let Some(last) = seen.glued.last_start() else { return };
        let reach = text.len().min(last + 2 * self.dispatch().longest);
        let mut from = end;
        while let Some(found) = self.anchors.next(text, from..reach) {
            from = match found {
                AnchorMatch::Anchor(anchor) => {
                    seen.token_end = anchor.at + BASE64URL.run(&text[anchor.at..], usize::MAX);
                    self.try_glued(text, anchor, seen.token_end, &mut seen.glued, scratch, matches);
                    anchor.at + 1
                }
                AnchorMatch::Word { at, .. } | AnchorMatch::Container { at } => at + 1,
            };
        }
    }

    /// Tries the shapes at an anchor. Returns the offset from which to look for the next one.
    fn try_anchor(
        &self,
        text: &[u8],
        anchor: Anchor,
        depth: usize,
        seen: &mut LayerProgress,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> usize {
        let at = anchor.at;
        if seen.token_end <= at {
            seen.token_end = at + BASE64URL.run(&text[at..], usize::MAX);
            seen.distinctive = 0;
        }
        let length = seen.token_end - at;
        // Most anchors are the end of an ordinary word. For these, the rules need not even be loaded.
        let ends_word = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`\\".contains(byte);
        let is_word = length < self.shortest && text.get(seen.token_end).is_none_or(ends_word);
        let mut goes_on = GoesOn::No;
        let undone = seen.undone.last().map_or(0, |undone| undone.end);
        if depth < DEEPEST && at >= undone {
            goes_on = escape::goes_on(text, at, seen.token_end, &mut seen.key_run);
            if goes_on == GoesOn::Yes {
                let undone = self.undo_escapes(text, at, depth, &mut seen.joins, scratch, matches);
                match seen.undone.last_mut().filter(|last| undone.start <= last.end) {
                    Some(last) => last.end = undone.end.max(last.end),
                    None => seen.undone.push(undone),
                }
            }
        }
        if is_word {
            // Some keys have letters before their anchor, but most of what has is a word.
            let may_begin = || edges::left(text, at) != LeftEdge::Glued || !edges::ends_word(text, at);
            if goes_on == GoesOn::Perhaps && may_begin() {
                self.try_joins(text, at, depth, &mut seen.joins, scratch, matches);
            }
            return 0;
        }
        let dispatch = self.dispatch();
        let known = matches.len();
        dispatch.try_anchor(text, anchor, seen.token_end, scratch, matches);
        self.try_glued(text, anchor, seen.token_end, &mut seen.glued, scratch, matches);
        if !matches[known.min(matches.len())..].iter().any(|one| binary::is_c_string(text, anchor.at, one)) {
            dispatch.try_touched(text, anchor, seen.token_end, scratch, matches);
        }
        if goes_on == GoesOn::Perhaps {
            self.try_joins(text, at, depth, &mut seen.joins, scratch, matches);
        }
        if seen.undone.last().is_some_and(|undone| at < undone.end) {
            joins::drop_pieces(matches);
        }
        if length > 2 * dispatch.longest {
            let last = seen.token_end - dispatch.longest;
            return dispatch.next_inside_token(&text[..last], at + 1, &mut seen.distinctive);
        }
        0
    }
}
