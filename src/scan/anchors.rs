//! The literals that every key contains, found in one pass with SIMD.

use std::ops::Range;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use memchr::memmem;

use crate::rule::{Confidence, literals};

/// Searches for all anchors at once.
pub(super) struct Anchors {
    literals: &'static [&'static str],
    search: Search,
}

enum Search {
    Packed(Searcher),
    /// Machines without the vector instructions that the packed search is made of.
    OneByOne(Vec<memmem::Finder<'static>>),
}

/// Where an anchor stands, and which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) at: usize,
    pub(super) literal: usize,
}

impl Anchors {
    /// The anchors of all forms that can reach `least`.
    pub(super) fn new(least: Confidence) -> Self {
        let literals = if least == Confidence::Possible { literals::ALL } else { literals::DEFAULT };
        let packed = Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(literals).build();
        let search = match packed {
            Some(searcher) => Search::Packed(searcher),
            None => Search::OneByOne(literals.iter().map(memmem::Finder::new).collect()),
        };
        Self { literals, search }
    }

    pub(super) fn literals(&self) -> &'static [&'static str] {
        self.literals
    }

    /// Every anchor that begins in `range`, overlapping ones too, in order.
    pub(super) fn find<'t>(
        &'t self,
        text: &'t [u8],
        range: Range<usize>,
    ) -> impl Iterator<Item = Anchor> + 't {
        let mut from = range.start;
        std::iter::from_fn(move || {
            if from >= range.end {
                return None;
            }
            let anchor = self.next(text, from)?;
            from = anchor.at + 1;
            (anchor.at < range.end).then_some(anchor)
        })
    }

    fn next(&self, text: &[u8], from: usize) -> Option<Anchor> {
        match &self.search {
            Search::Packed(searcher) => {
                let found = searcher.find_in(text, (from..text.len()).into())?;
                Some(Anchor { at: found.start(), literal: found.pattern().as_usize() })
            }
            Search::OneByOne(finders) => finders
                .iter()
                .enumerate()
                .filter_map(|(literal, finder)| {
                    Some(Anchor { at: from + finder.find(&text[from..])?, literal })
                })
                .min_by_key(|anchor| anchor.at),
        }
    }
}
