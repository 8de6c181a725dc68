//! Base64 of text in a known format.

use base64_simd::{STANDARD, STANDARD_NO_PAD};

use super::{
    class::{BASE64URL, NamedPart, STANDARD as STANDARD_CLASS},
    uuid,
};

/// Crockford's base32, the alphabet of ULIDs.
const ULID_DIGITS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// WorkOS: the id of the key and its random part, separated by a comma.
pub(super) static KEY_ULID: NamedPart = NamedPart {
    name: "key-ulid-base64",
    about: "base64 of `key_`, a ULID, a comma and 25 letters or digits",
    class: &STANDARD_CLASS,
    lengths: (75, 76),
    accepts: |text| {
        let Some(decoded) = decode(text) else { return false };
        let Some((id, random)) = decoded.strip_prefix(b"key_").and_then(|rest| rest.split_at_checked(26))
        else {
            return false;
        };
        id.iter().all(|byte| ULID_DIGITS.contains(byte))
            && random.len() == 26
            && random[0] == b','
            && random[1..].iter().all(u8::is_ascii_alphanumeric)
    },
    generate: |rng| {
        let mut text = b"key_01".to_vec();
        text.extend((0..24).map(|_| ULID_DIGITS[rng.usize(0..32)]));
        text.push(b',');
        text.extend((0..25).map(|_| rng.alphanumeric() as u8));
        STANDARD_NO_PAD.encode_type(text)
    },
};

/// Letta: two UUIDs, separated by a colon.
pub(super) static TWO_UUIDS: NamedPart = NamedPart {
    name: "two-uuids-base64",
    about: "base64 of two UUIDs separated by a colon",
    class: &STANDARD_CLASS,
    lengths: (98, 100),
    accepts: |text| {
        decode(text).is_some_and(|text| {
            let mut halves = text.split(|byte| *byte == b':');
            let mut is_uuid = || {
                halves.next().is_some_and(|half| {
                    half.len() == 36
                        && uuid::dashed(half)
                        && half.iter().all(|byte| *byte == b'-' || byte.is_ascii_hexdigit())
                })
            };
            is_uuid() && is_uuid() && halves.next().is_none()
        })
    },
    generate: |rng| {
        let uuids = [uuid::random_uuid4(rng), uuid::random_uuid4(rng)].map(|hex| uuid::with_dashes(&hex));
        STANDARD.encode_type(uuids.join(&b':'))
    },
};

/// Decodes standard base64, with or without padding.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|byte| BASE64URL.has(*byte) || matches!(byte, b'+' | b'/'))? + 1;
    (text.len() - end <= 2).then(|| STANDARD_NO_PAD.decode_to_vec(&text[..end]).ok()).flatten()
}
