//! What formats are made of: stretches of bytes that have to be read whole, numbers in seven bits a byte, hex digits.

pub(crate) mod hex;
pub(crate) mod varint;

mod fill;

pub(crate) use fill::{fill, fill_by};
