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
    pairs: Vec<u64>,
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
        let mut pairs = vec![0; 1 << 10];
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
        within.windows(2).zip(range.start..).find_map(|(pair, at)| {
            let pair = u16::from_le_bytes([pair[0], pair[1]]);
            let is_start = self.pairs[usize::from(pair) / 64] >> (pair % 64) & 1 == 1;
            (is_start && self.is_anchor(text, at)).then_some(at)
        })
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
