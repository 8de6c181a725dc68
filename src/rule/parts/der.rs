//! Alibaba's newer keys end in a signature: ECDSA over P-256 in DER (SEC 1, section C.5), in base64 with
//! either alphabet.

use base64_simd::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::class::{BASE64_ANY, NamedPart};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

pub(super) static DER_SIGNATURE: NamedPart = NamedPart {
    name: "der-signature",
    about: "base64 of an ECDSA P-256 signature in DER",
    class: &BASE64_ANY,
    // 68 to 72 bytes in base64, with or without padding.
    lengths: (91, 96),
    accepts,
    generate: |rng| {
        let mut der = vec![SEQUENCE, 0];
        for _ in 0..2 {
            // An integer with its top bit set needs a leading zero.
            let first = rng.u8(1..);
            let length = 32 + u8::from(first >= 0x80);
            der.extend([INTEGER, length]);
            if first >= 0x80 {
                der.push(0);
            }
            der.push(first);
            der.extend((0..31).map(|_| rng.u8(..)));
        }
        der[1] = u8::try_from(der.len() - 2).unwrap_or(u8::MAX);
        STANDARD.encode_type(der)
    },
};

fn accepts(text: &[u8]) -> bool {
    let unpadded = text.trim_ascii_end();
    let padding = unpadded.iter().rev().take_while(|byte| **byte == b'=').count();
    let unpadded = &unpadded[..unpadded.len() - padding];
    let decoded =
        STANDARD_NO_PAD.decode_to_vec(unpadded).or_else(|_| URL_SAFE_NO_PAD.decode_to_vec(unpadded));
    padding <= 2 && decoded.is_ok_and(|der| is_signature(&der))
}

fn is_signature(der: &[u8]) -> bool {
    let [SEQUENCE, length, integers @ ..] = der else { return false };
    usize::from(*length) == integers.len()
        && after_integer(integers).and_then(after_integer).is_some_and(<[u8]>::is_empty)
}

fn after_integer(der: &[u8]) -> Option<&[u8]> {
    let [INTEGER, length, rest @ ..] = der else { return None };
    (29..=33).contains(length).then(|| rest.get(usize::from(*length)..)).flatten()
}
