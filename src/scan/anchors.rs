//! Anchors, found with SIMD: the literals that keys begin with, and the escaped separators of their prefixes.
//! These are two searches, since fewer literals at a time give fewer false positives. UTF-16 is only searched
//! for in texts with zeros, base64 and hex only in long runs, see [`super::runs`].

use std::{borrow::Cow, collections::BTreeSet, ops::Range, sync::OnceLock};

use aho_corasick::{
    AhoCorasick, AhoCorasickKind, Input,
    packed::{Config, MatchKind, Searcher},
};
use memchr::memmem;

use crate::{
    decode::{escape, list},
    rule::{Confidence, Families, literals, minimal},
};

/// The maximum number of literals of the packed search.
const MOST_PACKED: usize = 64;

/// The length of the texts that a search is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TextSize {
    /// Any length.
    Any,
    /// So short that building a fast search takes longer than running a slow one.
    Short,
}

/// Searches for all anchors at the same time.
pub(super) struct Anchors {
    plain: Vec<Cow<'static, str>>,
    /// Other words to search for, since one search for everything costs the least.
    words: &'static [&'static str],
    /// What containers begin with in base64.
    containers: &'static [&'static str],
    size: TextSize,
    /// Each search is built when it is first needed.
    search: OnceLock<Literals>,
    escape_literals: Vec<Vec<u8>>,
    escapes: OnceLock<Literals>,
    /// The last letters before the first separator of prefixes, other than those of the built-in rules.
    letters: Vec<u8>,
    broken: OnceLock<Literals>,
    lists: OnceLock<ListSearch>,
    wide: OnceLock<Literals>,
}

/// Searches lists for how the first byte of a key is written there.
struct ListSearch {
    search: Literals,
    /// Each way to write it, and the byte.
    spellings: Vec<(Vec<u8>, u8)>,
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
            let all = built_in.iter().copied().chain(own.iter().copied()).collect();
            minimal(&all).into_iter().map(|literal| Cow::Owned(literal.to_owned())).collect()
        };
        let mut escapes: Vec<Vec<u8>> =
            escape::LITERALS.iter().map(|literal| literal.as_bytes().to_vec()).collect();
        let mut letters = Vec::new();
        for (letter, separator) in own.iter().filter_map(|prefix| before_separator(prefix)) {
            let escape = vec![letter, b'\\', separator];
            if !escapes.contains(&escape) {
                escapes.push(escape);
            }
            letters.push(letter);
        }
        Self {
            plain,
            words: &[],
            containers: &[],
            size,
            search: OnceLock::new(),
            escape_literals: escapes,
            escapes: OnceLock::new(),
            letters,
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

    /// The main search, whose literals are the words, the starts of containers, and the anchors.
    fn search(&self) -> &Literals {
        self.search.get_or_init(|| {
            let plain = self.plain.iter().map(|literal| &**literal);
            let others = self.words.iter().chain(self.containers).copied();
            let all = others.chain(plain).map(|literal| literal.as_bytes().to_vec());
            Literals::for_size(&all.collect::<Vec<_>>(), self.size)
        })
    }

    /// The words that were passed to [`Anchors::watch`].
    pub(super) fn words(&self) -> &'static [&'static str] {
        self.words
    }

    /// The first of [`escape::LITERALS`] that begins in `range`.
    pub(super) fn next_escape(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        let search = self.escapes.get_or_init(|| Literals::for_size(&self.escape_literals, self.size));
        search.next(text, range).map(|(at, _)| at)
    }

    /// The first of [`escape::BROKEN`] that begins in `range`. Only for texts that are no plain ASCII.
    pub(super) fn next_broken(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        let literals = || {
            let ends = self.plain.iter().filter_map(|prefix| ends_before_separator(prefix));
            let literals: BTreeSet<Vec<u8>> = ends
                .flat_map(escape::broken_behind)
                .chain(escape::BROKEN.iter().map(|one| one.to_vec()))
                .collect();
            Literals::for_size(&literals.into_iter().collect::<Vec<_>>(), self.size)
        };
        self.broken.get_or_init(literals).next(text, range).map(|(at, _)| at)
    }

    /// Where the first three bytes of a plain anchor begin in a list of bytes in `range`.
    pub(super) fn next_in_list(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        let ListSearch { search, spellings } = self.lists.get_or_init(|| {
            let first: BTreeSet<u8> = self.plain.iter().map(|literal| literal.as_bytes()[0]).collect();
            let spellings: Vec<(Vec<u8>, u8)> = first
                .into_iter()
                .flat_map(|byte| list::spellings(byte).into_iter().map(move |one| (one, byte)))
                .collect();
            let literals: Vec<_> = spellings.iter().map(|(one, _)| one.clone()).collect();
            ListSearch { search: Literals::new(&literals), spellings }
        });
        let mut from = range.start;
        while let Some((at, literal)) = search.next(text, from..range.end) {
            // Digits may stand for two letters: 65 is an `A`, and an `e` in hex.
            let (spelling, _) = &spellings[literal];
            let letters = spellings.iter().filter(|(one, _)| one == spelling).map(|(_, byte)| *byte);
            let may_go_on = |first: u8| {
                let mut others =
                    self.plain.iter().map(|literal| literal.as_bytes()).filter(|one| one[0] == first);
                others.any(|one| list::goes_on_with(text, at, spelling, &one[1..3]))
            };
            if letters.into_iter().any(may_go_on) {
                return Some(at);
            }
            from = at + 1;
        }
        None
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
        let (at, literal) = self.search().next(text, range)?;
        Some(match literal.checked_sub(self.words.len()) {
            None => AnchorMatch::Word { at, word: literal },
            Some(literal) => match literal.checked_sub(self.containers.len()) {
                None => AnchorMatch::Container { at },
                Some(literal) => AnchorMatch::Anchor(Anchor { at, literal }),
            },
        })
    }
}

