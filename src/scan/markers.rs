//! Literals in the middle of keys, such as OpenAI's `T3BlbkFJ`. A text may be full of beginnings of keys and of markers, so
//! what was found for one beginning is remembered for the next one.

use std::ops::Range;

use memchr::memmem;

use crate::rule::{ByteClass, Part};

/// How far to search beyond what is asked for, in bytes.
const AHEAD: usize = 2 << 10;

/// A literal that is somewhere behind the prefix of a shape.
pub(super) struct Marker {
    finder: memmem::Finder<'static>,
    /// Its place among the markers of all shapes.
    number: usize,
    /// Where it is, if that is the same in all matches.
    at: Option<usize>,
    /// The class of the bytes directly before it, and how many there are, if they are always as many.
    before: Option<(&'static ByteClass, usize)>,
}

impl Marker {
    /// The longest literal of at least four bytes behind the first part. `number` is its place among all markers.
    pub(super) fn of(parts: &[Part], number: usize) -> Option<Self> {
        const SHORTEST: usize = 4;
        let literals = parts.iter().enumerate().skip(1).filter_map(|(at, part)| match part {
            Part::Literal(literal) if literal.len() >= SHORTEST => Some((at, literal)),
            _ => None,
        });
        let (at, literal) = literals.max_by_key(|(_, literal)| literal.len())?;
        let mut lengths = parts[..at].iter().map(Part::lengths);
        let before = match &parts[at - 1] {
            Part::Run(class, lengths) => match lengths[..] {
                [(least, most)] if least == most => Some((*class, least)),
                _ => None,
            },
            _ => None,
        };
        Some(Self {
            finder: memmem::Finder::new(literal).into_owned(),
            number,
            at: lengths.try_fold(0, |sum, (least, most)| (least == most).then_some(sum + least)),
            before,
        })
    }

    pub(super) fn literal(&self) -> &[u8] {
        self.finder.needle()
    }

    /// Whether it may be in a match that begins at `start`: always, unless its place is known.
    pub(super) fn is_at_its_place(&self, text: &[u8], start: usize) -> bool {
        self.at.is_none_or(|at| text[start..].get(at..).is_some_and(|rest| rest.starts_with(self.literal())))
    }

    /// Whether it is in the range, behind what must be before it.
    pub(super) fn is_in(&self, text: &[u8], range: Range<usize>) -> bool {
        self.next(text, range.start + self.lead()..range.end.min(text.len())).is_some()
    }

    /// The number of bytes that must be before it.
    fn lead(&self) -> usize {
        self.before.map_or(0, |(_, length)| length)
    }

    /// Where it is first in the range, behind what must be before it.
    fn next(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        let fits = |at: &usize| {
            self.before.is_none_or(|(class, length)| {
                at.checked_sub(length).is_some_and(|from| class.run(&text[from..*at], length) == length)
            })
        };
        let start = range.start;
        self.finder.find_iter(text.get(range)?).map(|at| start + at).find(fits)
    }
}

/// What is known about the markers in a text.
#[derive(Default)]
pub(super) struct MarkerCache(Vec<KnownMarkers>);

/// There is no marker from an offset on up to another one, where there may be one.
#[derive(Clone, Default)]
struct KnownMarkers {
    searched: Range<usize>,
    is_found: bool,
}

impl MarkerCache {
    /// Forgets everything, for another text.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// [`Marker::is_in`].
    pub(super) fn is_in(&mut self, marker: &Marker, text: &[u8], range: Range<usize>) -> bool {
        let (start, length) = (range.start + marker.lead(), marker.literal().len());
        // The end of the offsets at which it may be.
        let end = (range.end.min(text.len()) + 1).saturating_sub(length);
        if self.0.len() <= marker.number {
            self.0.resize(marker.number + 1, KnownMarkers::default());
        }
        let known = &mut self.0[marker.number];
        if !(known.searched.start..=known.searched.end).contains(&start) {
            *known = KnownMarkers { searched: start..start, is_found: false };
        }
        if !known.is_found && known.searched.end < end {
            let limit = text.len().min(end + length + AHEAD);
            let found = marker.next(text, known.searched.end..limit);
            known.is_found = found.is_some();
            known.searched.end = found.unwrap_or((limit + 1).saturating_sub(length));
        }
        known.is_found && known.searched.end < end
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rule::Shape;

    proptest! {
        #[test]
        fn what_is_remembered_is_what_a_search_finds(
            text in "([ab-]{0,9}|mark|a{3}mark){0,30}",
            ranges in prop::collection::vec((0_usize..150, 0_usize..60), 1..40),
            shape in prop::sample::select(&["k{A:1..9}mark", "k{B:2}-{A:3}mark{A:2}", "k{A:1..9}{A:3}mark"][..]),
        ) {
            let marker = Marker::of(Shape::parse(shape).expect("a shape").parts(), 1).expect("a marker");
            let mut cache = MarkerCache::default();
            for (start, length) in ranges {
                let start = start.min(text.len());
                let range = start..start + length;
                let expected = marker.is_in(text.as_bytes(), range.clone());
                prop_assert_eq!(cache.is_in(&marker, text.as_bytes(), range.clone()), expected, "{:?}", range);
            }
        }
    }
}
