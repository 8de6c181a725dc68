//! The random part of one-api's keys is a UUID with uppercase digits at even places and lowercase digits at
//! odd ones (`GenerateKey` in its `common/random`), which does not happen by chance.

use super::{
    class::{ANY_HEX, NamedPart},
    uuid,
};

pub(super) static ALTERNATING_UUID4: NamedPart = NamedPart {
    name: "alternating-uuid4",
    about: "random UUID without dashes, uppercase at even positions, lowercase at odd ones",
    class: &ANY_HEX,
    lengths: (32, 32),
    accepts: |text| {
        uuid::has_version_marks(text[12], text[16])
            && text.iter().enumerate().all(|(at, byte)| *byte == cased(at, *byte))
    },
    generate: |rng| {
        let hex = uuid::random_uuid4(rng);
        hex.iter().enumerate().map(|(at, byte)| cased(at, *byte)).collect()
    },
};

fn cased(at: usize, byte: u8) -> u8 {
    if at.is_multiple_of(2) { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
}
