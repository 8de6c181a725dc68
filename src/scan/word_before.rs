//! A word before the prefix that belongs to the key: `am_sk_…`, `gsk_…`, `ctx7sk-…`.

use super::edges;
use crate::rule::Edges;

/// The longest word, in bytes.
const LONGEST: usize = 12;

/// The fewest bytes that a key has behind its prefix if the word may be any one: `ssh_sk_…` begins names in programs.
const LEAST_BEHIND_WORD: usize = 24;

/// The most letters that may stand directly before the prefix.
const MOST_LETTERS: usize = 4;

/// Where a key begins whose prefix is at `start` and which ends at `end`: at a small word with an underscore before the
/// prefix, or at a few letters that make no word of it, since English words that end in `sk` have a vowel before it.
pub(super) fn first(text: &[u8], start: usize, end: usize) -> Option<usize> {
    let before = &text[..start];
    let count = |text: &[u8], most: usize, is: fn(&u8) -> bool| {
        text.iter().rev().take(most + 1).take_while(|byte| is(byte)).count()
    };
    let (length, most) = if let Some(word) = before.strip_suffix(b"_") {
        if end - start < LEAST_BEHIND_WORD {
            return None;
        }
        (1 + count(word, LONGEST, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), 1 + LONGEST)
    } else if text[start] == b's' {
        let is_in_no_word =
            |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_lowercase() && !b"aeiouy".contains(byte);
        (count(before, MOST_LETTERS, is_in_no_word), MOST_LETTERS)
    } else {
        return None;
    };
    let first = start - length;
    let is_word = (1..=most).contains(&length) && text[first].is_ascii_lowercase();
    (is_word && edges::left(text, first).satisfies(Edges::Strict)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_belongs_to_the_key_if_it_is_none_of_english() {
        for (text, expected) in [
            ("am_sk_", Some("am_sk_")),
            ("=gsk_", Some("gsk_")),
            ("\"ctx7sk-", Some("ctx7sk-")),
            ("cfsk_", Some("cfsk_")),
            ("task-", None),
            ("disk_", None),
            ("x-gsk_", None),
            ("x_am_sk_", None),
            ("KEY_sk-", None),
            ("1abc_sk_", None),
            ("sk-", None),
            ("mrk-", None),
            ("_sk_", None),
        ] {
            let start = text.len() - 3;
            let found = first(text.as_bytes(), start, start + 40).map(|first| &text[first..]);
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(first(b"ssh_sk_", 4, 4 + 23), None);
        assert_eq!(first(b"gsk_", 1, 1 + 23), Some(0));
    }
}
