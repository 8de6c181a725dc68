//! Hex, two digits per byte.

use std::ops::Range;

use super::{Decoded, Literal, run::EncodedRun};
use crate::bytes::hex;

/// The hex literals of a text, in lowercase and in uppercase.
#[must_use]
pub(crate) fn literals(text: &[u8]) -> Vec<Literal> {
    let lower = hex::digits(text);
    let upper = lower.to_ascii_uppercase();
    let mut both = vec![lower, upper];
    both.dedup();
    both.into_iter().map(|digits| Literal { bytes: digits.into_bytes(), group_offset: 0 }).collect()
}

/// Whether the byte is a hex digit.
#[must_use]
pub(crate) fn is_digit(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// Decodes the digit pairs of `range`, which contains only hex digits.
#[must_use]
pub(crate) fn decode(run: &EncodedRun<'_>, range: &Range<usize>) -> Decoded {
    // The low half of a digit is its value. The low half of a letter is its position in the alphabet, so 9 is
    // added.
    let value = |byte: u8| (byte & 0xf) + (byte >> 6) * 9;
    let (pairs, _) = run.text[range.clone()].as_chunks();
    let text = pairs.iter().map(|[high, low]| value(*high) << 4 | value(*low)).collect();
    run.decoded(range, text, 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::run;

    #[test]
    fn pairs_become_bytes() {
        assert_eq!(
            literals(b"sk-").iter().map(|one| one.bytes.clone()).collect::<Vec<_>>(),
            [b"736b2d", b"736B2D"]
        );
        let text = format!("x {}", "6B2d".repeat(10));
        let run = run::next(text.as_bytes(), 0..text.len(), &mut |_| ()).unwrap();
        let decoded = decode(&run, &(2..40));
        assert!(decoded.text.starts_with(b"-k-k"));
        assert_eq!(decoded.source(&(1..3)), 6..10);
    }
}
