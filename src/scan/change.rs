//! A first look at a text that may have any name: could anything be found in it? Of a text that was made from one in which
//! nothing could be found, only what differs is looked at, and what stands near.

use std::ops::Range;

use super::{Engine, scratch::Scratch, weigh};
use crate::{
    blob::{Content, Signs},
    decode::{run, utf16},
};

/// An anchor so far before a change, in bytes, may be that of a key that reaches into it: no decoder goes further than
/// 4 KiB, and what it gives ends with what stands directly behind the key.
const BEFORE_NOVEL: usize = 5 << 10;

/// An anchor so far after a change, in bytes, may be one whose key depends on it. That is less than the other way
/// round: a key begins at its anchor, and before that decoders look at 1 KiB at most. Evidence may be further, but
/// it never decides here, since any name may be that of the text.
const AFTER_NOVEL: usize = (1 << 10) + 256;

/// A sign that a change completes lies within so many bytes of it: longer than every literal and than the shortest long
/// run, and long enough to be searched fast.
const NEAR_SIGN: usize = 64;

/// How a text differs from one in which nothing could be found.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The ranges, in their order, in which it differs; see [`crate::git::pack::Changes::novel`].
    pub novel: &'a [Range<usize>],
    /// What the other text, and those it was made from, hold.
    pub signs: Signs,
}

impl Engine {
    /// Whether a scan of the text could find anything, whatever the text is called. Nothing is returned where it could,
    /// and otherwise what the text holds all the same, or a little more. A text that looks like UTF-16 is read whole,
    /// whatever it was made from.
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

    /// Adds the signs that only a change has brought in. Mostly there are none at all, and nothing more to look at.
    fn with_new_signs(&self, text: &[u8], novel: &[Range<usize>], signs: Signs) -> Signs {
        let mut signs = signs;
        for range in near(novel, NEAR_SIGN, NEAR_SIGN, text.len()) {
            let searches: [(Signs, &dyn Fn() -> bool); 4] = [
                (Signs::ANCHOR, &|| self.anchors.next(text, range.clone()).is_some()),
                (Signs::ESCAPE, &|| self.anchors.next_escape(text, range.clone()).is_some()),
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
        let signs = self.scan_layer(text, range, signs, 0, scratch, &mut hits);
        weigh::weigh(text, &mut hits, scratch);
        let is_clean = hits.is_empty();
        hits.clear();
        scratch.hits = hits;
        is_clean.then_some(signs)
    }
}

/// Whether the text is read as UTF-16, too, which depends on its start alone and changes how all of it is read.
#[must_use]
pub fn looks_wide(text: &[u8]) -> bool {
    utf16::recognise(text).is_some()
}

/// The ranges with so many bytes before and after each, every place once.
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
