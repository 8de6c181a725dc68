//! Finds where keys may begin in lists of bytes, see [`list`].

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use crate::decode::list;

/// How a byte may be written, and the bytes that an anchor goes on with.
struct Spelling {
    text: Vec<u8>,
    others: BTreeSet<[u8; 2]>,
}

/// Searches lists for anchors. A table of the first two bytes costs next to nothing to build, other than an automaton.
pub(super) struct ListSearch {
    /// A bit for each two bytes that a spelling begins with.
    pairs: Box<[u64; 1 << 10]>,
    /// Sorted by their text.
    spellings: Vec<Spelling>,
}

impl ListSearch {
    /// Searches for the first three bytes of these literals.
    pub(super) fn new<'l>(literals: impl Iterator<Item = &'l [u8]>) -> Self {
        let mut all: BTreeMap<Vec<u8>, BTreeSet<[u8; 2]>> = BTreeMap::new();
        for literal in literals {
            let Some([first, others @ ..]) = literal.first_chunk::<3>() else { continue };
            for text in list::spellings(*first) {
                all.entry(text).or_default().insert(*others);
            }
        }
        let mut pairs = Box::new([0; 1 << 10]);
        for pair in all.keys().filter_map(|text| text.first_chunk()) {
            let pair = usize::from(u16::from_le_bytes(*pair));
            pairs[pair / 64] |= 1 << (pair % 64);
        }
        let spellings = all.into_iter().map(|(text, others)| Spelling { text, others }).collect();
        Self { pairs, spellings }
    }

    /// Where the first anchor begins in `range`.
    pub(super) fn next(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        let within = text.get(range.start..text.len().min(range.end + 1))?;
        let (mut before, mut from) = (*within.first()?, range.start);
        for byte in &within[1..] {
            let pair = u16::from_le_bytes([before, *byte]);
            if self.pairs[usize::from(pair) / 64] >> (pair % 64) & 1 == 1 && self.is_anchor(text, from) {
                return Some(from);
            }
            (before, from) = (*byte, from + 1);
        }
        None
    }

    fn is_anchor(&self, text: &[u8], at: usize) -> bool {
        let here = &text[at..];
        let from = self.spellings.partition_point(|spelling| spelling.text[..2] < here[..2]);
        self.spellings[from..]
            .iter()
            .take_while(|spelling| spelling.text[..2] == here[..2])
            .filter(|spelling| here.starts_with(&spelling.text))
            .any(|Spelling { text: spelled, others }| {
                others.iter().any(|others| list::goes_on_with(text, at, spelled, *others))
            })
    }
}
