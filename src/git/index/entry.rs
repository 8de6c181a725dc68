//! What an index holds.

use crate::git::tree::Mode;

/// One path in the index. It is small, since there may be a million of them, and points into the bytes of the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndexEntry {
    pub(super) name: u32,
    pub(super) name_length: u32,
    pub(super) id: u32,
    /// What kind of file it is.
    pub mode: Mode,
    /// 0, or which side of a conflict it is.
    pub stage: u8,
    /// Only the name has been added (`git add -N`): a commit would leave it out.
    pub is_intent: bool,
}

impl IndexEntry {
    pub(super) fn name<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.name as usize..][..self.name_length as usize]
    }

    /// By what entries are sorted.
    pub(super) fn key<'b>(&self, bytes: &'b [u8]) -> (&'b [u8], u8) {
        (self.name(bytes), self.stage)
    }
}
