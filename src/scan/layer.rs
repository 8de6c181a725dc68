//! Scans one text: the file itself, or text that was decoded from it. Decoded text is searched like any
//! other, two layers deep.

use std::{ops::Range, sync::LazyLock};

use memchr::memmem::Finder;

use super::{
    anchors::{Anchor, AnchorMatch},
    binary,
    edges::{self, LeftEdge},
    glued::GluedKeys,
    joins::{self, Joins},
    matcher::ShapeMatcher,
    runs::FoundInRun,
    scratch::Scratch,
    shape_match::{REACH, ShapeMatch},
};
use crate::{
    blob::{AnchorKinds, Wrapping},
    decode::{
        Decoded,
        escape::{self, GoesOn},
        list, utf16,
    },
    rule::BASE64URL,
};

/// How many nested encodings are decoded.
const DEEPEST: usize = 2;

/// How much of a list is searched at a time, in bytes: more than any key takes.
const LIST: usize = REACH / 2;

/// How far before an anchor a list is read, in bytes, for what names the issuer.
const LIST_BEFORE: usize = 1 << 10;

/// How far a UTF-16 string is decoded to either side, in bytes.
const WIDE: usize = REACH / 2;

/// Building a searcher takes longer than searching a short text.
static QUOTED_PRINTABLE: LazyLock<Vec<Finder<'static>>> =
    LazyLock::new(|| escape::QUOTED_PRINTABLE.iter().map(|literal| Finder::new(*literal)).collect());

