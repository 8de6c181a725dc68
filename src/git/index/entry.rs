//! Entries of an index.

use crate::git::tree::Mode;

/// One path in the index. It is small, since there may be a million entries, and points into the bytes of the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndexEntry {
    pub(super) name: u32,
    pub(super) name_length: u32,
    pub(super) id: u32,
    /// What kind of file it is.
    pub mode: Mode,
    /// 0, or the side of a conflict.
    pub stage: u8,
    /// Only the name was added (`git add -N`): a commit would not include it.
    pub is_intent: bool,
}

impl IndexEntry {
    pub(super) fn name<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.name as usize..][..self.name_length as usize]
    }

    /// The sort key of entries.
    pub(super) fn key<'b>(&self, bytes: &'b [u8]) -> (&'b [u8], u8) {
        (self.name(bytes), self.stage)
    }
}
