//! UTF-16: whole files, as PowerShell writes them, and strings inside binaries.

use super::Decoded;
use crate::bytes::is_ascii_text;

/// Which byte of a code unit comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    /// The low byte.
    Little,
    /// The high byte.
    Big,
}

impl ByteOrder {
    /// The name of the encoding in a report.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Little => "utf-16le",
            Self::Big => "utf-16be",
        }
    }

    fn unit(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }
}

/// The byte order of a text that begins like this, if it is UTF-16: it has a byte order mark, or nearly every
/// second byte at its start is zero.
#[must_use]
pub(crate) fn recognize(start: &[u8]) -> Option<ByteOrder> {
    /// The number of code units to check if there is no byte order mark.
    const UNITS: usize = 32;
    match start {
        [0xff, 0xfe, ..] => return Some(ByteOrder::Little),
        [0xfe, 0xff, ..] => return Some(ByteOrder::Big),
        _ => {}
    }
    if !start.iter().take(4).any(|byte| *byte == 0) {
        return None;
    }
    let units: Vec<&[u8]> = start.chunks_exact(2).take(UNITS).collect();
    let wide =
        |high: usize| units.iter().filter(|unit| unit[high] == 0 && is_ascii_text(unit[1 - high])).count();
    let enough = |count: usize| units.len() >= 8 && count * 8 >= units.len() * 7;
    if enough(wide(1)) {
        Some(ByteOrder::Little)
    } else if enough(wide(0)) {
        Some(ByteOrder::Big)
    } else {
        None
    }
}

/// Converts UTF-16 that comes in pieces to UTF-8. Drops the byte order mark; invalid code units become
/// U+FFFD.
#[derive(Debug)]
pub(crate) struct Transcoder {
    order: ByteOrder,
    /// Bytes of an incomplete character.
    pending: Vec<u8>,
    at_start: bool,
}

impl Transcoder {
    /// Creates a transcoder for this byte order.
    #[must_use]
    pub(crate) fn new(order: ByteOrder) -> Self {
        Self { order, pending: Vec::new(), at_start: true }
    }

    /// The name of the encoding in a report.
    #[must_use]
    pub(crate) fn name(&self) -> &'static str {
        self.order.name()
    }

    /// Decodes the next piece and appends it to `out`. With `is_last`, nothing is kept for a next piece.
    pub(crate) fn decode(&mut self, piece: &[u8], is_last: bool, out: &mut Vec<u8>) {
        self.pending.extend_from_slice(piece);
        let mut units: Vec<u16> =
            self.pending.chunks_exact(2).map(|unit| self.order.unit([unit[0], unit[1]])).collect();
        // The first half of a surrogate pair waits for the second.
        if !is_last && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            units.pop();
        }
        self.pending.drain(..units.len() * 2);
        let mark = usize::from(self.at_start && units.first() == Some(&0xfeff));
        self.at_start &= units.is_empty();
        let mut utf8 = [0; 4];
        for character in char::decode_utf16(units[mark..].iter().copied()) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
        }
    }
}

/// Decodes the string around `at`, where two ASCII code units begin. The string consists of printable ASCII
/// and extends at most `reach` bytes to either side. Its byte order only shows at its start or end.
#[must_use]
pub(crate) fn string_around(text: &[u8], at: usize, reach: usize) -> (Decoded, ByteOrder) {
    let is_text = |unit: &[u8]| unit[1] == 0 && is_ascii_text(unit[0]);
    let before = &text[at.saturating_sub(reach)..at];
    let start = at - 2 * before.rchunks_exact(2).take_while(|unit| is_text(unit)).count();
    let after = &text[at..text.len().min(at + reach)];
    let mut end = at + 2 * after.chunks_exact(2).take_while(|unit| is_text(unit)).count();
    // In big-endian text, the zero of the last unit comes before it.
    let last_of_big = |end: usize| end < text.len() && text[end - 1] == 0 && matches!(text[end], b' '..=b'~');
    let mut decoded = Decoded::default();
    let push = |decoded: &mut Decoded, at: usize, length: usize| decoded.push(text[at], at..at + length);
    for unit in (start..end).step_by(2) {
        push(&mut decoded, unit, 2);
    }
    let mut order = ByteOrder::Little;
    if end > start && last_of_big(end) {
        push(&mut decoded, end, 1);
        order = ByteOrder::Big;
        end += 1;
    }
    debug_assert!(end <= text.len());
    (decoded, order)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encode(text: &str, order: ByteOrder) -> Vec<u8> {
        let bytes =
            |unit: u16| if order == ByteOrder::Little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn is_recognized_with_and_without_a_mark() {
        for order in [ByteOrder::Little, ByteOrder::Big] {
            assert_eq!(recognize(&encode("\u{feff}汉", order)), Some(order));
            assert_eq!(recognize(&encode("KEY = \"value\"\r\n", order)), Some(order));
        }
        assert_eq!(recognize(b"plain text, nothing wide about it"), None);
        assert_eq!(recognize(&[0; 64]), None);
    }

    #[test]
    fn strings_in_binaries_are_read_in_both_orders() {
        for order in [ByteOrder::Little, ByteOrder::Big] {
            let binary =
                [b"\x01\x02\x03\xff".to_vec(), encode("x sk-abc!", order), vec![0xff, 0xfe, 0, 0]].concat();
            let at = binary.windows(4).position(|window| window == b"s\0k\0").unwrap();
            let (decoded, found) = string_around(&binary, at, 1000);
            assert_eq!(found, order);
            assert!(decoded.text.windows(8).any(|window| window == b" sk-abc!"), "{order:?} {decoded:?}");
        }
    }

    proptest! {
        #[test]
        fn pieces_give_what_the_whole_gives(text in "(.|\n){0,200}", little: bool, size in 1..9_usize) {
            let order = if little { ByteOrder::Little } else { ByteOrder::Big };
            let source = encode(&format!("\u{feff}{text}"), order);
            let mut transcoder = Transcoder::new(order);
            let mut decoded = Vec::new();
            for piece in source.chunks(size) {
                transcoder.decode(piece, false, &mut decoded);
            }
            transcoder.decode(b"", true, &mut decoded);
            prop_assert_eq!(String::from_utf8(decoded).unwrap(), text);
        }
    }
}
