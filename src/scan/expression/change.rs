//! Tries expressions on the parts of a text that differ from one in which nothing was found, whatever begins a match.

use std::ops::Range;

use super::{
    progress::ExpressionProgress,
    reach::Paths,
    search::{ExpressionSearch, ExpressionWindow},
};
use crate::{
    bytes::line_around,
    rule::LONGEST_MATCH,
    scan::{scratch::Scratch, shape_match::ShapeMatch},
};

/// More lines than this are not read around a change: then an expression is tried on all of a text.
pub(super) const MOST_LINES: usize = 16;

/// How far from a change a match may begin or end, in bytes, with the lines that it is judged by.
const REACH: usize = LONGEST_MATCH + (2 << 10);

/// How close to a change a run is that it may have changed, in bytes: longer than what makes one.
const NEAR_RUN: usize = 64;

impl ExpressionSearch {
    /// Whether nothing matches in a whole text, from whatever byte. Returns `None` if something does, and else whether
    /// there is a keyword of an expression whose matches may be far from it, or are long.
    pub(in crate::scan) fn prefilter(
        &self,
        text: &[u8],
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> Option<bool> {
        scratch.expressions.begin();
        self.scan_window(text, &(0..text.len()), Paths::Any, scratch, matches);
        matches.is_empty().then(|| self.is_any_far(&scratch.expressions))
    }

    /// The same for a text of which only some ranges differ from one in which nothing matches. `has_far` tells whether that
    /// one had such a keyword.
    pub(in crate::scan) fn prefilter_changes(
        &self,
        text: &[u8],
        changed_ranges: &[Range<usize>],
        has_far: bool,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> Option<bool> {
        let mut last: Option<Range<usize>> = None;
        let mut is_any_far = has_far;
        for range in changed_ranges {
            let part = self.around(text, range);
            match &mut last {
                Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
                _ => {
                    if let Some(done) = last.replace(part) {
                        is_any_far |= self.prefilter_part(&text[done], false, scratch, matches)?;
                    }
                }
            }
        }
        if let Some(done) = last {
            is_any_far |= self.prefilter_part(&text[done], false, scratch, matches)?;
        }
        if is_any_far {
            is_any_far = self.prefilter_part(text, true, scratch, matches)?;
        }
        let mut done = 0;
        for range in changed_ranges {
            let near = range.start.saturating_sub(NEAR_RUN).max(done)..text.len().min(range.end + NEAR_RUN);
            if !near.is_empty() {
                done = near.end;
                self.scan_encoded_near(text, &near, scratch, matches);
            }
        }
        matches.is_empty().then_some(is_any_far)
    }

    fn prefilter_part(
        &self,
        part: &[u8],
        is_only_far: bool,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) -> Option<bool> {
        let mut progress = ExpressionProgress::default();
        let window = ExpressionWindow { text: part, starts_end: part.len(), paths: Paths::Any, is_only_far };
        self.scan(window, &mut progress, scratch, matches);
        scratch.context.clear();
        matches.is_empty().then(|| self.is_any_far(&progress))
    }

    /// The lines that a match may have which a change touches, and a little more.
    fn around(&self, text: &[u8], range: &Range<usize>) -> Range<usize> {
        let near = |range: &Range<usize>| {
            range.start.saturating_sub(self.near)..text.len().min(range.end + self.near)
        };
        near(&line_around(text, &near(range), self.lines, REACH))
    }
}
