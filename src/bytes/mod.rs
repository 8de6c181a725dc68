//! What formats are made of: stretches of bytes that have to be read whole, numbers in seven bits a byte, hex digits.

pub mod hex;
pub mod varint;

mod fill;

pub use fill::{fill, fill_by};