/// The last two letters of a prefix before its first separator.
fn ends_before_separator(prefix: &str) -> Option<[u8; 2]> {
    let at = prefix.bytes().position(|byte| b"-_.".contains(&byte))?;
    prefix.as_bytes()[..at].last_chunk().copied()
}

/// The last letter of a prefix before its first separator, and that separator.
fn before_separator(prefix: &str) -> Option<(u8, u8)> {
    let bytes = prefix.as_bytes();
    let at = bytes.iter().position(|byte| b"-_.".contains(byte))?;
    Some((*bytes.get(at.checked_sub(1)?)?, bytes[at]))
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

/// A set of literals to search for.
pub(super) struct Literals {
    search: LiteralSearch,
    /// The length of the longest literal, in bytes.
    longest: usize,
}

enum LiteralSearch {
    Packed(Searcher),
    /// For more literals than the packed search supports.
    Automaton(AhoCorasick),
    /// For machines without the vector instructions of the packed search.
    OneByOne(Vec<memmem::Finder<'static>>),
    /// For short texts.
    ByFirstByte(ByFirstByte),
}

/// Literals, sorted by their first byte. Building it costs next to nothing.
struct ByFirstByte {
    /// Each literal with its index among the searched ones, sorted.
    literals: Vec<(Vec<u8>, usize)>,
    /// For each byte, the range of literals that begin with it.
    ranges: Box<[Range<u16>; 256]>,
}

impl ByFirstByte {
    fn new(literals: &[Vec<u8>]) -> Self {
        let mut literals: Vec<_> =
            literals.iter().enumerate().map(|(number, literal)| (literal.clone(), number)).collect();
        literals.sort();
        let mut ranges = Box::new([const { 0..0 }; 256]);
        for (at, (literal, _)) in (0..).zip(&literals) {
            let range: &mut Range<u16> = &mut ranges[usize::from(literal[0])];
            *range = if range.start == range.end { at..at + 1 } else { range.start..at + 1 };
        }
        Self { literals, ranges }
    }

    /// The leftmost match. If there are several at that position, the literal that comes first among the searched ones.
    fn find(&self, text: &[u8]) -> Option<(usize, usize)> {
        text.iter().enumerate().find_map(|(at, byte)| {
            let Range { start, end } = self.ranges[usize::from(*byte)];
            let candidates = &self.literals[usize::from(start)..usize::from(end)];
            let here = candidates.iter().filter(|(literal, _)| text[at..].starts_with(literal));
            Some((at, here.map(|(_, number)| *number).min()?))
        })
    }
}

impl Literals {
    /// Each literal must be at least three bytes long.
    pub(super) fn new(literals: &[Vec<u8>]) -> Self {
        let packed = || {
            let builder =
                Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(literals).build();
            builder.map(LiteralSearch::Packed)
        };
        let automaton = || {
            let kind = aho_corasick::MatchKind::LeftmostFirst;
            let builder =
                AhoCorasick::builder().match_kind(kind).kind(Some(AhoCorasickKind::DFA)).build(literals);
            builder.ok().map(LiteralSearch::Automaton)
        };
        let search = if literals.len() <= MOST_PACKED { packed() } else { automaton() };
        let search = search.unwrap_or_else(|| {
            LiteralSearch::OneByOne(
                literals.iter().map(|literal| memmem::Finder::new(literal).into_owned()).collect(),
            )
        });
        Self { search, longest: literals.iter().map(Vec::len).max().unwrap_or(0) }
    }

    /// A set of literals for texts of this size.
    fn for_size(literals: &[Vec<u8>], size: TextSize) -> Self {
        match size {
            TextSize::Any => Self::new(literals),
            TextSize::Short => Self {
                search: LiteralSearch::ByFirstByte(ByFirstByte::new(literals)),
                longest: literals.iter().map(Vec::len).max().unwrap_or(0),
            },
        }
    }

    /// The first match that begins in `range`: its offset, and the index of the literal.
    pub(super) fn next(&self, text: &[u8], range: Range<usize>) -> Option<(usize, usize)> {
        let Range { start: from, end } = range;
        if from >= end {
            return None;
        }
        let most = text.len().min(end + self.longest.saturating_sub(1));
        let found = match &self.search {
            LiteralSearch::Packed(searcher) => {
                let found = searcher.find_in(text, (from..most).into())?;
                Some((found.start(), found.pattern().as_usize()))
            }
            LiteralSearch::Automaton(automaton) => {
                let found = automaton.find(Input::new(text).range(from..most))?;
                Some((found.start(), found.pattern().as_usize()))
            }
            LiteralSearch::OneByOne(finders) => finders
                .iter()
                .enumerate()
                .filter_map(|(literal, finder)| Some((from + finder.find(&text[from..most])?, literal)))
                .min(),
            LiteralSearch::ByFirstByte(search) => {
                search.find(&text[from..most]).map(|(at, literal)| (from + at, literal))
            }
        };
        found.filter(|(at, _)| *at < end)
    }
}
