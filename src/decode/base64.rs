//! Base64, RFC 4648, in both alphabets.
//!
//! A text inside base64 has three alignments, and each gives a short literal that does not depend on what stands
//! before or after: `sk-` is `c2st`, `?nNrL`, `??zay`.

use std::ops::Range;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD_NO_PAD},
};

use super::{Decoded, Literal, run::Run};

/// Characters of a group, and the bytes they hold.
const GROUP: (usize, usize) = (4, 3);

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a text looks like in base64, once for each alignment, as far as that is certain.
#[must_use]
pub fn literals(text: &[u8]) -> Vec<Literal> {
    (0..GROUP.1)
        .map(|alignment| {
            let padded = [&b"\0\0"[..alignment], text].concat();
            let encoded = STANDARD_NO_PAD.encode(&padded);
            let lead = (alignment * 8).div_ceil(6);
            let certain = padded.len() * 8 / 6;
            Literal { bytes: encoded.as_bytes()[lead..certain].to_vec(), lead }
        })
        .collect()
}

/// Decodes the groups of `range`, which begins at the border of one.
#[must_use]
pub fn decode(run: &Run<'_>, range: &Range<usize>) -> Decoded {
    let standard = |byte: &u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    };
    let mut chars: Vec<u8> = run.text[range.clone()].iter().map(standard).collect();
    // One character alone holds no byte.
    if chars.len() % GROUP.0 == 1 {
        chars.pop();
    }
    let text = LENIENT.decode(chars).unwrap_or_default();
    run.decoded(range, text, GROUP.0, GROUP.1)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::decode::run;

    #[test]
    fn literals_stand_in_every_encoding_of_the_text() {
        for before in ["", "x", "xy", "xyz", "\u{ff}"] {
            for after in ["", "A", "zz", "~~~"] {
                let encoded = STANDARD.encode(format!("{before}sk-{after}"));
                let literal = &literals(b"sk-")[before.len() % 3];
                let at = before.len() / 3 * 4 + literal.lead;
                assert!(encoded.as_bytes()[at..].starts_with(&literal.bytes), "{encoded} {literal:?}");
            }
        }
    }

    #[test]
    fn every_byte_knows_its_characters() {
        let text = format!("{} ", STANDARD.encode("0123456789".repeat(4)));
        let run = run::next(text.as_bytes(), 0..text.len()).unwrap();
        let decoded = decode(&run, &(4..run.text.len()));
        assert!(decoded.text.starts_with(b"3456789"));
        assert_eq!(decoded.source(&(0..1)), 4..6);
        assert_eq!(decoded.source(&(1..2)), 5..7);
        assert_eq!(decoded.source(&(2..3)), 6..8);
        assert_eq!(decoded.source(&(3..6)), 8..12);
    }
}
