//! Recognizes made-up keys: `sk-proj-YOUR_KEY_HERE`, rows of `x`, the alphabet, a repeated block.
//!
//! Each test catches less than one random body in a hundred million. A test for `key` or `test`
//! inside a long body would drop real keys by chance. A property test checks this.

use std::ops::Range;

/// Shorter bodies say too little about how they were made.
const SHORTEST_TO_JUDGE: usize = 16;

/// Long enough that a random body does not contain any of them by chance. Compared without case and
/// separators.
const TELLING_WORDS: &[&str] = &[
    "yourapikey",
    "yoursecret",
    "yourtoken",
    "yourkeyhere",
    "placeholder",
    "example",
    "replacewith",
    "replaceme",
    "changeme",
    "inserthere",
    "insertyour",
    "notareal",
    "donotuse",
    "dummykey",
    "redacted",
    "xxxxxxxx",
    "secretkey",
    "testtest",
    "fakefake",
    "keygoeshere",
];

/// Sequences that people type when they make something up.
const ROWS: &[&[u8]] =
    &[b"01234567890", b"abcdefghijklmnopqrstuvwxyz", b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// The bytes that a telling word begins with.
static STARTS: [bool; 256] = {
    let mut starts = [false; 256];
    let mut word = 0;
    while word < TELLING_WORDS.len() {
        starts[TELLING_WORDS[word].as_bytes()[0] as usize] = true;
        word += 1;
    }
    starts
};

/// For each byte, the ones that follow it in a row; zero stands for none.
static FOLLOWING: [[u8; 2]; 256] = {
    let mut following = [[0; 2]; 256];
    let mut row = 0;
    while row < ROWS.len() {
        let mut at = 1;
        while at < ROWS[row].len() {
            let slots = &mut following[ROWS[row][at - 1] as usize];
            slots[if slots[0] == 0 { 0 } else { 1 }] = ROWS[row][at];
            at += 1;
        }
        row += 1;
    }
    following
};

/// Whether the parts of `key` that an issuer would have generated randomly were made up. `words` says whether
/// a body of words between separators counts; an exact structure makes that implausible.
pub(super) fn is_made_up(key: &[u8], bodies: &[Range<usize>], words: bool) -> bool {
    let body = || bodies.iter().flat_map(|range| &key[range.clone()]).map(u8::to_ascii_lowercase);
    let length = body().count();
    if length < SHORTEST_TO_JUDGE {
        return false;
    }
    let mut lower = Vec::with_capacity(length);
    lower.extend(body());
    if few_different(&lower) {
        return true;
    }
    let mut from = 0;
    let one_block_repeated = bodies.iter().any(|range| {
        let piece = &lower[from..from + range.len()];
        from += range.len();
        piece.len() >= SHORTEST_TO_JUDGE && one_block_repeated(piece)
    }) || one_block_repeated(&lower);
    one_block_repeated
        || mostly_in_rows(&lower)
        || holds_telling_word(&lower)
        || (words
            && bodies.iter().any(|range| range.len() >= SHORTEST_TO_JUDGE && only_words(&key[range.clone()])))
}

/// At most four different characters, or one that makes up three fifths of the body.
fn few_different(body: &[u8]) -> bool {
    let mut counts = [0_u16; 256];
    for byte in body {
        let count = &mut counts[usize::from(*byte)];
        *count = count.saturating_add(1);
    }
    let different = counts.iter().filter(|count| **count > 0).count();
    let most = counts.iter().max().copied().unwrap_or_default();
    different <= 4 || usize::from(most) * 5 >= body.len() * 3
}

/// The same block at least twice, the last time possibly incomplete.
fn one_block_repeated(body: &[u8]) -> bool {
    (1..=body.len() / 2).any(|block| body[block..] == body[..body.len() - block])
}

/// At least two thirds of the body are in runs of three or more that follow the alphabet, the digits or a
/// keyboard row, forward or backward.
fn mostly_in_rows(body: &[u8]) -> bool {
    const SHORTEST_RUN: usize = 3;
    let follows = |a: u8, b: u8| FOLLOWING[usize::from(a)].contains(&b);
    let mut covered = 0;
    let mut start = 0;
    while start < body.len() {
        let run = |forward: bool| {
            let pairs = body[start..].windows(2);
            1 + pairs
                .take_while(
                    |pair| if forward { follows(pair[0], pair[1]) } else { follows(pair[1], pair[0]) },
                )
                .count()
        };
        let longest = run(true).max(run(false));
        if longest >= SHORTEST_RUN {
            covered += longest;
        }
        start += longest;
    }
    covered * 3 >= body.len() * 2
}

fn holds_telling_word(body: &[u8]) -> bool {
    let letters: Vec<u8> = body.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    // Building a searcher for each word takes longer than searching a body.
    (0..letters.len()).any(|at| {
        STARTS[usize::from(letters[at])]
            && TELLING_WORDS.iter().any(|word| letters[at..].starts_with(word.as_bytes()))
    })
}

/// Two or more pieces between separators, each a word in one case or a short number. Pieces such as `v1` are
/// allowed next to two words of at least four letters.
fn only_words(body: &[u8]) -> bool {
    const LONGEST_NUMBER: usize = 6;
    const LONG_WORD: usize = 4;
    let (mut pieces, mut long_words, mut is_numbered) = (0, 0, false);
    let only = body.split(|byte| b"-_.".contains(byte)).filter(|piece| !piece.is_empty()).all(|piece| {
        let digits = piece.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let word = &piece[..piece.len() - digits];
        pieces += 1;
        long_words += usize::from(digits == 0 && word.len() >= LONG_WORD);
        is_numbered |= digits > 0 && !word.is_empty();
        let in_one_case = word.iter().all(u8::is_ascii_lowercase)
            || word.iter().all(u8::is_ascii_uppercase)
            || word[0].is_ascii_uppercase() && word[1..].iter().all(u8::is_ascii_lowercase);
        digits <= LONGEST_NUMBER && in_one_case
    });
    only && pieces >= 2 && (!is_numbered || long_words >= 2)
}

/// Whether the text that follows shows that the key was shortened, or that it is the type of an OpenSSH key.
pub(super) fn is_cut_off(after: &[u8]) -> bool {
    [&b"..."[..], b"***", b"@openssh.com", "…".as_bytes(), "•".as_bytes()]
        .iter()
        .any(|mark| after.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_up(body: &str) -> bool {
        is_made_up(body.as_bytes(), std::slice::from_ref(&(0..body.len())), true)
    }

    #[test]
    fn knows_what_people_write_instead_of_a_key() {
        for body in [
            "XXXXXXXXXXXXXXXXXXXXXXXX",
            "0000000000000000000000000000000a",
            "1234567890abcdef1234567890abcdef",
            "abcd1234abcd1234abcd1234abcd1234",
            "abcdefghijklmnopqrstuvwxyz123456",
            "zyxwvutsrqponmlkjihgfedcba",
            "abc123def456ghi789jkl012",
            "qwertyuiopasdfghjklzxcvbnm",
            "REPLACE_WITH_YOUR_KEY",
            "replace-with-your-kimi-key",
            "super-secret-key-12345",
            "DO-NOT-LEAK-secret-token",
            "51H8example0Kq29fLw83hZ",
            "circle-fade-dot-before",
        ] {
            assert!(made_up(body), "{body}");
        }
    }

    #[test]
    fn leaves_what_chance_makes() {
        for body in ["f81d4fae7dec41d0a76500a0c91e6bf6", "test9Kq2keyWm4demoZr8", "qwhzpdkvjrtbncmxlsgf"] {
            assert!(!made_up(body), "{body}");
        }
    }
}
