//! Lets an observer see the objects of a history as they are read, so that they are read only once.

use super::{
    entries::Entries,
    object::{Commit, TreeEntry},
};
use crate::blob::ObjectId;

/// Takes directories and commits that someone else reads. There is one observer per thread.
pub(crate) trait HistoryObserver: Send {
    /// A tree entry that the base does not have, and the number of the object if it exists here. Returns what to keep
    /// of it, in this tree and in trees that are deltas against it.
    fn entry(&mut self, entry: &TreeEntry<'_>, number: Option<u32>) -> Option<u32>;

    /// A directory whose entries have been read, by its number.
    fn directory(&mut self, number: u32, bytes: &[u8], entries: &Entries);

    /// A commit, by its number, with the numbers of its tree and parents, as far as they exist here.
    fn commit(&mut self, number: u32, commit: &Commit<'_>, tree: Option<u32>, parents: &[u32]);

    /// An object could not be read from its pack.
    fn failed(&mut self, id: ObjectId);
}
