//! Percent-encoding, RFC 3986: `%2D`.

use super::unit::{EscapeUnit, ascii};
use crate::bytes::hex;

pub(super) fn unit(text: &[u8]) -> Option<EscapeUnit> {
    let [b'%', high, low, ..] = text else { return None };
    Some(EscapeUnit { length: 3, byte: Some(ascii(hex::number(&[*high, *low])?)?), name: "percent" })
}
