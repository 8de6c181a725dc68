//! The encodings that a key can be written in. No decoder processes a whole text: the engine finds a literal
//! that only an encoded key has, and decodes the text around it.
//!
//! Base64 and hex come in long [`run`]s, and [`base64::literals`] and [`hex::literals`] give the literals to
//! search for. Escapes and split strings are decoded by [`escape`], UTF-16 by [`utf16`], lists of bytes by [`list`].

pub(crate) mod base64;
pub(crate) mod escape;
pub(crate) mod hex;
pub(crate) mod list;
pub(crate) mod run;
pub(crate) mod utf16;

use std::ops::Range;

/// Decoded text, with the source range of each of its bytes.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    /// The text.
    pub text: Vec<u8>,
    places: SourceMap,
}

#[derive(Debug)]
enum SourceMap {
    /// The source range of each byte.
    Each(Vec<Range<usize>>),
    /// Consecutive characters of `bits` bits each. Each line has the index of its first character, and where
    /// that is in the source.
    Lines { lines: Vec<(usize, usize)>, bits: usize },
}

impl Default for SourceMap {
    fn default() -> Self {
        Self::Each(Vec::new())
    }
}

impl Decoded {
    /// Creates text that was decoded from characters of `bits` bits each. Each of the `lines` has the index
    /// of its first character, relative to the first one, and where that is in the source.
    pub(crate) fn on_lines(text: Vec<u8>, lines: Vec<(usize, usize)>, bits: usize) -> Self {
        Self { text, places: SourceMap::Lines { lines, bits } }
    }

    /// Appends a byte that is at `source`.
    pub(crate) fn push(&mut self, byte: u8, source: Range<usize>) {
        self.text.push(byte);
        if let SourceMap::Each(places) = &mut self.places {
            places.push(source);
        }
    }

    /// Removes all but the first `length` bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        if let SourceMap::Each(places) = &mut self.places {
            places.truncate(length);
        }
    }

    /// The part of the text whose bytes begin in a range of the source.
    #[must_use]
    pub(crate) fn within(&self, source: &Range<usize>) -> Range<usize> {
        match &self.places {
            SourceMap::Each(places) => {
                let index = |at: usize| places.partition_point(|place| place.start < at);
                index(source.start)..index(source.end)
            }
            SourceMap::Lines { .. } => 0..self.text.len(),
        }
    }

    /// The source range of a range of the text, which must not be empty.
    #[must_use]
    pub(crate) fn source(&self, range: &Range<usize>) -> Range<usize> {
        match &self.places {
            SourceMap::Each(places) => places[range.start].start..places[range.end - 1].end,
            SourceMap::Lines { lines, bits } => {
                let source = |character: usize| {
                    let (first, source) = lines[lines.partition_point(|(first, _)| *first <= character) - 1];
                    source + (character - first)
                };
                source(range.start * 8 / bits)..source((range.end * 8).div_ceil(*bits) - 1) + 1
            }
        }
    }

    /// The source offset where the text ends; 0 if it is empty.
    #[must_use]
    pub(crate) fn end(&self) -> usize {
        if self.text.is_empty() { 0 } else { self.source(&(0..self.text.len())).end }
    }
}

/// A literal that indicates an encoded key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Literal {
    /// The bytes to search for.
    pub bytes: Vec<u8>,
    /// The number of characters between the start of the group that holds its first bits and the literal.
    pub group_offset: usize,
}
