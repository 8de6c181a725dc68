//! Whoever reads the objects of a history shows them to somebody beside, so that they are read only once.

use super::{
    entries::Entries,
    object::{Commit, TreeEntry},
};
use crate::blob::ObjectId;

/// Takes folders and commits that somebody else reads; one a thread.
pub(crate) trait HistoryObserver: Send {
    /// An entry that the folder's base does not have, and the number of the object if that is here. Returns what is to
    /// be kept of it, here and in folders that are made from this one.
    fn entry(&mut self, entry: &TreeEntry<'_>, number: Option<u32>) -> Option<u32>;

    /// A folder whose entries have been read, by its number.
    fn directory(&mut self, number: u32, bytes: &[u8], entries: &Entries);

    /// A commit, by its number, and the numbers of its tree, if that is here, and of the parents that are.
    fn commit(&mut self, number: u32, commit: &Commit<'_>, tree: Option<u32>, parents: &[u32]);

    /// An object could not be read from its pack.
    fn failed(&mut self, id: ObjectId);
}
