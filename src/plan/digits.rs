//! Keys in base64 and hex: what they are decoded from is written anew around them, so that whoever decodes it still can.

/// Whether a byte is a digit of an encoding, and its value.
type DigitValue = fn(u8) -> Option<u8>;

/// An encoding whose digits stand for a few bits each.
pub(super) struct DigitCode {
    bits: usize,
    value: DigitValue,
    digits: &'static [u8],
}

/// Base64 in the alphabet of RFC 4648, section 4.
pub(super) const BASE64: DigitCode = DigitCode {
    bits: 6,
    value: base64_value,
    digits: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
};

/// Base64 in the alphabet for file names and URLs.
pub(super) const BASE64URL: DigitCode =
    DigitCode { digits: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", ..BASE64 };

/// Hex in lowercase.
pub(super) const HEX: DigitCode = DigitCode { bits: 4, value: hex_value, digits: b"0123456789abcdef" };

/// Hex in uppercase.
pub(super) const UPPER_HEX: DigitCode = DigitCode { digits: b"0123456789ABCDEF", ..HEX };

fn base64_value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

fn hex_value(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|value| value as u8)
}

impl DigitCode {
    pub(super) fn has(&self, byte: u8) -> bool {
        (self.value)(byte).is_some()
    }

    /// Replaces each needle, with something of its length, in what the digits of a text stand for. Other characters, such
    /// as line ends, stay where they are. `None` if no needle is in there.
    pub(super) fn rewrite(&self, text: &[u8], needles: &[(Vec<u8>, Vec<u8>)]) -> Option<Vec<u8>> {
        let places: Vec<usize> = (0..text.len()).filter(|at| self.has(text[*at])).collect();
        // Nobody knows where the encoding begins.
        for phase in 0..if self.bits == 6 { 4 } else { 2 } {
            let places = places.get(phase..).unwrap_or_default();
            let bytes = self.decode(places.iter().map(|at| text[*at]));
            let mut new = bytes.clone();
            for (needle, with) in needles {
                let found: Vec<usize> = memchr::memmem::find_iter(&bytes, needle).collect();
                for at in found {
                    new[at..at + needle.len()].copy_from_slice(&with[..needle.len()]);
                }
            }
            if new != bytes {
                let mut written = text.to_vec();
                for (digit, at) in places.iter().enumerate() {
                    let old = (self.value)(text[*at]).unwrap_or_default();
                    let value = self.digit(digit, old, &new);
                    // A digit that stays the same keeps its spelling.
                    if value != old {
                        written[*at] = self.digits[usize::from(value)];
                    }
                }
                return Some(written);
            }
        }
        None
    }

    fn decode(&self, digits: impl Iterator<Item = u8>) -> Vec<u8> {
        let (mut bytes, mut held, mut count) = (Vec::new(), 0_u32, 0);
        for value in digits.filter_map(self.value) {
            held = held << self.bits | u32::from(value);
            count += self.bits;
            if count >= 8 {
                count -= 8;
                bytes.push((held >> count) as u8);
                held &= (1 << count) - 1;
            }
        }
        bytes
    }

    /// The value of a digit, by its number, if it stands for these bytes. Bits behind them stay as they were.
    fn digit(&self, number: usize, old: u8, bytes: &[u8]) -> u8 {
        (0..self.bits).fold(0, |value, bit| {
            let at = number * self.bits + bit;
            let is_set = match bytes.get(at / 8) {
                Some(byte) => byte >> (7 - at % 8) & 1,
                None => old >> (self.bits - 1 - bit) & 1,
            };
            value << 1 | is_set
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;
    use crate::bytes::hex;

    #[test]
    fn only_what_is_replaced_changes() {
        for before in 0..9 {
            for after in 0..9 {
                let around = |middle: &[u8]| [&vec![0xfe; before], middle, &vec![b'>'; after]].concat();
                let text = around(b"a secret");
                let needles = [(b"a secret".to_vec(), b"REMOVED!".to_vec())];
                let expected = Some(around(b"REMOVED!"));
                let codec = base64::prelude::BASE64_STANDARD;
                let new = BASE64.rewrite(codec.encode(&text).as_bytes(), &needles);
                assert_eq!(new.and_then(|new| codec.decode(new).ok()), expected);
                let new = HEX.rewrite(hex::digits(&text).as_bytes(), &needles);
                assert_eq!(new, expected.map(|text| hex::digits(&text).into_bytes()));
            }
        }
    }
}
