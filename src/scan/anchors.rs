//! Anchors, found with SIMD: the literals that keys begin with, and the escaped separators of their prefixes.
//! These are two searches, since fewer literals at a time give fewer false positives. UTF-16 is only searched
//! for in texts with zeros, base64 and hex only in long runs, see [`super::runs`].

use std::{borrow::Cow, collections::BTreeSet, ops::Range, sync::OnceLock};

use super::{
    list_search::ListSearch,
    literals::{Literals, TextSize, bucket_order},
};
use crate::{
    cold,
    decode::escape::{self, BrokenPrefixes},
    rule::{Confidence, Families, literals, minimal},
};

/// Searches for all anchors at the same time.
pub(super) struct Anchors {
    plain: Vec<Cow<'static, str>>,
    /// Other words to search for, since one search for everything costs the least.
    words: &'static [&'static str],
    /// What containers begin with in base64.
    containers: &'static [&'static str],
    size: TextSize,
    /// Each search is built when it is first needed. This one has the literals in another order.
    search: OnceLock<(Literals, Vec<usize>)>,
    escapes: OnceLock<Literals>,
    /// The separators behind a backslash, each with the letter before it, that are not among [`escape::LITERALS`].
    backslashes: Vec<Vec<u8>>,
    behind_letters: OnceLock<Literals>,
    /// The last letters before the first separator of a prefix.
    letters: Vec<u8>,
    broken: OnceLock<BrokenPrefixes>,
    lists: OnceLock<ListSearch>,
    wide: OnceLock<Literals>,
}

/// The start of a key, found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    /// Where it begins.
    pub(super) at: usize,
    /// Its index in [`Anchors::plain`].
    pub(super) literal: usize,
}

/// Anything that the search finds in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnchorMatch {
    /// The start of a key.
    Anchor(Anchor),
    /// One of the other words.
    Word {
        /// Where it begins.
        at: usize,
        /// Its index.
        word: usize,
    },
    /// What a container begins with in base64.
    Container {
        /// Where it begins.
        at: usize,
    },
}

impl Anchors {
    /// The anchors of all forms of these families that can reach `least`. `own` are the prefixes of forms that are
    /// not built in.
    pub(super) fn new(families: Families, least: Confidence, own: &BTreeSet<&str>, size: TextSize) -> Self {
        let built_in = if least == Confidence::Possible { literals::ALL } else { literals::DEFAULT };
        let built_in = built_in[families.index()];
        let plain: Vec<Cow<'static, str>> = if own.is_empty() {
            built_in.iter().map(|literal| Cow::Borrowed(*literal)).collect()
        } else {
            let all = cold::set(built_in.iter().copied().chain(own.iter().copied()));
            minimal(&all).into_iter().map(|literal| Cow::Owned(literal.to_owned())).collect()
        };
        let last_letter = |literal| {
            let (before, separator) = before_separator(literal)?;
            Some((*before.last()?, separator))
        };
        let separators = cold::set(plain.iter().filter_map(|literal| last_letter(literal)));
        // Nobody escapes a dot.
        let backslashes = separators
            .iter()
            .filter(|(_, separator)| *separator != b'.')
            .map(|(letter, separator)| vec![*letter, b'\\', *separator]);
        let is_other = |literal: &Vec<u8>| !escape::LITERALS.iter().any(|one| one.as_bytes() == literal);
        Self {
            plain,
            words: &[],
            containers: &[],
            size,
            search: OnceLock::new(),
            escapes: OnceLock::new(),
            backslashes: backslashes.filter(is_other).collect(),
            behind_letters: OnceLock::new(),
            letters: separators.into_iter().map(|(letter, _)| letter).collect(),
            broken: OnceLock::new(),
            lists: OnceLock::new(),
            wide: OnceLock::new(),
        }
    }

    /// Also searches for words and for starts of containers, each at least three bytes long. No anchor may begin where
    /// one of these is.
    pub(super) fn watch(&mut self, words: &'static [&'static str], containers: &'static [&'static str]) {
        (self.words, self.containers) = (words, containers);
        self.search = OnceLock::new();
    }

    /// The main search, whose literals are the words, the starts of containers, and the anchors, and for each of its
    /// literals the index among these.
    fn search(&self) -> &(Literals, Vec<usize>) {
        self.search.get_or_init(|| {
            let plain = self.plain.iter().map(|literal| &**literal);
            let all: Vec<&str> = self.words.iter().chain(self.containers).copied().chain(plain).collect();
            let order = bucket_order(&all);
            let literals: Vec<_> = order.iter().map(|index| all[*index].as_bytes().to_vec()).collect();
            (Literals::for_size(&literals, self.size), order)
        })
    }

    /// The words that were passed to [`Anchors::watch`].
    pub(super) fn words(&self) -> &'static [&'static str] {
        self.words
    }

    /// The first of [`escape::LITERALS`] that begins in `range`.
    pub(super) fn next_escape(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        let literals =
            || escape::LITERALS.iter().map(|literal| literal.as_bytes().to_vec()).collect::<Vec<_>>();
        let search = self.escapes.get_or_init(|| Literals::for_size(&literals(), self.size));
        search.next(text, range).map(|(at, _)| at)
    }

    /// The first separator behind a backslash that begins in `range`, with the letter before it, other than those that
    /// [`Anchors::next_escape`] finds. A search of its own, so that neither of them has too many literals.
    pub(super) fn next_backslash(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        if self.backslashes.is_empty() {
            return None;
        }
        let search = self.behind_letters.get_or_init(|| Literals::for_size(&self.backslashes, self.size));
        search.next(text, range).map(|(at, _)| at)
    }

    /// Finds where prefixes may be broken.
    pub(super) fn broken(&self) -> &BrokenPrefixes {
        let ends =
            || self.plain.iter().filter_map(|prefix| before_separator(prefix)?.0.last_chunk().copied());
        self.broken.get_or_init(|| BrokenPrefixes::new(ends()))
    }

    /// Where the first three bytes of a plain anchor begin in a list of bytes in `range`.
    pub(super) fn next_in_list(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        let literals = || self.plain.iter().map(|literal| literal.as_bytes());
        self.lists.get_or_init(|| ListSearch::new(literals())).next(text, range)
    }

    /// The first character of a plain anchor in UTF-16 that begins in `range`. Only for texts that contain
    /// zeros; a separate search keeps the other one fast.
    pub(super) fn next_wide(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        let search = self.wide.get_or_init(|| {
            let mut wide: Vec<Vec<u8>> =
                self.plain.iter().map(|literal| in_utf16(literal.as_bytes())).collect();
            wide.sort();
            wide.dedup();
            Literals::new(&wide)
        });
        search.next(text, range).map(|(at, _)| at)
    }

    /// The literals that keys begin with.
    pub(super) fn plain(&self) -> &[Cow<'static, str>] {
        &self.plain
    }

    /// Where the separator of an escaped prefix begins, or another escape in it, given what was found at `at`.
    pub(super) fn escaped(&self, text: &[u8], at: usize) -> Option<usize> {
        let plain = || self.plain.iter().map(|literal| &**literal);
        escape::separator(text, at, &self.letters)
            .or_else(|| escape::spells_anchor(text, at, plain()).then_some(at))
    }

    /// Every anchor that begins in `range`, including overlapping ones, in order.
    pub(super) fn find<'t>(
        &'t self,
        text: &'t [u8],
        range: Range<usize>,
    ) -> impl Iterator<Item = Anchor> + 't {
        let mut from = range.start;
        std::iter::from_fn(move || {
            loop {
                match self.next(text, from..range.end)? {
                    AnchorMatch::Anchor(anchor) => {
                        from = anchor.at + 1;
                        return Some(anchor);
                    }
                    AnchorMatch::Word { at, .. } | AnchorMatch::Container { at } => from = at + 1,
                }
            }
        })
    }

    /// The first anchor, word or start of a container that begins in `range`.
    pub(super) fn next(&self, text: &[u8], range: Range<usize>) -> Option<AnchorMatch> {
        let (search, order) = self.search();
        let (at, found) = search.next(text, range)?;
        let literal = order[found];
        Some(match literal.checked_sub(self.words.len()) {
            None => AnchorMatch::Word { at, word: literal },
            Some(literal) => match literal.checked_sub(self.containers.len()) {
                None => AnchorMatch::Container { at },
                Some(literal) => AnchorMatch::Anchor(Anchor { at, literal }),
            },
        })
    }
}

