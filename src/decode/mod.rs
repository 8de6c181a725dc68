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
    places: Places,
}

#[derive(Debug)]
enum Places {
    /// Where each byte begins and ends in the source.
    Each(Vec<Range<usize>>),
    /// Characters of so many bits each, one behind the other. For every line: which character it begins with, and where
    /// in the source.
    Lines { lines: Vec<(usize, usize)>, bits: usize },
}

impl Default for Places {
    fn default() -> Self {
        Self::Each(Vec::new())
    }
}

impl Decoded {
    /// Text out of characters that hold `bits` bits each and stand on `lines`: which character each begins with, the
    /// first one with the first, and where in the source.
    pub(crate) fn on_lines(text: Vec<u8>, lines: Vec<(usize, usize)>, bits: usize) -> Self {
        Self { text, places: Places::Lines { lines, bits } }
    }

    /// Adds a byte that stands at `source`.
    pub(crate) fn push(&mut self, byte: u8, source: Range<usize>) {
        self.text.push(byte);
        if let Places::Each(places) = &mut self.places {
            places.push(source);
        }
    }

    /// Where a range of the text, which must not be empty, stands in the source.
    #[must_use]
    pub fn source(&self, range: &Range<usize>) -> Range<usize> {
        match &self.places {
            Places::Each(places) => places[range.start].start..places[range.end - 1].end,
            Places::Lines { lines, bits } => {
                let source = |character: usize| {
                    let (first, source) = lines[lines.partition_point(|(first, _)| *first <= character) - 1];
                    source + (character - first)
                };
                source(range.start * 8 / bits)..source((range.end * 8).div_ceil(*bits) - 1) + 1
            }
        }
    }

    /// Where the text ends in the source; 0 if there is none.
    #[must_use]
    pub fn end(&self) -> usize {
        if self.text.is_empty() { 0 } else { self.source(&(0..self.text.len())).end }
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
