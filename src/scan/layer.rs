//! Scans one text: the file itself, or text that was decoded from it. Decoded text is searched like any
//! other, two layers deep.

use std::{ops::Range, sync::LazyLock};

use memchr::memmem::Finder;

use super::{
    anchors::{Anchor, Sign},
    hit::{Hit, REACH},
    matcher::ShapeMatcher,
    scratch::Scratch,
};
use crate::{
    blob::Signs,
    decode::{Decoded, escape, utf16},
    rule::BASE64URL,
};

/// How many nested encodings are decoded.
const DEEPEST: usize = 2;

/// How far a UTF-16 string is decoded to either side, in bytes.
const WIDE: usize = REACH / 2;

/// Building a searcher takes longer than searching a short text.
static QUOTED_PRINTABLE: LazyLock<Vec<Finder<'static>>> =
    LazyLock::new(|| escape::QUOTED_PRINTABLE.iter().map(|literal| Finder::new(*literal)).collect());

/// The parts of a text that need no second look.
#[derive(Default)]
struct Seen {
    /// Where the token of the last anchor ends.
    token_end: usize,
    /// Escapes have been decoded up to this offset.
    escapes: usize,
}

impl ShapeMatcher {
    /// Adds a hit for every shape that matches at an anchor in `range`, plain or indicated by one of the
    /// `signs`. Returns the signs that the text has. `depth` encodings have already been decoded.
    pub(super) fn scan_layer(
        &self,
        text: &[u8],
        range: Range<usize>,
        signs: Signs,
        depth: usize,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) -> Signs {
        let mut seen_signs = Signs::default();
        scratch.context.clear();
        if depth == 0 {
            scratch.words.clear();
        }
        if signs.has(Signs::ANCHOR) {
            let mut seen = Seen::default();
            let mut from = range.start;
            while let Some(sign) = self.anchors.next(text, from..range.end) {
                from = match sign {
                    Sign::Anchor(anchor) => {
                        seen_signs.add(Signs::ANCHOR);
                        self.try_anchor(text, anchor, depth, &mut seen, scratch, hits).max(anchor.at + 1)
                    }
                    Sign::Word { at, word } => {
                        if depth == 0 {
                            scratch.words.push((at, word));
                        }
                        at + 1
                    }
                };
            }
        }
        if depth < DEEPEST {
            if signs.has(Signs::ESCAPE) && self.scan_escapes(text, &range, depth, scratch, hits) {
                seen_signs.add(Signs::ESCAPE);
            }
            let wide_apart = depth == 0 && scratch.wide_apart;
            if signs.has(Signs::ZERO) && !wide_apart && self.scan_wide(text, &range, depth, scratch, hits) {
                seen_signs.add(Signs::ZERO);
            }
            if signs.has(Signs::RUN) {
                let runs = || self.runs();
                let is_any = super::runs::each(runs, text, &range, |name, decoded, own| {
                    let before = hits.len();
                    self.scan_inner(&decoded, own, depth, scratch, hits, |_| vec![name]);
                    hits.len() > before
                });
                if is_any {
                    seen_signs.add(Signs::RUN);
                }
            }
        }
        scratch.context.clear();
        seen_signs
    }

    /// Scans UTF-16 strings, as in binaries. Returns whether there are zeros.
    fn scan_wide(
        &self,
        text: &[u8],
        range: &Range<usize>,
        depth: usize,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) -> bool {
        let Some(first) = memchr::memchr(0, &text[range.clone()]) else { return false };
        // The zero may be either byte of its code unit.
        let mut from = range.start + first.saturating_sub(1);
        while let Some(at) = self.anchors.next_wide(text, from..range.end) {
            let (decoded, order) = utf16::string_around(text, at, WIDE);
            from = decoded.end().max(at + 1);
            self.scan_inner(&decoded, usize::MAX, depth, scratch, hits, |_| vec![order.name()]);
        }
        true
    }

    /// Tries the shapes at an anchor. Returns the offset from which to look for the next one.
    fn try_anchor(
        &self,
        text: &[u8],
        anchor: Anchor,
        depth: usize,
        seen: &mut Seen,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) -> usize {
        let at = anchor.at;
        if seen.token_end <= at {
            seen.token_end = at + BASE64URL.run(&text[at..], usize::MAX);
        }
        let length = seen.token_end - at;
        // Most anchors are the end of an ordinary word. For these, the rules need not even be loaded.
        let ends_word = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`\\".contains(byte);
        let is_word = length < self.shortest && text.get(seen.token_end).is_none_or(ends_word);
        if depth < DEEPEST && at >= seen.escapes && escape::goes_on(text, seen.token_end) {
            seen.escapes = self.undo_escapes(text, at, depth, scratch, hits);
        }
        if is_word {
            return 0;
        }
        let dispatch = self.dispatch();
        dispatch.try_anchor(text, anchor, seen.token_end, scratch, hits);
        if length > 2 * dispatch.longest {
            let last = seen.token_end - dispatch.longest;
            return dispatch.next_inside_token(&text[..last], at + 1);
        }
        0
    }

    /// Scans the decoded token at `at`. Returns the offset up to which escapes have been decoded.
    fn undo_escapes(
        &self,
        text: &[u8],
        at: usize,
        depth: usize,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) -> usize {
        let token = escape::token(text, at);
        self.scan_inner(&token.decoded, usize::MAX, depth, scratch, hits, |span| token.encodings(span));
        token.settled()
    }

    /// Scans tokens with an escape in their prefix. Returns whether there may be any.
    fn scan_escapes(
        &self,
        text: &[u8],
        range: &Range<usize>,
        depth: usize,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) -> bool {
        // Nearly all escapes contain one of three bytes that many texts do not have at all.
        let within = &text[range.clone()];
        let has_some = memchr::memchr3(b'%', b'\\', b'&', within).is_some()
            || QUOTED_PRINTABLE.iter().any(|literal| literal.find(within).is_some());
        if !has_some {
            return false;
        }
        let mut is_any = false;
        let mut from = range.start;
        while let Some(at) = self.anchors.next_escape(text, from..range.end) {
            is_any = true;
            from = at + 1;
            if let Some(separator) = self.anchors.separator(text, at) {
                from = self.undo_escapes(text, separator, depth, scratch, hits).max(from);
            }
        }
        is_any
    }

    /// Scans decoded text for anchors in its first `own` bytes, and maps the hits to their encoded form.
    /// Skips hits for which `encodings` is empty: these are not encoded, and are found without decoding.
    fn scan_inner(
        &self,
        decoded: &Decoded,
        own: usize,
        depth: usize,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
        encodings: impl Fn(&Range<usize>) -> Vec<&'static str>,
    ) {
        let mut inner = Vec::new();
        let own = 0..own.min(decoded.text.len());
        self.scan_layer(&decoded.text, own, Signs::ALL, depth + 1, scratch, &mut inner);
        for mut hit in inner {
            let mut encoding = encodings(&hit.span);
            if encoding.is_empty() {
                continue;
            }
            encoding.append(&mut hit.encoding);
            hit.encoding = encoding;
            hit.decoded.get_or_insert_with(|| decoded.text[hit.span.clone()].into());
            hit.span = decoded.source(&hit.span);
            hits.push(hit);
        }
    }
}
