//! Building blocks of binary formats: exact reads, variable-length numbers, hex digits.

pub(crate) mod hex;
pub(crate) mod varint;

mod fill;
mod text;

/// A 1 in every byte of a word, for tests of eight bytes at once.
pub(crate) const ONES: u64 = u64::MAX / 255;

pub(crate) use fill::{fill, fill_by};
pub(crate) use text::is_ascii_text;
