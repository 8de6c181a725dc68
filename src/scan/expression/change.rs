//! Tries expressions on the parts of a text that differ from one in which nothing was found, whatever begins a match.

use std::ops::Range;

use super::{
    progress::ExpressionProgress,
    reach::{Asked, Extent, Paths},
    search::{ExpressionSearch, ExpressionWindow},
};
use crate::{
    blob::AnchorKinds,
    bytes::line_around,
    rule::LONGEST_MATCH,
    scan::{
        ranges::{self, merged},
        scratch::Scratch,
        shape_match::ShapeMatch,
    },
};

/// How far from a change a match may begin or end, in bytes, with the lines that it is judged by.
const REACH: usize = LONGEST_MATCH + (2 << 10);

/// How close to a change a run is that it may have changed, in bytes: longer than what makes one.
const NEAR_RUN: usize = 64;

impl ExpressionSearch {
    /// Whether nothing matches in a whole text, from whatever byte. Returns `None` if something does, and else which keywords
    /// it has that a change far from them may matter for.
    pub(in crate::scan) fn prefilter(
        &self,
        text: &[u8],
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> Option<AnchorKinds> {
        scratch.expressions.begin();
        self.scan_window(text, &(0..text.len()), Paths::Any, scratch, matches);
        matches.is_empty().then(|| self.kinds(&scratch.expressions))
    }

    /// The same for a text of which only some ranges differ from one in which nothing matches, which had these keywords.
    pub(in crate::scan) fn prefilter_changes(
        &self,
        text: &[u8],
        changed_ranges: &[Range<usize>],
        known: AnchorKinds,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> Option<AnchorKinds> {
        let nearby = Asked::Only(Extent::Nearby);
        let mut kinds = known;
        let close = merged(changed_ranges.iter().map(|range| wider(text, range, NEAR_RUN)));
        for part in merged(close.map(|range| self.around(text, &range))) {
            let found = self.prefilter_part(&text[part.clone()], Asked::All, scratch, matches)?;
            if found.has(AnchorKinds::KEYWORD) {
                // It may be new, and what it stands near may not be.
                self.prefilter_part(&text[wider(text, &part, 2 * REACH)], nearby, scratch, matches)?;
            } else if known.has(AnchorKinds::KEYWORD) {
                self.prefilter_part(&text[part], nearby, scratch, matches)?;
            }
            kinds.add(found);
        }
        if kinds.has(AnchorKinds::LONG) {
            for part in merged(changed_ranges.iter().map(|range| wider(text, range, 2 * REACH))) {
                self.prefilter_part(&text[part], Asked::Only(Extent::Long), scratch, matches)?;
            }
        }
        for near in merged(changed_ranges.iter().map(|range| wider(text, range, NEAR_RUN))) {
            self.scan_encoded_near(text, &near, scratch, matches);
        }
        matches.is_empty().then_some(kinds)
    }

    fn prefilter_part(
        &self,
        part: &[u8],
        asked: Asked,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> Option<AnchorKinds> {
        let mut progress = ExpressionProgress::default();
        let window = ExpressionWindow { text: part, starts_end: part.len(), paths: Paths::Any, asked };
        self.scan(window, &mut progress, scratch, matches);
        scratch.context.clear();
        matches.is_empty().then(|| self.kinds(&progress))
    }

    /// The lines that a match may have which a change touches, and a little more.
    fn around(&self, text: &[u8], range: &Range<usize>) -> Range<usize> {
        wider(text, &line_around(text, &wider(text, range, self.near), self.lines, REACH), self.near)
    }
}

fn wider(text: &[u8], range: &Range<usize>, more: usize) -> Range<usize> {
    ranges::wider(range, more, more, text.len())
}
