//! What must not be shown of texts that were looked at before.

use std::{collections::HashMap, ops::Range};

/// A range of a text that may be a secret, and what to show instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// The range, in bytes.
    pub range: Range<usize>,
    /// The public prefix of the secret, and its end if it is long enough: see [`crate::finding::Secret::masked`].
    pub shown: String,
}

/// What was found in short texts, by the name of their file and by themselves.
#[derive(Default)]
pub(super) struct MaskCache {
    known: HashMap<Vec<u8>, Vec<Mask>>,
    /// What is kept, in bytes.
    size: usize,
}

impl MaskCache {
    /// What is kept at most, in bytes.
    const LARGEST: usize = 4 << 20;

    /// What was found in a text.
    pub(super) fn get(&self, text: &[u8]) -> Option<&Vec<Mask>> {
        self.known.get(text)
    }

    /// Keeps what was found in a text.
    pub(super) fn add(&mut self, text: Vec<u8>, masks: &[Mask]) {
        self.size += text.len();
        if self.size > Self::LARGEST {
            self.known.clear();
            self.size = text.len();
        }
        self.known.insert(text, masks.to_vec());
    }
}
