//! The search for the keywords of expressions and of known values, in any case: four bytes of each are looked up in a table
//! of bits, or three of those that have no more.
//!
//! Building it costs next to nothing, other than an automaton of a thousand keywords, and the table stays in the cache.

use std::ops::Range;

/// The bits of a hash.
const BITS: u32 = 15;

/// The bits of the hash that is looked up at every byte.
const ANY_BITS: u32 = 14;

/// What of a text is hashed: all of four bytes, or the first three.
const FOUR: u32 = u32::MAX;
const THREE: u32 = u32::MAX >> 8;

/// 2³² divided by the golden ratio, which spreads neighboring numbers: Knuth, The Art of Computer Programming, 6.4.
const SPREAD: u32 = 0x9e37_79b1;

/// What expression or known value a keyword is for, and where the matches of an expression may begin around it.
#[derive(Clone, Debug)]
pub(super) struct KeywordUse {
    /// The index of the expression, or of the place in a value.
    pub(super) expression: u32,
    /// The number of bytes from the earliest and from the latest start of a match to the keyword; negative behind it.
    pub(super) before: (isize, isize),
}

/// One keyword.
struct SearchedKeyword {
    hash: u16,
    /// Where the hashed bytes are in it.
    offset: usize,
    /// It, in lower case.
    text: Vec<u8>,
    uses: Vec<KeywordUse>,
}

pub(super) struct KeywordSearch {
    /// Whether three bytes with this hash are the first hashed bytes of a keyword: at most places they are not, and nothing else
    /// is looked up. A byte is read faster than a bit, and all of them stay in the cache.
    may_begin: Box<[bool; 1 << ANY_BITS]>,
    /// Those of four bytes or more, and those of three.
    tables: [KeywordTable; 2],
    /// The greatest offset of hashed bytes in a keyword.
    last_offset: usize,
}

/// Keywords whose hashes are of the same number of bytes.
struct KeywordTable {
    /// Which bytes are hashed.
    mask: u32,
    /// A bit for each hash of a keyword.
    bits: Box<[u64; 1 << (BITS - 6)]>,
    /// Sorted by their hash.
    keywords: Vec<SearchedKeyword>,
    /// The index of the first keyword of each hash that has any.
    first: Box<[u32; 1 << BITS]>,
}

impl KeywordSearch {
    /// Each keyword is in lower case and at least three bytes long. They are sorted.
    pub(super) fn new(keywords: Vec<(Vec<u8>, KeywordUse)>) -> Self {
        let mut all: Vec<SearchedKeyword> = Vec::new();
        let mut may_begin = Box::new([false; 1 << ANY_BITS]);
        for (text, one) in keywords {
            match all.last_mut().filter(|last| last.text == text) {
                Some(last) => last.uses.push(one),
                None => {
                    let (count, mask) = if text.len() < 4 { (3, THREE) } else { (4, FOUR) };
                    let offset = rarest(&text, count);
                    let mut four = [0; 4];
                    four[..count].copy_from_slice(&text[offset..offset + count]);
                    let four = u32::from_le_bytes(four);
                    may_begin[first_index(four)] = true;
                    let hash = hash(four, mask, BITS);
                    all.push(SearchedKeyword { hash, offset, text, uses: vec![one] });
                }
            }
        }
        let last_offset = all.iter().map(|keyword| keyword.offset).max().unwrap_or(0);
        let (short, long) = all.into_iter().partition(|keyword| keyword.text.len() < 4);
        Self {
            may_begin,
            tables: [KeywordTable::new(FOUR, long), KeywordTable::new(THREE, short)],
            last_offset,
        }
    }

    /// Whether a keyword begins in `range`.
    pub(super) fn is_any(&self, text: &[u8], range: &Range<usize>) -> bool {
        let mut is_any = false;
        self.each(text, range, |_, _| is_any = true);
        is_any
    }

    /// Calls `found` with each keyword that begins in `range`: where it begins, where it ends, and what it is for.
    pub(super) fn each(
        &self,
        text: &[u8],
        range: &Range<usize>,
        mut found: impl FnMut(Range<usize>, &[KeywordUse]),
    ) {
        let [long, short] = &self.tables;
        let end = text.len().min(range.end.saturating_add(self.last_offset + 4));
        let within = text.get(range.start..end).unwrap_or_default();
        for (at, four) in (range.start..).zip(within.windows(4)) {
            let four = four.first_chunk().map_or(0, |four| u32::from_le_bytes(*four));
            if self.may_begin[first_index(four)] {
                for table in [long, short] {
                    if let Some(hash) = table.has(four) {
                        table.look(text, at, hash, range, &mut found);
                    }
                }
            }
        }
        // The last three bytes.
        if let Some(last) = within.last_chunk::<3>()
            && let Some(hash) = short.has(u32::from_le_bytes([last[0], last[1], last[2], 0]))
        {
            short.look(text, end - 3, hash, range, &mut found);
        }
    }
}

