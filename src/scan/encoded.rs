//! Finds what is encoded in a text, and scans it decoded: escapes in a prefix or a token, prefixes with something in them,
//! lists of bytes, UTF-16. Runs of base64 and hex are in [`super::runs`].

use std::{ops::Range, sync::LazyLock};

use memchr::memmem::Finder;

use super::{
    add_decoded::add_decoded,
    joins::Joins,
    matcher::ShapeMatcher,
    scratch::Scratch,
    shape_match::{REACH, ShapeMatch},
};
use crate::{
    blob::AnchorKinds,
    decode::{Decoded, escape, list, utf16},
};

/// How much of a list is searched at a time, in bytes: more than any key takes.
const LIST: usize = REACH / 2;

/// How far before an anchor a list is read, in bytes, for what names the issuer.
const LIST_BEFORE: usize = 1 << 10;

/// How far a UTF-16 string is decoded to either side, in bytes.
const WIDE: usize = REACH / 2;

/// Building a searcher takes longer than searching a short text.
static QUOTED_PRINTABLE: LazyLock<Vec<Finder<'static>>> =
    LazyLock::new(|| escape::QUOTED_PRINTABLE.iter().map(|literal| Finder::new(*literal)).collect());

impl ShapeMatcher {
    /// Scans UTF-16 strings, as in binaries. Returns whether there are zeros.
    pub(super) fn scan_wide(
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

    /// Scans the decoded token at `at`. Returns where all tokens that begin there have been decoded.
    pub(super) fn undo_escapes(
        &self,
        text: &[u8],
        at: usize,
        depth: usize,
        joins: &mut Joins,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> Range<usize> {
        let token = escape::token(text, at, 0);
        let is_token = std::mem::replace(&mut scratch.is_token, true);
        self.scan_inner(&token.decoded, token.own(), depth, scratch, matches, |span| token.encodings(span));
        scratch.is_token = is_token;
        if token.may_go_on {
            self.try_joins(text, at, depth, joins, scratch, matches);
        }
        token.settled()
    }

    /// Scans tokens with an escape in their prefix, apart from what has been decoded. Returns whether there may be any.
    pub(super) fn scan_escapes(
        &self,
        text: &[u8],
        range: &Range<usize>,
        depth: usize,
        undone: &[Range<usize>],
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
        // The first place from an offset on that has not been decoded.
        let next = |mut from: usize, find: &dyn Fn(Range<usize>) -> Option<usize>| loop {
            let at = find(from..range.end)?;
            let known = undone.get(undone.partition_point(|undone| undone.end <= at));
            // The prefix begins before its escape.
            match known.filter(|undone| undone.start + escape::BEFORE <= at) {
                Some(undone) => from = undone.end,
                None => return Some((at, self.anchors.escaped(text, at))),
            }
        };
        let mut is_any = !undone.is_empty();
        is_any |= self.undo_prefixes(text, range.start, depth, scratch, matches, |from| {
            next(from, &|range| self.anchors.next_escape(text, range))
        });
        if let Some(first) = memchr::memchr(b'\\', within) {
            let start = (range.start + first).saturating_sub(1);
            is_any |= self.undo_prefixes(text, start, depth, scratch, matches, |from| {
                next(from, &|range| self.anchors.next_backslash(text, range))
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
                from = self.undo_escapes(text, start, depth, &mut joins, scratch, matches).end.max(from);
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
    pub(super) fn scan_broken(
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
    pub(super) fn scan_lists(
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
        add_decoded(decoded, inner, matches, encodings);
    }
}
