//! What to search for: a few bytes of each value, in each way to write them.

use super::forms::{Style, each, is_plain};

/// The number of characters in a piece, and in one of a short value, most of which must not be in a table.
const CHARACTERS: usize = 4;
const FEW: usize = 3;
const SHORT: usize = 24;

/// The number of parts of a long value that pieces come from; of a short one, they come from two.
const MOST_PARTS: usize = 4;

/// The number of characters in a piece in which all of them are escaped.
const ESCAPED: usize = 2;

/// The shortest piece that is searched for, in bytes.
pub(super) const SHORTEST: usize = 3;

/// Pieces of a value in lower case, each with the index of its first character. They come from several parts of the value,
/// so that one seam never hides it, and three do not hide a long one.
pub(super) fn of(characters: &[u32]) -> Vec<(Vec<u8>, usize)> {
    let mut pieces = Vec::new();
    let is_short = characters.len() < SHORT;
    let length = if is_short { FEW } else { CHARACTERS }.min(characters.len() / 2).max(1);
    let mut places = Vec::new();
    for _ in 0..if is_short { 2 } else { MOST_PARTS } {
        places.extend(rarest(characters, length, &places));
    }
    for at in places {
        let part = &characters[at..at + length];
        let mut add = |mut piece: Vec<u8>| {
            piece.make_ascii_lowercase();
            if piece.len() >= SHORTEST && !pieces.contains(&(piece.clone(), at)) {
                pieces.push((piece, at));
            }
        };
        add(part.iter().flat_map(|one| plain(*one)).collect());
        for style in Style::FULL {
            for way in 0..Style::MOST_WAYS {
                let mut piece = Vec::new();
                if part.iter().take(ESCAPED).all(|one| style.write(*one, way, &mut piece)) {
                    add(piece);
                }
            }
        }
        if part.iter().all(|one| is_plain(*one)) {
            continue;
        }
        for (style, is_escaped) in Style::SPECIAL {
            let mut piece = Vec::new();
            for one in part {
                let is_escaped = !is_plain(*one) && is_escaped(u8::try_from(*one).unwrap_or(u8::MAX));
                if !is_escaped || !style.write(*one, 0, &mut piece) {
                    piece.extend(plain(*one));
                }
            }
            add(piece);
        }
        // Only what is not ASCII is escaped.
        let mut piece = Vec::new();
        for one in part {
            if *one < 0x80 || !Style::Unicode.write(*one, 0, &mut piece) {
                piece.extend(plain(*one));
            }
        }
        add(piece);
    }
    pieces
}

/// Where the part begins that ordinary text has the least, apart from others. Letters and digits are best, since
/// nobody escapes them alone.
fn rarest(characters: &[u32], length: usize, others: &[usize]) -> Option<usize> {
    let score = |at: &usize| -> u32 { characters[*at..*at + length].iter().map(|one| rarity(*one)).sum() };
    let is_apart = |at: &usize| others.iter().all(|other| at.abs_diff(*other) >= length);
    // Of several, the first.
    (0..=characters.len().checked_sub(length)?).rev().filter(is_apart).max_by_key(score)
}

fn rarity(character: u32) -> u32 {
    const PLAIN: u32 = 100;
    match u8::try_from(character).unwrap_or_default().to_ascii_lowercase() {
        b'a' | b'e' | b'i' | b'o' | b'n' | b'r' | b's' | b't' => PLAIN,
        b'j' | b'q' | b'x' | b'z' | b'k' | b'w' | b'v' => PLAIN + 4,
        byte if byte.is_ascii_digit() => PLAIN + 3,
        byte if byte.is_ascii_alphabetic() => PLAIN + 1,
        b' ' | b'\n' => 0,
        _ => 3,
    }
}

/// A character as it is.
fn plain(character: u32) -> Vec<u8> {
    let mut bytes = None;
    each(character, &mut |written, _, _| {
        bytes.get_or_insert_with(|| written.to_vec());
    });
    bytes.unwrap_or_default()
}
