//! Commits as numbers, in the order in which they are read.

use super::date;
use crate::{
    blob::ObjectId,
    git::{
        Entries, HistoryObserver,
        object::{Commit, TreeEntry},
    },
};

/// Stands for a parent or tree that is missing.
pub(super) const NONE: u32 = u32::MAX;

/// A commit as numbers.
pub(super) struct CommitRow {
    pub(super) number: u32,
    pub(super) tree: u32,
    /// The committer date, in seconds since 1970.
    pub(super) time: i64,
    /// Where its parents begin in the list of parents, and how many there are.
    pub(super) first: u32,
    pub(super) count: u32,
}

/// Takes commits that are read elsewhere; one per thread. There are so few of them that all are kept, before
/// it is known whether there is anything to locate.
#[derive(Default)]
pub(crate) struct CommitReader {
    pub(super) rows: Vec<CommitRow>,
    pub(super) parents: Vec<u32>,
    pub(super) failed: Vec<ObjectId>,
}

impl CommitReader {
    /// Appends what another reader has taken.
    pub(super) fn append(&mut self, mut other: Self) {
        let before = self.parents.len() as u32;
        self.rows.extend(other.rows.into_iter().map(|row| CommitRow { first: before + row.first, ..row }));
        self.parents.append(&mut other.parents);
        self.failed.append(&mut other.failed);
    }

    /// The numbers of the trees of its commits.
    pub(super) fn trees(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().map(|row| row.tree).filter(|tree| *tree != NONE)
    }

    pub(super) fn parents(&self, row: &CommitRow) -> &[u32] {
        &self.parents[row.first as usize..][..row.count as usize]
    }
}

impl HistoryObserver for CommitReader {
    fn entry(&mut self, _: &TreeEntry<'_>, _: Option<u32>) -> Option<u32> {
        None
    }

    fn directory(&mut self, _: u32, _: &[u8], _: &Entries) {}

    fn commit(&mut self, number: u32, commit: &Commit<'_>, tree: Option<u32>, parents: &[u32]) {
        self.rows.push(CommitRow {
            number,
            tree: tree.unwrap_or(NONE),
            time: date::seconds(commit.committer),
            first: self.parents.len() as u32,
            count: parents.len() as u32,
        });
        self.parents.extend_from_slice(parents);
    }

    fn failed(&mut self, id: ObjectId) {
        self.failed.push(id);
    }
}
