//! Percent-encoding, RFC 3986: `%2D`, and `%E2%80%8B` for characters that are no ASCII. An address within an address is encoded
//! twice, `%252D`.

use super::{
    invisible,
    unit::{EscapeUnit, encoded},
};

pub(super) fn unit(text: &[u8]) -> Option<EscapeUnit> {
    let (code, length) = encoded(text, b"%25").or_else(|| encoded(text, b"%"))?;
    invisible::escaped(code, length, "percent")
}
