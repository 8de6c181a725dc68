//! Base64, RFC 4648, in both alphabets.
//!
//! A text inside base64 has three alignments. Each gives a short literal that does not depend on the bytes
//! before or after the text: `sk-` is `c2st`, `?nNrL` or `??zay`.

use std::{borrow::Cow, ops::Range};

use base64_simd::{STANDARD_NO_PAD, forgiving_decode_to_vec};

use super::{Decoded, Literal, run::EncodedRun};

/// The characters of a group, and the bytes that they encode.
pub(crate) const GROUP: (usize, usize) = (4, 3);

/// The minimum length of a literal, in characters. Shorter ones are slow to search for.
const SHORTEST: usize = 4;

/// The base64 literals of a text of three bytes or more that is followed by a printable character, at least
/// one for each alignment. A literal is the part that is certain, or if that is too short, one literal for
/// each possible continuation.
#[must_use]
pub(crate) fn literals(text: &[u8]) -> Vec<Literal> {
    let mut all = Vec::new();
    for alignment in 0..GROUP.1 {
        let mut padded = [&b"\0\0"[..alignment], text, b" "].concat();
        let group_offset = (alignment * 8).div_ceil(6);
        let certain = (alignment + text.len()) * 8 / 6;
        let end = certain.max(group_offset + SHORTEST);
        let next = padded.len() - 1;
        // A character holds at most the upper six bits of what follows, and none if enough is certain without them.
        let following = if end > certain { b' '..=b'~' } else { b' '..=b' ' };
        for following in following.step_by(4) {
            padded[next] = following;
            let encoded: Vec<u8> = STANDARD_NO_PAD.encode_type(&padded);
            all.push(Literal { bytes: encoded[group_offset..end].to_vec(), group_offset });
        }
    }
    all.sort();
    all.dedup();
    all
}

/// Decodes the characters of `range`, which begins at a group.
#[must_use]
pub(crate) fn decode(run: &EncodedRun<'_>, range: &Range<usize>) -> Decoded {
    // A single character does not encode a whole byte.
    let end = if range.len() % GROUP.0 == 1 { range.end - 1 } else { range.end };
    let mut chars = Cow::Borrowed(&run.text[range.start..end]);
    if memchr::memchr2(b'-', b'_', &chars).is_some() {
        for byte in chars.to_mut() {
            match byte {
                b'-' => *byte = b'+',
                b'_' => *byte = b'/',
                _ => {}
            }
        }
    }
    let text = forgiving_decode_to_vec(&chars).unwrap_or_default();
    run.decoded(range, text, 6)
}

#[cfg(test)]
mod tests {
    use base64_simd::STANDARD;

    use super::*;
    use crate::decode::run;

    #[test]
    fn literals_stand_in_every_encoding_of_the_text() {
        for anchor in ["sk-", "rk_", "ek_", "lsv2_", "whsec_"] {
            let literals = literals(anchor.as_bytes());
            assert!(literals.iter().all(|literal| literal.bytes.len() >= SHORTEST), "{literals:?}");
            for (before, after) in ["", "x", "xy", "xyz", "\u{ff}"]
                .into_iter()
                .flat_map(|before| ('!'..='~').map(move |after| (before, after)))
            {
                let encoded = STANDARD.encode_to_string(format!("{before}{anchor}{after}zz"));
                let group = before.len() / 3 * 4;
                let found = literals.iter().filter(|literal| {
                    literal.group_offset == (before.len() % 3 * 8).div_ceil(6)
                        && encoded.as_bytes()[group + literal.group_offset..].starts_with(&literal.bytes)
                });
                assert_eq!(found.count(), 1, "{encoded}");
            }
        }
    }

    #[test]
    fn every_byte_knows_its_characters() {
        let text = format!("{} ", STANDARD.encode_to_string("0123456789".repeat(4)));
        let run = run::next(text.as_bytes(), 0..text.len(), &mut |_| ()).unwrap();
        let decoded = decode(&run, &(4..run.text.len()));
        assert!(decoded.text.starts_with(b"3456789"));
        assert_eq!(decoded.source(&(0..1)), 4..6);
        assert_eq!(decoded.source(&(1..2)), 5..7);
        assert_eq!(decoded.source(&(2..3)), 6..8);
        assert_eq!(decoded.source(&(3..6)), 8..12);
    }
}
