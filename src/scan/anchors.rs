//! The literals that betray a key, found in one pass with SIMD: what keys begin with, plain and in UTF-16, and the
//! escaped separators of their prefixes. Base64 and hex are looked for in long runs only, see [`super::runs`].

use std::ops::Range;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use memchr::memmem;

use crate::{
    decode::escape,
    rule::{Confidence, literals},
};

/// Searches for all anchors at once.
pub(super) struct Anchors {
    plain: &'static [&'static str],
    wide: usize,
    search: Literals,
}

/// An anchor that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    /// Where it begins.
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What a key begins with: which of [`Anchors::plain`].
    Plain(usize),
    /// The same in UTF-16.
    Wide,
    /// One of [`escape::LITERALS`].
    Escape,
}

impl Anchors {
    /// The anchors of all forms that can reach `least`.
    pub(super) fn new(least: Confidence) -> Self {
        let plain = if least == Confidence::Possible { literals::ALL } else { literals::DEFAULT };
        let mut all: Vec<Vec<u8>> = plain.iter().map(|literal| literal.as_bytes().to_vec()).collect();
        let mut wide: Vec<Vec<u8>> = plain.iter().map(|literal| in_utf16(literal.as_bytes())).collect();
        wide.sort();
        wide.dedup();
        let wide_from = all.len();
        all.append(&mut wide);
        let escapes_from = all.len();
        all.extend(escape::LITERALS.iter().map(|literal| literal.as_bytes().to_vec()));
        Self { plain, wide: escapes_from - wide_from, search: Literals::new(&all) }
    }

    /// What keys begin with.
    pub(super) fn plain(&self) -> &'static [&'static str] {
        self.plain
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

    /// The first anchor at or after `from`.
    pub(super) fn next(&self, text: &[u8], from: usize) -> Option<Anchor> {
        let (at, literal) = self.search.next(text, from)?;
        let kind = match literal.checked_sub(self.plain.len()) {
            None => Kind::Plain(literal),
            Some(wide) if wide < self.wide => Kind::Wide,
            Some(_) => Kind::Escape,
        };
        Some(Anchor { at, kind })
    }
}

/// The start of a literal in UTF-16: two characters of the common `sk`, three of others. Its zeros lie between the
/// characters, so that it fits both byte orders.
fn in_utf16(literal: &[u8]) -> Vec<u8> {
    let count = if literal.starts_with(b"sk") { 2 } else { 3 };
    let mut wide: Vec<u8> = literal.iter().take(count).flat_map(|byte| [*byte, 0]).collect();
    if count > 2 {
        wide.pop();
    }
    wide
}

/// A set of literals to search for.
pub(super) enum Literals {
    Packed(Searcher),
    /// Machines without the vector instructions that the packed search is made of.
    OneByOne(Vec<memmem::Finder<'static>>),
}

impl Literals {
    /// At most 64 of them, each at least three bytes long.
    pub(super) fn new(literals: &[Vec<u8>]) -> Self {
        let packed = Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(literals).build();
        match packed {
            Some(searcher) => Self::Packed(searcher),
            None => Self::OneByOne(
                literals.iter().map(|literal| memmem::Finder::new(literal).into_owned()).collect(),
            ),
        }
    }

    /// The first occurrence at or after `from`: where, and of which literal.
    pub(super) fn next(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        match self {
            Self::Packed(searcher) => {
                let found = searcher.find_in(text, (from..text.len()).into())?;
                Some((found.start(), found.pattern().as_usize()))
            }
            Self::OneByOne(finders) => finders
                .iter()
                .enumerate()
                .filter_map(|(literal, finder)| Some((from + finder.find(&text[from..])?, literal)))
                .min(),
        }
    }
}
