//! Parts of secrets elsewhere: beside a key somebody writes the same one without its prefix, or cut.

use std::ops::Range;

use crate::{bytes::char_floor, finding::Secret};

/// A part of a secret of this length must not be shown, in bytes. The four last characters that masks show are shorter.
const LENGTH: usize = 8;

/// What hides a part.
const HIDDEN: &str = "…";

/// All parts of the shortest length of some secrets, without their public prefixes.
#[derive(Debug, Default)]
pub(crate) struct SecretPieces {
    /// A table with open addressing, whose length is a power of two. Zero is a free slot.
    slots: Vec<u64>,
}

impl SecretPieces {
    pub(crate) fn new<'s>(secrets: impl Iterator<Item = &'s Secret> + Clone) -> Self {
        let count: usize = secrets.clone().map(|secret| pieces(secret.body()).count()).sum();
        if count == 0 {
            return Self::default();
        }
        let mut slots = vec![0; (2 * count).next_power_of_two()];
        for piece in secrets.flat_map(|secret| pieces(secret.body())) {
            let at = slot(&slots, piece);
            slots[at] = piece;
        }
        Self { slots }
    }

    /// The parts of a text that are parts of the secrets, in order and without overlaps.
    pub(crate) fn ranges(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        if self.slots.is_empty() {
            return ranges;
        }
        for (at, piece) in pieces(text).enumerate() {
            if piece == 0 || self.slots[slot(&self.slots, piece)] == 0 {
                continue;
            }
            match ranges.last_mut() {
                Some(last) if last.end >= at => last.end = at + LENGTH,
                _ => ranges.push(at..at + LENGTH),
            }
        }
        ranges
    }

    /// Hides them in a text.
    pub(crate) fn hide(&self, text: &mut String) {
        let ranges = self.ranges(text.as_bytes());
        for Range { start, end } in ranges.into_iter().rev() {
            // Secrets are mostly ASCII. A part that begins or ends inside a character takes all of it.
            let start = char_floor(text, start);
            let end = (end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            text.replace_range(start..end, HIDDEN);
        }
    }
}

fn pieces(text: &[u8]) -> impl Iterator<Item = u64> {
    text.windows(LENGTH).map(|piece| piece.first_chunk().map_or(0, |piece| u64::from_le_bytes(*piece)))
}

/// Where a piece is, or the free slot for it.
fn slot(slots: &[u64], piece: u64) -> usize {
    let hash = piece.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let mut at = usize::try_from(hash).unwrap_or_default() & (slots.len() - 1);
    while slots[at] != 0 && slots[at] != piece {
        at = (at + 1) & (slots.len() - 1);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_hidden_and_nothing_else() {
        let secrets = [Secret::new(b"sk-abcdefghijklmnop", 3), Secret::new(b"sk-\xc3\xa90123456\xc3\xa9", 3)];
        let pieces = SecretPieces::new(secrets.iter());
        for (text, expected) in [
            ("old abcdefghijklmnop!", "old …!"),
            ("abcdefg hijklmno", "abcdefg …"),
            ("sk-abcdefg", "sk-abcdefg"),
            ("bcdefghi/cdefghij", "…/…"),
            ("bcdefghicdefghij", "…"),
            ("é0123456é", "…"),
            ("x0123456é!", "x…!"),
            ("", ""),
        ] {
            let mut text = text.to_owned();
            pieces.hide(&mut text);
            assert_eq!(text, expected);
        }
    }
}
