//! A quick check whether anything could be found in a text, under any name. If a text is a change of one in
//! which nothing could be found, only the differences and what is near them are checked.

use std::ops::Range;

use super::{
    binary::HEAD,
    encoded_runs::may_be_encoded,
    engine::Engine,
    ranges::{merged, wider},
    runs,
    scratch::Scratch,
    shape_match::ShapeMatch,
    weigh,
};
use crate::{
    blob::{AnchorKinds, Content},
    decode::{list, utf16},
};

/// An anchor this far before a change, in bytes, may belong to a key that reaches into it. No decoder goes
/// further than 4 KiB, and a match depends on what directly follows the key.
const BEFORE_CHANGE: usize = 5 << 10;

/// An anchor this far after a change, in bytes, may belong to a key that depends on it. This is less than in the other
/// direction: a key begins at its anchor, and decoders look at no more than 1 KiB before it. Context may be further
/// away, but never matters here, since the text may have any name.
const AFTER_CHANGE: usize = (1 << 10) + 256;

/// An anchor that a change completes is within this many bytes of it. This is longer than every literal and than the
/// shortest long run, and long enough for a fast search.
const NEAR_ANCHOR: usize = 64;

/// How a text differs from one in which nothing could be found.
#[derive(Clone, Copy, Debug)]
pub struct TextChange<'a> {
    /// The ranges that differ, in order; see [`crate::git::pack::Changes::changed_ranges`].
    pub changed_ranges: &'a [Range<usize>],
    /// The anchor kinds of the other text, and of those that it was based on.
    pub anchor_kinds: AnchorKinds,
}

/// How many bytes further a list is looked for, since not every part of one looks like it.
const NEAR_LIST: usize = 64;

impl Engine {
    /// Checks whether a scan of the text could find anything, under any name. Returns `None` if it could, and otherwise
    /// the anchor kinds that the text contains, or a few more. A text that looks like UTF-16 is always checked
    /// completely.
    #[must_use]
    pub fn prefilter(
        &self,
        text: &[u8],
        change: Option<TextChange<'_>>,
        scratch: &mut Scratch,
    ) -> Option<AnchorKinds> {
        scratch.is_name_unknown = true;
        scratch.is_binary = None;
        let anchor_kinds = match change {
            _ if looks_wide(text) => {
                let mut is_clean = true;
                // Reading from memory cannot fail.
                let _ = self.scan(Content::Bytes(text), scratch, &mut 0, |_| is_clean = false);
                (is_clean && scratch.containers.is_empty()).then_some(AnchorKinds::ALL)
            }
            None => self.prefilter_in(text, 0..text.len(), AnchorKinds::ALL, scratch),
            // Keys in binary files may touch anything, and the other text was none.
            Some(TextChange { changed_ranges, anchor_kinds })
                if !anchor_kinds.has(AnchorKinds::ZERO) && becomes_binary(text, changed_ranges) =>
            {
                self.prefilter_in(text, 0..text.len(), AnchorKinds::ALL, scratch)
            }
            Some(TextChange { changed_ranges, anchor_kinds }) => {
                let looked_for = self.with_new_kinds(text, changed_ranges, anchor_kinds);
                // A change may look as if it had more than it has.
                let mut all = anchor_kinds;
                let is_clean = looked_for == AnchorKinds::default()
                    || near(changed_ranges, BEFORE_CHANGE, AFTER_CHANGE, text.len()).all(|range| {
                        let seen = self.prefilter_in(text, range, looked_for, scratch);
                        all.add(seen.unwrap_or_default());
                        seen.is_some()
                    });
                is_clean.then_some(all)
            }
        };
        let anchor_kinds = anchor_kinds.and_then(|mut anchor_kinds| {
            anchor_kinds.add(self.prefilter_expressions(text, change, scratch)?);
            Some(anchor_kinds)
        });
        scratch.is_name_unknown = false;
        anchor_kinds
    }

    /// The same for regular expressions and known values.
    fn prefilter_expressions(
        &self,
        text: &[u8],
        change: Option<TextChange<'_>>,
        scratch: &mut Scratch,
    ) -> Option<AnchorKinds> {
        let mut matches = std::mem::take(&mut scratch.matches);
        let expressions = match (&self.matcher.expressions, change) {
            (None, _) => Some(AnchorKinds::default()),
            (Some(expressions), None) => expressions.prefilter(text, scratch, &mut matches),
            (Some(expressions), Some(TextChange { changed_ranges, anchor_kinds })) => {
                expressions.prefilter_changes(text, changed_ranges, anchor_kinds, scratch, &mut matches)
            }
        };
        let kinds = expressions.and_then(|mut kinds| {
            kinds.add(self.prefilter_known(text, change, scratch, &mut matches)?);
            Some(kinds)
        });
        matches.clear();
        scratch.matches = matches;
        kinds
    }

