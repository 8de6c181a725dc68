//! UUIDs, with and without dashes. In a random UUID (version 4), the 13th hex digit is `4` and the 17th is
//! one of `89ab`, see RFC 9562. One in 64 random texts meets that by chance.

use super::class::{HEX, HEX_AND_DASH, NamedPart};

/// The offsets of the dashes in a UUID.
const DASHES: [usize; 4] = [8, 13, 18, 23];

pub(super) static UUID: NamedPart = NamedPart {
    name: "uuid",
    about: "UUID with dashes, any version",
    class: &HEX_AND_DASH,
    lengths: (36, 36),
    accepts: dashed,
    generate: |rng| with_dashes(&random_hex(rng)),
};

pub(super) static UUID4: NamedPart = NamedPart {
    name: "uuid4",
    about: "random UUID (version 4) with dashes",
    class: &HEX_AND_DASH,
    lengths: (36, 36),
    accepts: |text| dashed(text) && has_version_marks(text[14], text[19]),
    generate: |rng| with_dashes(&random_uuid4(rng)),
};

pub(super) static UUID4_HEX: NamedPart = NamedPart {
    name: "uuid4-hex",
    about: "random UUID (version 4) without dashes",
    class: &HEX,
    lengths: (32, 32),
    accepts: |text| has_version_marks(text[12], text[16]),
    generate: random_uuid4,
};

pub(super) static PLAIN_HEX32: NamedPart = NamedPart {
    name: "plain-hex32",
    about: "32 hex digits without the version digits of a random UUID",
    class: &HEX,
    lengths: (32, 32),
    accepts: |text| !has_version_marks(text[12], text[16]),
    generate: |rng| loop {
        let text = random_hex(rng);
        if !has_version_marks(text[12], text[16]) {
            return text;
        }
    },
};

pub(super) fn has_version_marks(version: u8, variant: u8) -> bool {
    version == b'4' && matches!(variant.to_ascii_lowercase(), b'8' | b'9' | b'a' | b'b')
}

/// Whether a 36-byte text of hex digits and dashes has its dashes where a UUID has them.
pub(super) fn dashed(text: &[u8]) -> bool {
    text.iter().enumerate().all(|(at, byte)| DASHES.contains(&at) == (*byte == b'-'))
}

pub(super) fn random_uuid4(rng: &mut fastrand::Rng) -> Vec<u8> {
    let mut text = random_hex(rng);
    text[12] = b'4';
    text[16] = b"89ab"[rng.usize(0..4)];
    text
}

pub(super) fn with_dashes(hex: &[u8]) -> Vec<u8> {
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join(&b'-')
}

fn random_hex(rng: &mut fastrand::Rng) -> Vec<u8> {
    (0..32).map(|_| HEX.generate(rng)).collect()
}
