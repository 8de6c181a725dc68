//! What one thread reuses from text to text.

use std::ops::Range;

use super::{context::Context, shape_match::ShapeMatch, word_match::WordCount};
use crate::finding::WordMatch;

/// Memory that is reused for each blob. Every thread has its own.
#[derive(Default)]
pub struct Scratch {
    pub(super) window: Vec<u8>,
    pub(super) matches: Vec<ShapeMatch>,
    pub(super) bodies: Vec<Range<usize>>,
    pub(super) context: Context,
    pub(super) name: Vec<u8>,
    /// Offset and index of the watched words in the current text.
    pub(super) words: Vec<(usize, usize)>,
    pub(super) word_matches: Vec<WordMatch>,
    pub(super) word_count: WordCount,
    /// Whether the text may turn out to have any name.
    pub(super) is_name_unknown: bool,
    /// Whether the text is also read as UTF-16, so that its strings need not be searched for one by one.
    pub(super) wide_apart: bool,
}

impl Scratch {
    /// Sets the name of the next texts. A name can tell the issuer of a key.
    pub fn set_name(&mut self, name: &[u8]) {
        self.name.clear();
        self.name.extend_from_slice(name);
    }
}
