//! What one thread keeps from text to text.

use std::ops::Range;

use super::{evidence::Context, hit::Hit};
use crate::finding::Sighting;

/// Memory that is used again from blob to blob; one a thread.
#[derive(Default)]
pub struct Scratch {
    pub(super) window: Vec<u8>,
    pub(super) hits: Vec<Hit>,
    pub(super) bodies: Vec<Range<usize>>,
    pub(super) context: Context,
    pub(super) name: Vec<u8>,
    /// Where words stand that were looked for besides, in the text at hand.
    pub(super) words: Vec<(usize, usize)>,
    pub(super) sightings: Vec<Sighting>,
    /// Any name may turn out to be that of the text.
    pub(super) is_name_unknown: bool,
    /// The text is read as UTF-16, too, so that its strings need not be looked for one by one.
    pub(super) wide_apart: bool,
}

impl Scratch {
    /// Says what the next texts are called: a name can tell whose key it is.
    pub fn set_name(&mut self, name: &[u8]) {
        self.name.clear();
        self.name.extend_from_slice(name);
    }
}
