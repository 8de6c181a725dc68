//! One text: the file itself, or what was decoded out of it. Decoded text is searched like any other, two layers deep.

use std::{ops::Range, sync::LazyLock};

use memchr::memmem::Finder;

use super::{
    Engine, Hit, REACH, Scratch,
    anchors::{Anchor, Sign},
    evidence::Context,
    runs::RunSearch,
    structure::Dispatch,
};
use crate::{
    blob::Signs,
    decode::{Decoded, escape, utf16},
    rule::{BASE64URL, Confidence},
};

/// How many encodings are undone, one inside the other.
const DEEPEST: usize = 2;

/// How far a string in UTF-16 is decoded to either side, in bytes.
const WIDE: usize = REACH / 2;

/// To make a search takes longer than to search a short text.
static QUOTED_PRINTABLE: LazyLock<Vec<Finder<'static>>> =
    LazyLock::new(|| escape::QUOTED_PRINTABLE.iter().map(|literal| Finder::new(*literal)).collect());

/// Where the parts of a text lie that need no second look.
#[derive(Default)]
struct Seen {
    /// The token that the last anchor was in ends here.
    token_end: usize,
    /// Escapes have been undone up to here.
    escapes: usize,
}

impl Engine {
    /// Adds a hit for every shape that fits at an anchor in `range`, plain or behind one of the `signs`, and says which of
    /// them there are; `depth` encodings have been undone.
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
                let runs = || self.runs.get_or_init(|| RunSearch::new(self.anchors.plain()));
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

    /// Decodes strings in UTF-16, as binaries hold them. Says whether there are zeros.
    fn scan_wide(
        &self,
        text: &[u8],
        range: &Range<usize>,
        depth: usize,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) -> bool {
        let Some(first) = memchr::memchr(0, &text[range.clone()]) else { return false };
        // The zero may be the second byte of what it belongs to, or the first.
        let mut from = range.start + first.saturating_sub(1);
        while let Some(at) = self.anchors.next_wide(text, from..range.end) {
            let (decoded, order) = utf16::string_around(text, at, WIDE);
            from = decoded.end().max(at + 1);
            self.scan_inner(&decoded, usize::MAX, depth, scratch, hits, |_| vec![order.name()]);
        }
        true
    }

    /// Returns from where on to look for the next anchor.
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
        // Most anchors are the end of a word. The rules need not even be read for those.
        let ends_word = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`\\".contains(byte);
        let is_word = length < self.shortest && text.get(seen.token_end).is_none_or(ends_word);
        if depth < DEEPEST && at >= seen.escapes && escape::goes_on(text, seen.token_end) {
            seen.escapes = self.undo_escapes(text, at, depth, scratch, hits);
        }
        if is_word {
            return 0;
        }
        let dispatch = self.dispatch.get_or_init(|| Dispatch::new(self.rules(), &self.anchors, self.least));
        dispatch.try_anchor(text, anchor, seen.token_end, scratch, hits);
        if length > 2 * dispatch.longest {
            let last = seen.token_end - dispatch.longest;
            return dispatch.next_inside_token(&text[..last], at + 1);
        }
        0
    }

    /// Returns up to where in the text escapes have been undone.
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

    /// Undoes the escapes of tokens whose prefix has one. Says whether any may.
    fn scan_escapes(
        &self,
        text: &[u8],
        range: &Range<usize>,
        depth: usize,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) -> bool {
        // Nearly all of them hold one of three bytes that many texts have nowhere.
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

    /// Scans decoded text for anchors in its first `own` bytes; its hits stand where their encoded form does. Those that
    /// `encodings` gives nothing for are not encoded at all, and have been found without this.
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

/// Looks for evidence round hits whose own layer had none, settles how sure each is, and drops those that need
/// evidence and have none.
pub(super) fn weigh(text: &[u8], hits: &mut Vec<Hit>, scratch: &mut Scratch) {
    hits.retain_mut(|hit| {
        if hit.evidence.is_none() && hit.decoded.is_some() {
            hit.evidence = scratch.context.evidence(text, &hit.span, &hit.rule);
        }
        if hit.evidence.is_none() {
            hit.evidence = Context::evidence_in_name(&scratch.name, &hit.rule);
        }
        let form = hit.form();
        let confidence: Confidence =
            if hit.evidence.is_some() { form.confidence_with_context() } else { form.confidence };
        let may_be_named = scratch.is_name_unknown && !hit.rule.context.is_empty();
        let stays = hit.evidence.is_some() || !form.requires_context || may_be_named;
        hit.confidence = confidence;
        stays
    });
}