/// The parts of a text that need no second look.
#[derive(Default)]
struct LayerProgress {
    /// Where the token of the last anchor ends.
    token_end: usize,
    /// Escapes have been decoded up to this offset.
    escapes: usize,
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
        scratch.context.clear();
        if depth == 0 {
            scratch.words.clear();
            scratch.containers.forget_hits();
        }
        if anchor_kinds.has(AnchorKinds::ANCHOR) {
            let mut seen = LayerProgress::default();
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
                && self.scan_escapes(text, &range, depth, scratch, matches)
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
        scratch.context.clear();
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

    /// Scans UTF-16 strings, as in binaries. Returns whether there are zeros.
    fn scan_wide(
        &self,
        text: &[u8],
        range: &Range<usize>,
        depth: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> bool {
        let Some(first) = memchr::memchr(0, &text[range.clone()]) else { return false };
        // The zero may be either byte of its code unit.
        let mut from = range.start + first.saturating_sub(1);
        while let Some(at) = self.anchors.next_wide(text, from..range.end) {
            let (decoded, order) = utf16::string_around(text, at, WIDE);
            from = decoded.end().max(at + 1);
            self.scan_inner(&decoded, 0..usize::MAX, depth, scratch, matches, |_| vec![order.name()]);
        }
        true
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
        if depth < DEEPEST && at >= seen.escapes {
            goes_on = escape::goes_on(text, at, seen.token_end, &mut seen.key_run);
            if goes_on == GoesOn::Yes {
                seen.escapes = self.undo_escapes(text, at, depth, &mut seen.joins, scratch, matches);
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
        if at < seen.escapes {
            joins::drop_pieces(matches);
        }
        if length > 2 * dispatch.longest {
            let last = seen.token_end - dispatch.longest;
            return dispatch.next_inside_token(&text[..last], at + 1, &mut seen.distinctive);
        }
        0
    }

    /// Scans the decoded token at `at`. Returns the offset up to which escapes have been decoded.
    fn undo_escapes(
        &self,
        text: &[u8],
        at: usize,
        depth: usize,
        joins: &mut Joins,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> usize {
        let token = escape::token(text, at, 0);
        let is_token = std::mem::replace(&mut scratch.is_token, true);
        self.scan_inner(&token.decoded, token.own(), depth, scratch, matches, |span| token.encodings(span));
        scratch.is_token = is_token;
        if token.may_go_on {
            self.try_joins(text, at, depth, joins, scratch, matches);
        }
        token.settled()
    }

    /// Scans tokens with an escape in their prefix. Returns whether there may be any.
    fn scan_escapes(
        &self,
        text: &[u8],
        range: &Range<usize>,
        depth: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> bool {
        // Nearly all escapes contain one of three bytes that many texts do not have at all.
        let within = &text[range.clone()];
        let has_some = memchr::memchr3(b'%', b'\\', b'&', within).is_some()
            || QUOTED_PRINTABLE.iter().any(|literal| literal.find(within).is_some());
        if !has_some {
            return false;
        }
        let mut is_any = self.undo_prefixes(text, range.start, depth, scratch, matches, |from| {
            let at = self.anchors.next_escape(text, from..range.end)?;
            Some((at, self.anchors.escaped(text, at)))
        });
        if let Some(first) = memchr::memchr(b'\\', within) {
            let start = (range.start + first).saturating_sub(1);
            is_any |= self.undo_prefixes(text, start, depth, scratch, matches, |from| {
                let at = self.anchors.next_backslash(text, from..range.end)?;
                Some((at, self.anchors.escaped(text, at)))
            });
        }
        is_any
    }

    /// Scans the tokens with a prefix that is found by something in it. `next` finds it from an offset on, and tells where
    /// to decode, if a prefix is there at all. Returns whether anything was found.
    fn undo_prefixes(
        &self,
        text: &[u8],
        mut from: usize,
        depth: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
        next: impl Fn(usize) -> Option<(usize, Option<usize>)>,
    ) -> bool {
        let mut is_any = false;
        let mut joins = Joins::default();
        while let Some((at, start)) = next(from) {
            is_any = true;
            from = at + 1;
            if let Some(start) = start {
                from = self.undo_escapes(text, start, depth, &mut joins, scratch, matches).max(from);
            }
        }
        is_any
    }

    /// Whether a prefix in the range may be broken.
    pub(super) fn may_be_broken(&self, text: &[u8], range: &Range<usize>) -> bool {
        let broken = self.anchors.broken();
        broken.next_character(text, range.clone()).is_some()
            || broken.next_color(text, range.clone()).is_some()
    }

    /// Scans tokens whose prefix is broken. Returns whether there may be any.
    fn scan_broken(
        &self,
        text: &[u8],
        range: &Range<usize>,
        depth: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> bool {
        let broken = self.anchors.broken();
        let by_color = self.undo_prefixes(text, range.start, depth, scratch, matches, |from| {
            let at = broken.next_color(text, from..range.end)?;
            // A color is only undone behind the start of a token.
            Some((at, self.anchors.escaped(text, at - 1).map(|_| at - 1)))
        });
        let by_character = self.undo_prefixes(text, range.start, depth, scratch, matches, |from| {
            let at = broken.next_character(text, from..range.end)?;
            Some((at, self.anchors.escaped(text, at).map(|_| at)))
        });
        by_color || by_character
    }

    /// Scans lists of bytes. Returns whether there may be an anchor in any.
    fn scan_lists(
        &self,
        text: &[u8],
        range: &Range<usize>,
        depth: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> bool {
        let mut is_any = false;
        let mut from = range.start;
        // A list that begins in the range may only be seen behind it.
        let end = text.len().min(range.end.saturating_add(list::MARGIN));
        while let Some(region) = list::next_region(text, from..end) {
            from = region.end;
            let mut at = region.start;
            while let Some(found) = self.anchors.next_in_list(text, at..region.end) {
                is_any = true;
                let part = found.saturating_sub(LIST_BEFORE)..text.len().min(found + 2 * LIST);
                let (readings, end) = list::decode(text, &part, found);
                at = end.clamp(found + 1, found + LIST);
                // A spelling may stand behind a mark such as `0x`.
                let own = found.saturating_sub(8).max(range.start)..at.min(range.end);
                for (decoded, name) in readings {
                    self.scan_inner(&decoded, decoded.within(&own), depth, scratch, matches, |_| vec![name]);
                }
            }
        }
        is_any
    }

    /// Scans decoded text for anchors in its own part, and maps the matches to their encoded form. Skips
    /// matches for which `encodings` is empty: these are not encoded, and are found without decoding.
    pub(super) fn scan_inner(
        &self,
        decoded: &Decoded,
        own: Range<usize>,
        depth: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
        encodings: impl Fn(&Range<usize>) -> Vec<&'static str>,
    ) {
        let mut inner = Vec::new();
        let own = own.start..own.end.min(decoded.text.len());
        // What was found may begin behind the part that is searched.
        if own.is_empty() {
            return;
        }
        // What is decoded from a binary file may be text.
        let is_binary = scratch.is_binary.replace(false);
        self.scan_layer(&decoded.text, own, AnchorKinds::ALL, depth + 1, scratch, &mut inner);
        scratch.is_binary = is_binary;
        for mut matched in inner {
            let mut encoding = encodings(&matched.span);
            if encoding.is_empty() {
                continue;
            }
            encoding.append(&mut matched.encoding);
            matched.encoding = encoding;
            matched.decoded.get_or_insert_with(|| decoded.text[matched.span.clone()].into());
            matched.span = decoded.source(&matched.span);
            matches.push(matched);
        }
    }
}