    /// The same for known values, which are looked for in the whole text.
    fn prefilter_known(
        &self,
        text: &[u8],
        change: Option<TextChange<'_>>,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> Option<AnchorKinds> {
        let Some(known) = &self.matcher.known else { return Some(AnchorKinds::default()) };
        let may_match = |range: &Range<usize>| known.may_match(text, range) || may_be_encoded(text, range);
        let is_any = match change {
            None => may_match(&(0..text.len())),
            Some(TextChange { changed_ranges, anchor_kinds }) => {
                anchor_kinds.has(AnchorKinds::KEYWORD)
                    || near(changed_ranges, NEAR_ANCHOR, NEAR_ANCHOR, text.len())
                        .any(|range| may_match(&range))
            }
        };
        if !is_any {
            return Some(AnchorKinds::default());
        }
        known.scan_window(text, &(0..text.len()), scratch, matches);
        matches.is_empty().then_some(AnchorKinds::KEYWORD)
    }

    /// Adds anchor kinds that are only in the changed parts. There are mostly none, and then nothing else is checked.
    fn with_new_kinds(
        &self,
        text: &[u8],
        changed_ranges: &[Range<usize>],
        anchor_kinds: AnchorKinds,
    ) -> AnchorKinds {
        let mut anchor_kinds = anchor_kinds;
        for range in near(changed_ranges, NEAR_ANCHOR, NEAR_ANCHOR, text.len()) {
            let searches: [(AnchorKinds, &dyn Fn() -> bool); 6] = [
                (AnchorKinds::ANCHOR, &|| self.matcher.anchors.next(text, range.clone()).is_some()),
                (AnchorKinds::ESCAPE, &|| self.matcher.anchors.next_escape(text, range.clone()).is_some()),
                (AnchorKinds::ZERO, &|| memchr::memchr(0, &text[range.clone()]).is_some()),
                (AnchorKinds::RUN, &|| runs::is_any(text, &range)),
                (AnchorKinds::BROKEN, &|| self.matcher.may_be_broken(text, &range)),
                (AnchorKinds::LIST, &|| list::next_region(text, around(&range, NEAR_LIST)).is_some()),
            ];
            for (found, is_any) in searches {
                if !anchor_kinds.has(found) && is_any() {
                    anchor_kinds.add(found);
                }
            }
        }
        anchor_kinds
    }

    fn prefilter_in(
        &self,
        text: &[u8],
        range: Range<usize>,
        anchor_kinds: AnchorKinds,
        scratch: &mut Scratch,
    ) -> Option<AnchorKinds> {
        let mut matches = std::mem::take(&mut scratch.matches);
        let anchor_kinds = self.matcher.scan_layer(text, range, anchor_kinds, 0, scratch, &mut matches);
        weigh::weigh(&self.matcher, text, &mut matches, scratch, weigh::Unsupported::Drop);
        // What is in a container may be anything.
        let is_clean = matches.is_empty() && !scratch.containers.is_any_plausible(text);
        matches.clear();
        scratch.matches = matches;
        is_clean.then_some(anchor_kinds)
    }
}

/// Whether there are zeros in the changed parts of a file's start.
fn becomes_binary(text: &[u8], changed_ranges: &[Range<usize>]) -> bool {
    let ranges = changed_ranges.iter().take_while(|range| range.start < HEAD);
    ranges.into_iter().any(|range| memchr::memchr(0, &text[range.start..range.end.min(HEAD)]).is_some())
}

/// Whether the text is also read as UTF-16. That depends only on its start, and affects how all of it is
/// read.
#[must_use]
pub fn looks_wide(text: &[u8]) -> bool {
    utf16::recognize(text).is_some()
}

/// The range and so many bytes more on either side.
fn around(range: &Range<usize>, more: usize) -> Range<usize> {
    range.start.saturating_sub(more)..range.end + more
}

/// Extends each range by this many bytes before and after it, and merges those that overlap.
fn near(
    ranges: &[Range<usize>],
    before: usize,
    after: usize,
    length: usize,
) -> impl Iterator<Item = Range<usize>> {
    merged(ranges.iter().map(move |range| wider(range, before, after, length)))
}
