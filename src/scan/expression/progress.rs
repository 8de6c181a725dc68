//! How far expressions have been tried in a text, which may come in pieces.

use std::{collections::BTreeMap, ops::Range};

use crate::rule::ExpressionMatch;

/// What is known of the current text. Offsets are of the part of it that is in memory.
#[derive(Debug, Default)]
pub(in crate::scan) struct ExpressionProgress {
    /// Keywords before this offset are known.
    pub(super) keywords_until: usize,
    /// What is known of each expression with a keyword in the text.
    pub(super) expressions: BTreeMap<u32, TriedExpression>,
}

/// Where one expression is to be tried, and what it matched.
#[derive(Debug, Default)]
pub(super) struct TriedExpression {
    /// Where matches may begin, in any order.
    regions: Vec<Range<usize>>,
    /// Starts before this offset have been tried.
    pub(super) until: usize,
    /// The number of matches that are no keys.
    pub(super) refused: usize,
    /// The matches that are keys.
    pub(super) keys: Vec<ExpressionMatch>,
    /// Whether the path of the text is one that it is for, once that was looked up.
    pub(super) is_for_path: Option<bool>,
}

impl ExpressionProgress {
    /// Begins another text.
    pub(in crate::scan) fn begin(&mut self) {
        self.keywords_until = 0;
        self.expressions.clear();
    }

    /// The first `count` bytes of the part in memory are dropped.
    pub(in crate::scan) fn drop_front(&mut self, count: usize) {
        self.keywords_until = self.keywords_until.saturating_sub(count);
        for one in self.expressions.values_mut() {
            one.until = one.until.saturating_sub(count);
            let less =
                |range: &Range<usize>| range.start.saturating_sub(count)..range.end.saturating_sub(count);
            one.regions = one.regions.iter().map(less).filter(|region| !region.is_empty()).collect();
            one.keys.retain(|found| found.key.start >= count && found.span.start >= count);
            for found in &mut one.keys {
                (found.key, found.span) = (less(&found.key), less(&found.span));
            }
        }
    }
}

impl TriedExpression {
    /// Matches may begin in `region`.
    pub(super) fn add(&mut self, region: Range<usize>) {
        match self.regions.last_mut() {
            Some(last) if last.start <= region.start && region.start <= last.end => {
                last.end = last.end.max(region.end);
            }
            _ if region.is_empty() => {}
            _ => self.regions.push(region),
        }
    }

    /// There is no need to try anything.
    pub(super) fn forget_regions(&mut self) {
        self.regions.clear();
    }

    /// Takes the regions before `limit` that have not been tried, in order and apart from each other.
    pub(super) fn take_until(&mut self, limit: usize) -> Vec<Range<usize>> {
        let mut regions = std::mem::take(&mut self.regions);
        regions.sort_unstable_by_key(|region| region.start);
        let mut taken: Vec<Range<usize>> = Vec::new();
        for region in regions {
            let now = region.start.max(self.until)..region.end.min(limit);
            if region.end > limit {
                self.regions.push(region.start.max(limit)..region.end);
            }
            if now.is_empty() {
                continue;
            }
            match taken.last_mut() {
                Some(last) if now.start <= last.end => last.end = last.end.max(now.end),
                _ => taken.push(now),
            }
        }
        taken
    }
}
