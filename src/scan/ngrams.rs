//! A search for some hundred short literals in long runs of letters and digits, such as base64.
//!
//! The packed search of [`super::anchors`] tells literals apart by nibbles, and letters and digits have too
//! few different ones: with this many literals, it would stop at nearly every byte. Instead, this search
//! looks up a hash of three bytes at a time, a *gram*, in a table. Every literal is at least four bytes long,
//! so it contains a whole gram at an even offset wherever it is, and only even offsets are checked.
//!
//! A run can have several *readings*: with one of two codecs, and with groups of characters that begin at one
//! of four offsets. The table knows the readings for which a gram counts. Text that was decoded in one
//! reading is skipped for that reading only, so text full of literals costs no more than any other.

use std::ops::Range;

/// The length of a gram, in bytes.
const GRAM: usize = 3;

/// The distance between the offsets that are checked, in bytes.
const STEP: usize = 2;

/// The minimum length of a literal: one that begins at an odd offset still contains a whole gram at the next
/// even one.
const SHORTEST: usize = GRAM + STEP - 1;

/// How many bytes are checked before the first branch.
const BLOCK: usize = 16;

/// The bits of a hash. Enough that few grams of a text share one with a literal, and few enough that the
/// table stays in the first-level cache.
const HASH_BITS: u32 = 14;

/// The number of offsets at which a group of characters may begin.
const PHASES: usize = 4;

/// The number of codecs.
pub(super) const CODECS: usize = 2;

/// A set of readings. A bit stands for one of the [`CODECS`], and an offset at which groups begin.
type Alignments = u8;

/// A literal, and what it says about a run that contains it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GramPattern {
    /// The literal, at least four bytes long.
    pub(super) literal: Vec<u8>,
    /// The index of the codec of the run, below [`CODECS`].
    pub(super) codec: usize,
    /// The number of characters between the start of a group and the literal.
    pub(super) group_offset: usize,
}

/// Searches for clues.
pub(super) struct GramSearch {
    patterns: Vec<GramPattern>,
    /// For every hash of a gram, the readings in which a clue has it at offset zero.
    table: Box<[Alignments]>,
    /// For every hash, the index of its first entry.
    starts: Box<[u16]>,
    entries: Vec<GramEntry>,
}

/// A gram of a clue.
#[derive(Clone, Copy)]
struct GramEntry {
    hash: usize,
    pattern: u16,
    /// The offset of the gram in the literal.
    offset: u8,
    /// The first bytes of the literal.
    start: [u8; SHORTEST],
}

impl GramSearch {
    pub(super) fn new(patterns: Vec<GramPattern>) -> Self {
        let mut entries = Vec::new();
        for (at, pattern) in (0..=u16::MAX).zip(&patterns) {
            let Some(start) = pattern.literal.first_chunk() else {
                unreachable!("{pattern:?} is too short to be searched for by its grams")
            };
            for (offset, gram) in (0..STEP as u8).zip(pattern.literal.windows(GRAM)) {
                entries.push(GramEntry { hash: hash(gram_of(gram)), pattern: at, offset, start: *start });
            }
        }
        assert!(entries.len() <= usize::from(u16::MAX), "more clues than a table of this kind is for");
        entries.sort_by_key(|entry| (entry.hash, entry.pattern, entry.offset));
        let mut table = vec![0; 1 << HASH_BITS].into_boxed_slice();
        let mut starts = vec![0; 1 << HASH_BITS].into_boxed_slice();
        for (at, entry) in (0..).zip(&entries) {
            if table[entry.hash] == 0 {
                starts[entry.hash] = at;
            }
            // Far enough from zero that no group begins before it.
            let place = 4 * PHASES - usize::from(entry.offset);
            let pattern: &GramPattern = &patterns[usize::from(entry.pattern)];
            table[entry.hash] |= 1 << alignment(pattern, place - pattern.group_offset);
        }
        Self { patterns, table, starts, entries }
    }

    /// Calls `found` for every clue whose literal begins in `range`, nearly in order, with the start of its
    /// group. `found` returns the offset up to which no other clue of this reading matters.
    pub(super) fn each(
        &self,
        text: &[u8],
        range: &Range<usize>,
        mut found: impl FnMut(&GramPattern, usize) -> usize,
    ) {
        // A literal at the last odd offset is recognized by the gram after it.
        let end = text.len().min(range.end + GRAM);
        let mut done = [0; PHASES * CODECS];
        let mut at = range.start / PHASES * PHASES;
        while at < end {
            let (open, until) = open_alignments(&done, at + BLOCK);
            let mut any = false;
            while !any && at < end && at + BLOCK <= until {
                let mut candidates = self.candidates(&text[..end], at, open);
                while candidates != 0 {
                    any |= self.look(
                        text,
                        at + candidates.trailing_zeros() as usize,
                        range,
                        &mut done,
                        &mut found,
                    );
                    candidates &= candidates - 1;
                }
                at += BLOCK;
            }
        }
    }

