//! Hex digits as programs write them: names of objects, fingerprints, escapes. Keys in hex are what `decode` is for.

use std::fmt;

/// Writes two digits a byte, in lower case.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write(bytes: &[u8], out: &mut impl fmt::Write) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
}

/// Two digits a byte, in lower case.
#[must_use]
pub(crate) fn digits(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    // A string takes whatever is written into it.
    let _ = write(bytes, &mut digits);
    digits
}

/// The number that hex digits of either case stand for; nothing where there are none, where something else is among
/// them, or where it does not fit.
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

/// The byte that two digits stand for.
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
