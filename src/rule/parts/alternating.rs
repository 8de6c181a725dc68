//! one-api writes a random UUID with upper-case digits at even and lower-case digits at odd places (`GenerateKey` in
//! its `common/random`): chance does not do that.

use super::{
    class::{ANY_HEX, Named},
    uuid,
};

pub(super) static ALTERNATING_UUID4: Named = Named {
    name: "alternating-uuid4",
    about: "random UUID without dashes, even places in upper case, odd ones in lower case",
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
