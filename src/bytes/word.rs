//! Tests of eight bytes at once, in one word.

/// The bytes of a word.
const WORD: usize = 8;

/// A 1 in every byte.
pub(crate) const ONES: u64 = u64::MAX / 255;

/// The top bit of every byte.
const TOPS: u64 = ONES << 7;

/// Sets the top bit of every byte that is no ASCII letter or digit: adding `0x80 - c` to a seven-bit byte sets the top
/// bit if the byte is `c` or more.
#[must_use]
pub(crate) fn non_alphanumeric(bytes: u64) -> u64 {
    let ascii = bytes & !TOPS;
    let lower = ascii | (ONES * 0x20);
    let from = |word: u64, least: u8| word + (ONES * u64::from(0x80 - least));
    let digits = from(ascii, b'0') & !from(ascii, b'9' + 1);
    let letters = from(lower, b'a') & !from(lower, b'z' + 1);
    (bytes | !(digits | letters)) & TOPS
}

/// The number of ASCII letters and digits at the start of the text.
#[must_use]
pub(crate) fn alphanumeric_at_start(text: &[u8]) -> usize {
    let (words, _) = text.as_chunks();
    for (at, word) in words.iter().enumerate() {
        let others = non_alphanumeric(u64::from_le_bytes(*word));
        if others != 0 {
            return at * WORD + others.trailing_zeros() as usize / 8;
        }
    }
    let whole = words.len() * WORD;
    whole + text[whole..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()
}

/// The number of ASCII letters and digits at the end of the text.
#[must_use]
pub(crate) fn alphanumeric_at_end(text: &[u8]) -> usize {
    let (rest, words) = text.as_rchunks();
    for (at, word) in words.iter().rev().enumerate() {
        let others = non_alphanumeric(u64::from_le_bytes(*word));
        if others != 0 {
            return at * WORD + others.leading_zeros() as usize / 8;
        }
    }
    words.len() * WORD + rest.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_are_told_apart_all_at_once() {
        for byte in 0..=u8::MAX {
            for at in 0..8 {
                let mut bytes = [b'x'; 8];
                bytes[at] = byte;
                let expected = if byte.is_ascii_alphanumeric() { 0 } else { 0x80 << (8 * at) };
                assert_eq!(non_alphanumeric(u64::from_le_bytes(bytes)), expected, "{byte}");
            }
        }
    }
}