/// What comes before the first separator of a prefix, and that separator.
fn before_separator(prefix: &str) -> Option<(&[u8], u8)> {
    let bytes = prefix.as_bytes();
    let at = bytes.iter().position(|byte| b"-_.".contains(byte))?;
    Some((&bytes[..at], bytes[at]))
}

/// The start of a literal in UTF-16: two characters of the common `sk`, three of any other. It does not begin
/// with a zero, so it matches both byte orders.
fn in_utf16(literal: &[u8]) -> Vec<u8> {
    let count = if literal.starts_with(b"sk") { 2 } else { 3 };
    let mut wide: Vec<u8> = literal.iter().take(count).flat_map(|byte| [*byte, 0]).collect();
    if count > 2 {
        wide.pop();
    }
    wide
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleSet;

    #[test]
    fn every_prefix_may_be_broken_before_its_separators() {
        let anchors = Anchors::new(Families::ALL, Confidence::Possible, &BTreeSet::new(), TextSize::Any);
        let shapes = RuleSet::builtin()
            .iter()
            .flat_map(|rule| rule.forms.iter().flat_map(|form| &form.shapes))
            .collect::<Vec<_>>();
        assert!(shapes.len() > 200);
        let mut missing = BTreeSet::new();
        for shape in &shapes {
            let prefix = str::from_utf8(shape.prefix()).unwrap();
            // What comes before the last part of a prefix may be anything, such as a date.
            let places = prefix.match_indices(['-', '_']).map(|(at, _)| at);
            for at in places.filter(|at| prefix[..*at].ends_with(|last: char| last.is_ascii_alphanumeric())) {
                let text = format!("{}\u{1b}[m{}", &prefix[..at], &prefix[at..]);
                let found = anchors.broken().next_color(text.as_bytes(), 0..text.len());
                let is_found = found == Some(at) || at < 2;
                // A color behind the anchor is joined from there.
                let is_behind = anchors.plain().iter().any(|anchor| prefix[..at].contains(&**anchor));
                missing.extend((!is_found && !is_behind).then_some(&prefix[..at]));
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    }
}
