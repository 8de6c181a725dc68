//! Building blocks of binary formats: exact reads, variable-length numbers, hex digits.

pub(crate) mod hex;
pub(crate) mod varint;

mod fill;
mod line;
mod text;
mod word;

pub(crate) use fill::{fill, fill_by};
pub(crate) use line::{line_around, line_of};
pub(crate) use text::{char_floor, has_ascii_text, is_ascii_text};
pub(crate) use word::{ONES, alphanumeric_at_end, alphanumeric_at_start, non_alphanumeric};