    /// A bit for each of the next bytes at which an open reading may have a gram.
    fn candidates(&self, text: &[u8], at: usize, open: Alignments) -> u32 {
        // Two bytes further, the phases are swapped in pairs.
        let open = [open, (open & 0x33) << 2 | (open & 0xcc) >> 2];
        let mut candidates = 0;
        if let Some(block) = text[at..].first_chunk::<{ BLOCK + STEP }>() {
            for place in (0..BLOCK).step_by(STEP) {
                // Including a fourth byte makes this one load, and does not change the hash.
                let bytes = [block[place], block[place + 1], block[place + 2], block[place + 3]];
                let alignments = self.table[hash(u32::from_le_bytes(bytes))] & open[place / STEP % 2];
                candidates |= u32::from(alignments != 0) << place;
            }
        } else {
            for (place, gram) in text[at..].windows(GRAM).enumerate().take(BLOCK).step_by(STEP) {
                let alignments = self.table[hash(gram_of(gram))] & open[place / STEP % 2];
                candidates |= u32::from(alignments != 0) << place;
            }
        }
        candidates
    }

    /// Calls `found` for the clues that have a gram at `at`. Returns whether there are any.
    fn look(
        &self,
        text: &[u8],
        at: usize,
        range: &Range<usize>,
        done: &mut [usize; PHASES * CODECS],
        found: &mut impl FnMut(&GramPattern, usize) -> usize,
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
            let pattern = &self.patterns[usize::from(entry.pattern)];
            let Some(group) = place.checked_sub(pattern.group_offset) else { continue };
            let done = &mut done[alignment(pattern, group)];
            if place >= *done && text[place..].starts_with(&pattern.literal) {
                *done = found(pattern, group);
                any = true;
            }
        }
        any
    }
}

/// The reading that has a group at `group`.
fn alignment(pattern: &GramPattern, group: usize) -> usize {
    pattern.codec * PHASES + group % PHASES
}

/// The readings in which a clue before `at` may matter, and the offset up to which no other ones open.
fn open_alignments(done: &[usize; PHASES * CODECS], at: usize) -> (Alignments, usize) {
    let closed = |done: &usize| *done >= at;
    let open = (0..)
        .zip(done)
        .fold(0, |open, (alignment, done)| open | Alignments::from(!closed(done)) << alignment);
    (open, done.iter().copied().filter(closed).min().unwrap_or(usize::MAX))
}

/// The first three bytes as a number.
fn gram_of(text: &[u8]) -> u32 {
    u32::from_le_bytes([text[0], text[1], text[2], 0])
}

/// Multiplicative hashing by the golden ratio (Knuth, The Art of Computer Programming, volume 3, section
/// 6.4), shifted by a byte so that the fourth byte of `gram` has no influence.
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
            let patterns: Vec<GramPattern> = [("aaab", 0, 0), ("abab", 0, 2), ("bbbbb", 1, 0), ("abba", 1, 3), ("baabaab", 0, 3)]
                .map(|(literal, codec, group_offset)| GramPattern { literal: literal.into(), codec, group_offset })
                .into();
            let range = from.min(text.len())..(from + length).min(text.len());
            let mut slow = Vec::new();
            for pattern in &patterns {
                for at in range.clone().filter(|at| text.as_bytes()[*at..].starts_with(&pattern.literal)) {
                    slow.extend(at.checked_sub(pattern.group_offset).map(|group| (group, pattern.clone())));
                }
            }
            let mut fast = Vec::new();
            GramSearch::new(patterns).each(text.as_bytes(), &range, |pattern, group| {
                fast.push((group, pattern.clone()));
                0
            });
            slow.sort_unstable();
            fast.sort_unstable();
            prop_assert_eq!(fast, slow);
        }

        #[test]
        fn passes_over_what_is_done_in_one_reading_alone(text in "[ab]{0,200}", steps in 1..40_usize) {
            let patterns: Vec<GramPattern> = [("aaba", 0, 0), ("abab", 1, 1)]
                .map(|(literal, codec, group_offset)| GramPattern { literal: literal.into(), codec, group_offset })
                .into();
            // Takes the first clue of each reading that is not done yet.
            let mut slow = Vec::new();
            let mut done = [[0; 4]; 2];
            for at in 0..text.len() {
                for pattern in patterns.iter().filter(|pattern| text.as_bytes()[at..].starts_with(&pattern.literal)) {
                    let Some(group) = at.checked_sub(pattern.group_offset) else { continue };
                    let done = &mut done[pattern.codec][group % 4];
                    if at >= *done {
                        *done = at + steps;
                        slow.push((group, pattern.clone()));
                    }
                }
            }
            let mut fast = Vec::new();
            GramSearch::new(patterns).each(text.as_bytes(), &(0..text.len()), |pattern, group| {
                fast.push((group, pattern.clone()));
                group + pattern.group_offset + steps
            });
            slow.sort_unstable();
            fast.sort_unstable();
            prop_assert_eq!(fast, slow);
        }
    }
}
