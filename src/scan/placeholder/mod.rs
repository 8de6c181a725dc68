//! Recognizes made-up keys: `sk-proj-YOUR_KEY_HERE`, rows of `x`, the alphabet, a repeated block.
//!
//! Each test catches less than one random body in a hundred million. A test for `key` or `test`
//! inside a long body would drop real keys by chance. A property test checks this.

mod rows;

use std::ops::Range;

use memchr::memmem;

use super::pairs::Pairs;
use crate::rule::word_evidence;

/// The least evidence of words, see [`word_evidence`], that makes a body one of words: chance has it in less than one of
/// 500 million bodies.
const MOST_WORDS: f64 = 20.0;

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
    let raw: Vec<u8> = bodies.iter().flat_map(|range| &key[range.clone()]).copied().collect();
    if raw.len() < SHORTEST_TO_JUDGE {
        return false;
    }
    let lower = raw.to_ascii_lowercase();
    if few_different(&lower) || bodies.iter().any(|range| few_for_its_alphabet(&key[range.clone()])) {
        return true;
    }
    let mut from = 0;
    let one_block_repeated = bodies.iter().any(|range| {
        let piece = &lower[from..from + range.len()];
        from += range.len();
        piece.len() >= SHORTEST_TO_JUDGE && one_block_repeated(piece)
    }) || one_block_repeated(&lower);
    one_block_repeated
        || holds_block_twice(&lower)
        || mostly_in_rows(&lower)
        || rows::holds_long_row(&lower, bodies.iter().any(|range| is_hex(&key[range.clone()])))
        || holds_telling_word(&lower)
        || word_evidence(&raw) >= MOST_WORDS
        || (words && all_only_words(key, bodies))
}

/// Whether a text in lowercase of which nothing is known is a row, or a block that is repeated. Nothing of it is copied.
pub(crate) fn is_row(lower: &[u8]) -> bool {
    few_different(lower) || one_block_repeated(lower) || holds_block_twice(lower) || mostly_in_rows(lower)
}

/// Whether all bodies long enough to tell are of words. Chance makes one of them beside a longer one now and then.
fn all_only_words(key: &[u8], bodies: &[Range<usize>]) -> bool {
    let mut long = bodies.iter().filter(|range| range.len() >= SHORTEST_TO_JUDGE).peekable();
    long.peek().is_some() && long.all(|range| only_words(&key[range.clone()]))
}

/// Whether a part is hex digits, among separators at most.
fn is_hex(body: &[u8]) -> bool {
    body.len() >= SHORTEST_TO_JUDGE
        && body.iter().all(|byte| byte.is_ascii_hexdigit() || !byte.is_ascii_alphanumeric())
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

/// A long part with digits and letters of both cases that has few different characters: hands on the keyboard. Of 300,000
/// random bodies of 48, none had fewer than 23. Shorter ones must also stay long among digits, capitals or small letters.
fn few_for_its_alphabet(body: &[u8]) -> bool {
    const LONG: usize = 40;
    const LONG_ENOUGH: usize = 48;
    const FEW: u32 = 20;
    let has = |is: fn(&u8) -> bool| body.iter().any(is);
    let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_lowercase(), byte.is_ascii_uppercase());
    let changes = || body.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
    let different = || body.iter().fold(0_u128, |seen, byte| seen | 1 << (byte & 0x7f)).count_ones();
    body.len() >= LONG
        && different() <= FEW
        && (body.len() >= LONG_ENOUGH || 4 * changes() <= body.len())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
}

/// The same block at least twice, the last time possibly incomplete.
fn one_block_repeated(body: &[u8]) -> bool {
    (1..=body.len() / 2).any(|block| body[block..] == body[..body.len() - block])
}

/// Whether any block of `BLOCK` characters is there twice, anywhere.
fn holds_block_twice(body: &[u8]) -> bool {
    /// Chance repeats this many hex digits in one of two billion bodies of 64.
    const BLOCK: usize = 11;
    /// The places of blocks by a hash of them, plus one; a later block replaces an earlier one with the same hash.
    const SLOTS: usize = 512;
    let mut slots = [0_u16; SLOTS];
    body.windows(BLOCK).zip(0_u16..).any(|(block, at)| {
        let start = block.first_chunk().map_or(0, |start| u64::from_le_bytes(*start));
        let hash = (start.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 55) as usize;
        let before = std::mem::replace(&mut slots[hash], at + 1);
        before > 0 && body[usize::from(before) - 1..].starts_with(block)
    })
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
    let pairs = Pairs::of(&letters);
    TELLING_WORDS
        .iter()
        .any(|word| pairs.may_hold(word.as_bytes()) && memmem::find(&letters, word.as_bytes()).is_some())
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

/// Whether the text that follows makes a file's name of it, as in `sk-….js`: chunks and translations are named by a hash.
pub(super) fn is_file_name(after: &[u8]) -> bool {
    const ENDINGS: &[&str] = &[
        "js", "mjs", "cjs", "ts", "tsx", "jsx", "css", "scss", "less", "map", "json", "png", "jpg", "jpeg",
        "gif", "svg", "webp", "avif", "ico", "woff", "woff2", "ttf", "eot", "html", "htm", "md", "txt", "po",
        "mo", "pot", "xml", "yml", "yaml", "php", "py", "rb", "vue", "svelte", "pdf", "mp3", "mp4", "webm",
        "wasm", "zip", "gz", "tgz", "bin", "dat", "log", "csv", "min", "chunk", "bundle", "module", "lproj",
        "dic", "aff",
    ];
    let Some(rest) = after.strip_prefix(b".") else { return false };
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    ENDINGS.iter().any(|ending| ending.as_bytes() == &rest[..length])
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
            "xK2klmnopqrs9Lq0Zt7",
            "p0Zx98765432qLmT7ab",
            "Zq1qwertyui7LpX0sdT",
            "a1b2c3d4e5f6g7h8i9",
            "1234TestDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStT1234Test",
            "9fKx2Lq0ZtW9fKx2Lq0ZtW77",
            "Lq0CoffeeSafeLocalCoffeeSafeLocalZt9",
            "superSecretTokenForLocalDevelopmentOnly2024",
            "aB1aB1baA1Bb1aAb1BaAb1Ba1bBAa1bBaA1bB1aAbBa1b1Ba",
            "qX7k111213141516171819202Zt",
            "asdfklas12345Q12asdfasdl1234asASDFAS12345612345",
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
