//! Hex digits in the notation of programs: object names, fingerprints, escapes. Keys in hex are handled by `decode`.

use std::fmt;

/// Writes two lowercase digits per byte.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write(bytes: &[u8], out: &mut impl fmt::Write) -> fmt::Result {
    out.write_str(&digits(bytes))
}

/// Two lowercase digits per byte.
#[must_use]
pub(crate) fn digits(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let pairs = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    pairs.map(|half| char::from(DIGITS[usize::from(half)])).collect()
}

/// Parses hex digits of either case; `None` if there are none, if there are other characters among them, or if the
/// number does not fit.
#[must_use]
pub(crate) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |number, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        (number >> 28 == 0).then_some(number << 4 | digit)
    })
}

/// The byte that two digits encode.
#[must_use]
pub(crate) fn byte(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    Some((high? << 4 | low?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_numbers_are_each_others_reverse() {
        assert_eq!(digits(&[0, 0x1f, 0xab]), "001fab");
        for value in 0..=u8::MAX {
            let digits = digits(&[value]);
            assert_eq!(byte(digits.as_bytes().try_into().unwrap()), Some(value));
            assert_eq!(number(digits.to_ascii_uppercase().as_bytes()), Some(value.into()));
        }
    }

    #[test]
    fn nothing_else_is_a_number() {
        assert_eq!((number(b"ffffffff"), number(b"00ffffffff")), (Some(u32::MAX), Some(u32::MAX)));
        for digits in [&b""[..], b"+1", b"-1", b" 1", b"1g", b"0x1", b"100000000"] {
            assert_eq!(number(digits), None);
        }
        assert_eq!(byte(*b"+f"), None);
    }
}