impl KeywordTable {
    fn new(mask: u32, mut keywords: Vec<SearchedKeyword>) -> Self {
        keywords.sort_by(|a, b| (a.hash, &a.text).cmp(&(b.hash, &b.text)));
        let (mut bits, mut first) = (Box::new([0; 1 << (BITS - 6)]), Box::new([0; 1 << BITS]));
        for (at, keyword) in keywords.iter().enumerate().rev() {
            first[usize::from(keyword.hash)] = at as u32;
            bits[usize::from(keyword.hash) / 64] |= 1 << (keyword.hash % 64);
        }
        Self { mask, bits, keywords, first }
    }

    /// The hash of four bytes, if a keyword has it.
    fn has(&self, four: u32) -> Option<u16> {
        let hash = hash(four, self.mask, BITS);
        (self.bits[usize::from(hash) / 64] >> (hash % 64) & 1 == 1).then_some(hash)
    }

    /// Calls `found` with each keyword of a hash whose hashed bytes are at `at`.
    fn look(
        &self,
        text: &[u8],
        at: usize,
        hash: u16,
        range: &Range<usize>,
        found: &mut impl FnMut(Range<usize>, &[KeywordUse]),
    ) {
        let first = self.first[usize::from(hash)] as usize;
        for keyword in self.keywords[first..].iter().take_while(|keyword| keyword.hash == hash) {
            let Some(start) = at.checked_sub(keyword.offset).filter(|start| range.contains(start)) else {
                continue;
            };
            let here = text.get(start..start + keyword.text.len());
            if here.is_some_and(|here| here.eq_ignore_ascii_case(&keyword.text)) {
                found(start..start + keyword.text.len(), &keyword.uses);
            }
        }
    }
}

/// The hash of what the mask selects of four bytes, in so many bits. It does not tell the cases of a letter apart.
fn hash(four: u32, mask: u32, bits: u32) -> u16 {
    let folded = (four | 0x2020_2020) & mask;
    (folded.wrapping_mul(SPREAD) >> (32 - bits)) as u16
}

/// The index of the first three of four bytes in the table that is looked at first.
fn first_index(four: u32) -> usize {
    hash(four, THREE, ANY_BITS).into()
}

/// The offset of those bytes that ordinary text has the least.
fn rarest(text: &[u8], count: usize) -> usize {
    let rarity = |byte: &u8| match byte {
        b'a' | b'e' | b'i' | b'o' | b'n' | b'r' | b's' | b't' => 0,
        b'l' | b'c' | b'd' | b'u' | b'p' | b'm' | b' ' | b'=' | b'"' | b'_' => 1,
        b'j' | b'q' | b'x' | b'z' | b'k' | b'w' | b'v' => 4,
        _ => 2,
    };
    let score = |at: &usize| -> u32 { text[*at..*at + count].iter().map(rarity).sum() };
    // Of several, the first.
    (0..=text.len() - count).rev().max_by_key(score).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_found_wherever_it_is_in_any_case() {
        let mut keywords =
            ["key", "api_key", "apikey", "token=", "ghp_", "-----begin", "ÿþý", "kek"].map(str::to_owned);
        keywords.sort();
        let one = |expression: usize| KeywordUse { expression: expression as u32, before: (0, 0) };
        let search = KeywordSearch::new(
            keywords.iter().enumerate().map(|(at, text)| (text.clone().into_bytes(), one(at))).collect(),
        );
        let text = "key aPi_KeY APIKEY token= GHP_ -----BEGIN kekek ÿþý ke api_ke";
        for range in [0..text.len(), 4..5, 5..text.len(), 60..61, 0..3] {
            let mut found = Vec::new();
            search.each(text.as_bytes(), &range, |place, uses| {
                found.push((place.start, uses[0].expression as usize))
            });
            found.sort_unstable();
            let lower = text.to_ascii_lowercase();
            let all = keywords.iter().enumerate().flat_map(|(at, keyword)| {
                let lower = lower.as_bytes();
                let starts =
                    (0..lower.len()).filter(move |start| lower[*start..].starts_with(keyword.as_bytes()));
                starts.map(move |start| (start, at)).collect::<Vec<_>>()
            });
            let mut expected: Vec<_> = all.filter(|(start, _)| range.contains(start)).collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{range:?}");
        }
    }
}
