//! Commits, sorted so that parents come first.

use std::collections::HashMap;

use super::rows::{CommitReader, CommitRow, NONE};
use crate::{blob::ObjectId, git::store::Store};

/// All commits, with parents before children.
pub(super) struct CommitTable {
    pub(super) ids: Vec<ObjectId>,
    /// The index of each commit's tree.
    pub(super) trees: Vec<u32>,
    /// The committer date of each, in seconds since 1970.
    pub(super) times: Vec<i64>,
    /// Where each commit's parents begin in `parents`.
    first: Vec<u32>,
    parents: Vec<u32>,
    places: HashMap<ObjectId, u32>,
}

impl CommitTable {
    pub(super) fn new(mut read: CommitReader, store: &Store) -> Self {
        let mut rows = std::mem::take(&mut read.rows);
        rows.sort_unstable_by_key(|row| row.number);
        rows.dedup_by_key(|row| row.number);
        let mut rows_by_number = vec![NONE; store.len()];
        for (row, CommitRow { number, .. }) in (0..).zip(&rows) {
            rows_by_number[*number as usize] = row;
        }
        let row_of = |number: &u32| {
            let row = rows_by_number[*number as usize];
            (row != NONE).then_some(row as usize)
        };
        let order = parents_first(&rows, &read, &row_of);
        let mut place_of_row = vec![NONE; rows.len()];
        for (place, row) in order.iter().enumerate() {
            place_of_row[*row as usize] = place as u32;
        }
        let mut commits = Self {
            ids: Vec::with_capacity(rows.len()),
            trees: Vec::with_capacity(rows.len()),
            times: Vec::with_capacity(rows.len()),
            first: vec![0],
            parents: Vec::new(),
            places: HashMap::with_capacity(rows.len()),
        };
        for row in &order {
            let row = &rows[*row as usize];
            let Some(id) = store.id(row.number) else { unreachable!("the number is that of an object") };
            commits.places.insert(id, commits.ids.len() as u32);
            commits.ids.push(id);
            commits.trees.push(row.tree);
            commits.times.push(row.time);
            commits.parents.extend(read.parents(row).iter().filter_map(row_of).map(|row| place_of_row[row]));
            commits.first.push(commits.parents.len() as u32);
        }
        commits
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The parents of a commit that exist here.
    pub(super) fn parents(&self, commit: usize) -> &[u32] {
        &self.parents[self.first[commit] as usize..self.first[commit + 1] as usize]
    }

    /// The index of a commit.
    pub(super) fn place(&self, id: ObjectId) -> Option<usize> {
        self.places.get(&id).map(|place| *place as usize)
    }
}

/// Sorts the rows so that parents come first. Commits cannot form a cycle, since they name each other by their hashes.
/// If someone managed to create one, it would be cut somewhere.
fn parents_first(
    rows: &[CommitRow],
    read: &CommitReader,
    row_of: &impl Fn(&u32) -> Option<usize>,
) -> Vec<u32> {
    let mut order = Vec::with_capacity(rows.len());
    let mut is_seen = vec![false; rows.len()];
    let mut stack: Vec<(u32, usize)> = Vec::new();
    for root in 0..rows.len() {
        if std::mem::replace(&mut is_seen[root], true) {
            continue;
        }
        stack.push((root as u32, 0));
        while let Some((row, next)) = stack.last_mut() {
            match read.parents(&rows[*row as usize]).get(*next) {
                None => {
                    order.push(*row);
                    stack.pop();
                }
                Some(parent) => {
                    *next += 1;
                    if let Some(parent) = row_of(parent)
                        && !std::mem::replace(&mut is_seen[parent], true)
                    {
                        stack.push((parent as u32, 0));
                    }
                }
            }
        }
    }
    order
}
