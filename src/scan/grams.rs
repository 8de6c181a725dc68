//! A search for some hundred short literals in rows of letters and digits, such as base64.
//!
//! The packed search of [`super::anchors`] tells literals apart by halves of bytes, and letters and digits have too few
//! of those: with this many literals it stops at nearly every byte. Here a hash of three bytes at a time, the *gram*, is
//! looked up in a table. Every literal is four bytes or longer, so it holds a whole gram at an even place wherever it
//! stands, and only every second place is looked at.
//!
//! A row can be read in several ways, its *readings*: by one of two codecs, and with groups of characters that begin at
//! one of four places. The table knows in which readings a gram counts. What has been decoded in one reading is passed
//! over in that reading alone, so that text full of literals costs no more than other text.

use std::ops::Range;

/// Bytes of a gram.
const GRAM: usize = 3;

/// Places are looked at in steps of so many bytes.
const STEP: usize = 2;

/// The least length of a literal: one that begins at an odd place still has a whole gram at the even one behind.
const SHORTEST: usize = GRAM + STEP - 1;

/// Bytes looked at before the first branch.
const BLOCK: usize = 16;

/// Bits of a hash: so many that few grams of a text share one with a literal, so few that the table stays in the
/// first-level cache.
const HASH_BITS: u32 = 14;

/// A group of characters begins at one of so many places.
const PHASES: usize = 4;

/// How many codecs a literal may belong to.
pub(super) const CODECS: usize = 2;

/// A bit for each reading: which of [`CODECS`] it is by, and where a group of it begins.
type Readings = u8;

/// A literal, and what a row that holds it would be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Clue {
    /// What to look for, at least four bytes.
    pub(super) literal: Vec<u8>,
    /// By which codec to read the row, below [`CODECS`].
    pub(super) codec: usize,
    /// How many characters before the literal a group begins.
    pub(super) lead: usize,
}

/// Searches for clues.
pub(super) struct GramSearch {
    clues: Vec<Clue>,
    /// For every hash of a gram, the readings in which a clue has it at place zero.
    table: Box<[Readings]>,
    /// For every hash, where its entries begin.
    starts: Box<[u16]>,
    entries: Vec<Entry>,
}

/// A gram of a clue.
#[derive(Clone, Copy)]
struct Entry {
    hash: usize,
    clue: u16,
    /// Where in the literal it stands.
    offset: u8,
    /// What the literal begins with.
    start: [u8; SHORTEST],
}

impl GramSearch {
    pub(super) fn new(clues: Vec<Clue>) -> Self {
        let mut entries = Vec::new();
        for (at, clue) in (0..=u16::MAX).zip(&clues) {
            let Some(start) = clue.literal.first_chunk() else {
                unreachable!("{clue:?} is too short to be searched for by its grams")
            };
            for (offset, gram) in (0..STEP as u8).zip(clue.literal.windows(GRAM)) {
                entries.push(Entry { hash: hash(gram_of(gram)), clue: at, offset, start: *start });
            }
        }
        assert!(entries.len() <= usize::from(u16::MAX), "more clues than a table of this kind is for");
        entries.sort_by_key(|entry| (entry.hash, entry.clue, entry.offset));
        let mut table = vec![0; 1 << HASH_BITS].into_boxed_slice();
        let mut starts = vec![0; 1 << HASH_BITS].into_boxed_slice();
        for (at, entry) in (0..).zip(&entries) {
            if table[entry.hash] == 0 {
                starts[entry.hash] = at;
            }
            // Far enough from zero that no group begins before it.
            let place = 4 * PHASES - usize::from(entry.offset);
            let clue: &Clue = &clues[usize::from(entry.clue)];
            table[entry.hash] |= 1 << reading(clue, place - clue.lead);
        }
        Self { clues, table, starts, entries }
    }

    /// Hands on every clue whose literal begins in `range`, nearly in order, and where its group begins. `found` says
    /// up to where no other clue of this reading matters.
    pub(super) fn each(
        &self,
        text: &[u8],
        range: &Range<usize>,
        mut found: impl FnMut(&Clue, usize) -> usize,
    ) {
        // What begins at the last odd place shows in the gram behind it.
        let end = text.len().min(range.end + GRAM);
        let mut done = [0; PHASES * CODECS];
        let mut at = range.start / PHASES * PHASES;
        while at < end {
            let (open, until) = open_readings(&done, at + BLOCK);
            let mut any = false;
            while !any && at < end && at + BLOCK <= until {
                let mut hits = self.hits(&text[..end], at, open);
                while hits != 0 {
                    any |= self.look(text, at + hits.trailing_zeros() as usize, range, &mut done, &mut found);
                    hits &= hits - 1;
                }
                at += BLOCK;
            }
        }
    }

