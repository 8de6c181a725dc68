//! A quick check whether anything could be found in a text, under any name. If a text is a change of one in
//! which nothing could be found, only the differences and what is near them are checked.

use std::ops::Range;

use super::{engine::Engine, scratch::Scratch, weigh};
use crate::{
    blob::{Content, Signs},
    decode::{run, utf16},
};

/// An anchor this far before a change, in bytes, may belong to a key that reaches into it. No decoder goes
/// further than 4 KiB, and a match depends on what directly follows the key.
const BEFORE_NOVEL: usize = 5 << 10;

/// An anchor this far after a change, in bytes, may belong to a key that depends on it. This is less than in
/// the other direction: a key begins at its anchor, and decoders look at no more than 1 KiB before it.
/// Context may be further away, but never matters here, since the text may have any name.
const AFTER_NOVEL: usize = (1 << 10) + 256;

/// A sign that a change completes is within this many bytes of it. This is longer than every literal and than
/// the shortest long run, and long enough for a fast search.
const NEAR_SIGN: usize = 64;

/// How a text differs from one in which nothing could be found.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The ranges that differ, in order; see [`crate::git::pack::Changes::novel`].
    pub novel: &'a [Range<usize>],
    /// The signs of the other text, and of those that it was based on.
    pub signs: Signs,
}

impl Engine {
    /// Checks whether a scan of the text could find anything, under any name. Returns `None` if it could, and
    /// otherwise the signs that the text contains, or a few more. A text that looks like UTF-16 is always
    /// checked completely.
    #[must_use]
    pub fn rule_out(&self, text: &[u8], change: Option<Change<'_>>, scratch: &mut Scratch) -> Option<Signs> {
        scratch.is_name_unknown = true;
        let signs = match change {
            _ if looks_wide(text) => {
                let mut is_clean = true;
                // Reading from memory cannot fail.
                let _ = self.scan(Content::Bytes(text), scratch, &mut 0, |_| is_clean = false);
                is_clean.then_some(Signs::ALL)
            }
            None => self.rule_out_in(text, 0..text.len(), Signs::ALL, scratch),
            Some(Change { novel, signs }) => {
                let signs = self.with_new_signs(text, novel, signs);
                let is_clean = signs == Signs::default()
                    || near(novel, BEFORE_NOVEL, AFTER_NOVEL, text.len())
                        .all(|range| self.rule_out_in(text, range, signs, scratch).is_some());
                is_clean.then_some(signs)
            }
        };
        scratch.is_name_unknown = false;
        signs
    }

    /// Adds signs that are only in the changed parts. There are mostly none, and then nothing else is
    /// checked.
    fn with_new_signs(&self, text: &[u8], novel: &[Range<usize>], signs: Signs) -> Signs {
        let mut signs = signs;
        for range in near(novel, NEAR_SIGN, NEAR_SIGN, text.len()) {
            let searches: [(Signs, &dyn Fn() -> bool); 4] = [
                (Signs::ANCHOR, &|| self.matcher.anchors.next(text, range.clone()).is_some()),
                (Signs::ESCAPE, &|| self.matcher.anchors.next_escape(text, range.clone()).is_some()),
                (Signs::ZERO, &|| memchr::memchr(0, &text[range.clone()]).is_some()),
                (Signs::RUN, &|| run::is_any(text, range.clone())),
            ];
            for (sign, is_any) in searches {
                if !signs.has(sign) && is_any() {
                    signs.add(sign);
                }
            }
        }
        signs
    }

    fn rule_out_in(
        &self,
        text: &[u8],
        range: Range<usize>,
        signs: Signs,
        scratch: &mut Scratch,
    ) -> Option<Signs> {
        let mut hits = std::mem::take(&mut scratch.hits);
        let signs = self.matcher.scan_layer(text, range, signs, 0, scratch, &mut hits);
        weigh::weigh(text, &mut hits, scratch, weigh::Unsupported::Drop);
        let is_clean = hits.is_empty();
        hits.clear();
        scratch.hits = hits;
        is_clean.then_some(signs)
    }
}

/// Whether the text is also read as UTF-16. That depends only on its start, and affects how all of it is
/// read.
#[must_use]
pub fn looks_wide(text: &[u8]) -> bool {
    utf16::recognize(text).is_some()
}

/// Extends each range by this many bytes before and after it, and merges those that overlap.
fn near(
    ranges: &[Range<usize>],
    before: usize,
    after: usize,
    length: usize,
) -> impl Iterator<Item = Range<usize>> {
    let mut ranges = ranges.iter();
    let mut next: Option<Range<usize>> = None;
    std::iter::from_fn(move || {
        loop {
            let widened =
                ranges.next().map(|range| range.start.saturating_sub(before)..length.min(range.end + after));
            match (&mut next, widened) {
                (Some(last), Some(range)) if range.start <= last.end => last.end = range.end.max(last.end),
                (_, Some(range)) => {
                    if let Some(done) = next.replace(range) {
                        return Some(done);
                    }
                }
                (_, None) => return next.take(),
            }
        }
    })
}
