//! Prefixes of keys that are broken by a character that nobody sees, by another dash, or by a color.

use std::ops::Range;

use memchr::{memchr_iter, memchr3_iter};

use super::invisible;

/// What the characters that break a prefix begin with in UTF-8.
const LEADS: [u8; 3] = [0xc2, 0xe2, 0xef];

const ESC: u8 = 0x1b;

/// The ends of words that come before the `sk_` of a key.
const ENDS_OF_WORDS: &[[u8; 2]] =
    &[*b"am", *b"an", *b"db", *b"es", *b"ox", *b"sa", *b"st", *b"ty", *b"ve", *b"v2"];

/// Finds where prefixes may be broken.
pub(crate) struct BrokenPrefixes {
    /// The last two letters before a separator.
    ends: Vec<[u8; 2]>,
}

impl BrokenPrefixes {
    /// For the prefixes of which these are the last two letters before a separator.
    pub(crate) fn new(ends: impl Iterator<Item = [u8; 2]>) -> Self {
        let mut ends: Vec<_> = ends.chain(ENDS_OF_WORDS.iter().copied()).collect();
        ends.sort_unstable();
        ends.dedup();
        Self { ends }
    }

    /// The first character in `range` that may break a prefix.
    pub(crate) fn next_character(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        let [one, two, three] = LEADS;
        let within = &text[range.start..range.end.min(text.len())];
        let mut found = memchr3_iter(one, two, three, within).map(|at| at + range.start);
        found.find(|at| {
            // Most of what is no ASCII are the letters and the punctuation of a language.
            let stands_for = match text[*at..] {
                [0xc2, 0xad, ..] | [0xe2, 0x80 | 0x81 | 0x88, ..] | [0xef, 0xb8..=0xbd, ..] => {
                    invisible::unit(&text[*at..])
                }
                _ => None,
            };
            stands_for.is_some_and(|unit| match unit.byte {
                None => text[..*at].last().is_some_and(|before| is_of_a_prefix(*before)),
                Some(b'-' | b'_') => self.is_behind_an_end(text, *at),
                Some(byte) => byte == b's',
            })
        })
    }

    /// The first color in `range` that may break a prefix.
    pub(crate) fn next_color(&self, text: &[u8], range: Range<usize>) -> Option<usize> {
        let within = &text[range.start..range.end.min(text.len())];
        let mut found = memchr_iter(ESC, within).map(|at| at + range.start);
        found.find(|at| self.is_behind_an_end(text, *at) || text[..*at].ends_with(b"s"))
    }

    fn is_behind_an_end(&self, text: &[u8], at: usize) -> bool {
        text[..at].last_chunk().is_some_and(|end| self.ends.binary_search(end).is_ok())
    }
}

fn is_of_a_prefix(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_inside_a_prefix_breaks_it() {
        let broken = BrokenPrefixes::new([*b"sk"].into_iter());
        let next = |text: &str| broken.next_character(text.as_bytes(), 0..text.len());
        for (text, expected) in [
            ("x sk\u{2011}a", Some(4)),
            ("s\u{200b}k-a", Some(1)),
            ("sk\u{ad}-a", Some(2)),
            ("mdb\u{200d}_sk_", Some(3)),
            ("\u{ff53}\u{ff4b}-a", Some(0)),
            ("sk\u{ff3f}a", Some(2)),
            ("one\u{2013}two \u{201c}sk-\u{201d}\u{a0}", None),
            ("\u{4f60}\u{597d}\u{ff0c}\u{e9}", None),
        ] {
            assert_eq!(next(text), expected, "{text}");
        }
        let next = |text: &str| broken.next_color(text.as_bytes(), 0..text.len());
        assert_eq!(next("error\u{1b}[0m sk\u{1b}[m-"), Some(12));
        assert_eq!(next("error\u{1b}[0m"), None);
    }
}
