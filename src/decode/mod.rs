//! Encodings a key can be written in. None decodes a whole text: the engine finds a literal that only an encoded key
//! has, and asks for the text round it.
//!
//! Base64 and hex stand in long [`run`]s, whose literals [`base64::literals`] and [`hex::literals`] give. Escapes and
//! split strings are undone by [`escape`], UTF-16 by [`utf16`].

pub mod base64;
pub mod escape;
pub mod hex;
pub mod run;
pub mod utf16;

use std::ops::Range;

/// Text that was decoded, and where in the source each byte of it stands.
#[derive(Debug, Default)]
pub struct Decoded {
    /// The text.
    pub text: Vec<u8>,
    /// Where each byte begins in the source, and one entry more for the end.
    pub(crate) starts: Vec<usize>,
    /// Where each byte ends in the source.
    pub(crate) ends: Vec<usize>,
}

impl Decoded {
    /// Adds a byte that stands at `source`.
    pub(crate) fn push(&mut self, byte: u8, source: Range<usize>) {
        self.text.push(byte);
        self.starts.push(source.start);
        self.ends.push(source.end);
    }

    /// Where a range of the text, which must not be empty, stands in the source.
    #[must_use]
    pub fn source(&self, range: &Range<usize>) -> Range<usize> {
        self.starts[range.start]..self.ends[range.end - 1]
    }
}

/// A literal that betrays an encoded key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// The bytes to look for.
    pub bytes: Vec<u8>,
    /// How many characters before it the group begins that holds its first bits.
    pub lead: usize,
}