    /// At which of the next bytes, one bit each, an open reading may have a gram.
    fn hits(&self, text: &[u8], at: usize, open: Readings) -> u32 {
        // Two places on, the phases are swapped in pairs.
        let open = [open, (open & 0x33) << 2 | (open & 0xcc) >> 2];
        let mut hits = 0;
        if let Some(block) = text[at..].first_chunk::<{ BLOCK + STEP }>() {
            for place in (0..BLOCK).step_by(STEP) {
                // A fourth byte makes for one load, and does not change the hash.
                let bytes = [block[place], block[place + 1], block[place + 2], block[place + 3]];
                let readings = self.table[hash(u32::from_le_bytes(bytes))] & open[place / STEP % 2];
                hits |= u32::from(readings != 0) << place;
            }
        } else {
            for (place, gram) in text[at..].windows(GRAM).enumerate().take(BLOCK).step_by(STEP) {
                let readings = self.table[hash(gram_of(gram))] & open[place / STEP % 2];
                hits |= u32::from(readings != 0) << place;
            }
        }
        hits
    }

    /// Hands on the clues that have a gram at `at`; says whether there are any.
    fn look(
        &self,
        text: &[u8],
        at: usize,
        range: &Range<usize>,
        done: &mut [usize; PHASES * CODECS],
        found: &mut impl FnMut(&Clue, usize) -> usize,
    ) -> bool {
        let hash = hash(gram_of(&text[at..]));
        let mut any = false;
        for entry in
            self.entries[usize::from(self.starts[hash])..].iter().take_while(|entry| entry.hash == hash)
        {
            let place = at.wrapping_sub(usize::from(entry.offset));
            if !range.contains(&place) || !text[place..].starts_with(&entry.start) {
                continue;
            }
            let clue = &self.clues[usize::from(entry.clue)];
            let Some(group) = place.checked_sub(clue.lead) else { continue };
            let done = &mut done[reading(clue, group)];
            if place >= *done && text[place..].starts_with(&clue.literal) {
                *done = found(clue, group);
                any = true;
            }
        }
        any
    }
}

/// Which reading has a group at `group`.
fn reading(clue: &Clue, group: usize) -> usize {
    clue.codec * PHASES + group % PHASES
}

/// The readings in which some clue before `at` may matter, and up to where there are no more of them.
fn open_readings(done: &[usize; PHASES * CODECS], at: usize) -> (Readings, usize) {
    let closed = |done: &usize| *done >= at;
    let open =
        (0..).zip(done).fold(0, |open, (reading, done)| open | Readings::from(!closed(done)) << reading);
    (open, done.iter().copied().filter(closed).min().unwrap_or(usize::MAX))
}

/// The first three bytes as a number.
fn gram_of(text: &[u8]) -> u32 {
    u32::from_le_bytes([text[0], text[1], text[2], 0])
}

/// Multiplicative hashing by the golden ratio (Knuth, The Art of Computer Programming, volume 3, 6.4), moved up by a
/// byte, so that the fourth byte of `gram` leaves no trace.
fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1 << 8) >> (u32::BITS - HASH_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_a_slow_search_finds(text in "[ab]{0,90}", from in 0..40_usize, length in 0..60_usize) {
            let clues: Vec<Clue> = [("aaab", 0, 0), ("abab", 0, 2), ("bbbbb", 1, 0), ("abba", 1, 3), ("baabaab", 0, 3)]
                .map(|(literal, codec, lead)| Clue { literal: literal.into(), codec, lead })
                .into();
            let range = from.min(text.len())..(from + length).min(text.len());
            let mut slow = Vec::new();
            for clue in &clues {
                for at in range.clone().filter(|at| text.as_bytes()[*at..].starts_with(&clue.literal)) {
                    slow.extend(at.checked_sub(clue.lead).map(|group| (group, clue.clone())));
                }
            }
            let mut fast = Vec::new();
            GramSearch::new(clues).each(text.as_bytes(), &range, |clue, group| {
                fast.push((group, clue.clone()));
                0
            });
            slow.sort_unstable();
            fast.sort_unstable();
            prop_assert_eq!(fast, slow);
        }

        #[test]
        fn passes_over_what_is_done_in_one_reading_alone(text in "[ab]{0,200}", steps in 1..40_usize) {
            let clues: Vec<Clue> = [("aaba", 0, 0), ("abab", 1, 1)]
                .map(|(literal, codec, lead)| Clue { literal: literal.into(), codec, lead })
                .into();
            // The first of each reading that is not done yet.
            let mut slow = Vec::new();
            let mut done = [[0; 4]; 2];
            for at in 0..text.len() {
                for clue in clues.iter().filter(|clue| text.as_bytes()[at..].starts_with(&clue.literal)) {
                    let Some(group) = at.checked_sub(clue.lead) else { continue };
                    let done = &mut done[clue.codec][group % 4];
                    if at >= *done {
                        *done = at + steps;
                        slow.push((group, clue.clone()));
                    }
                }
            }
            let mut fast = Vec::new();
            GramSearch::new(clues).each(text.as_bytes(), &(0..text.len()), |clue, group| {
                fast.push((group, clue.clone()));
                group + clue.lead + steps
            });
            slow.sort_unstable();
            fast.sort_unstable();
            prop_assert_eq!(fast, slow);
        }
    }
}
