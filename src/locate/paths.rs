//! Finds the paths of a blob.

use std::collections::{BTreeMap, BTreeSet};

use super::{graph::Bits, location::ObjectLocations, rows::NONE};
use crate::{
    blob::ObjectId,
    git::{object, tree::join},
};

/// The maximum number of paths to look for, per blob and commit.
const MOST: usize = 64;

/// A path of a blob.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BlobLocation {
    /// The path, or only the file name if no commit leads to its directory.
    pub path: Vec<u8>,
    /// A commit that has the blob at this path: the one that added the blob, if it has.
    pub commit: Option<ObjectId>,
}

impl ObjectLocations<'_> {
    /// The paths of a suspect blob: where it was introduced, where it is at HEAD, and one for every other
    /// name it has anywhere. Empty if no directory contains it.
    #[must_use]
    pub(crate) fn places(&self, blob: ObjectId) -> Vec<BlobLocation> {
        let objects = [blob];
        let above = self.above(&objects);
        let holds = self.holding(&above, &objects);
        let introduced = self.introduction(&holds);
        let head = self.head_place().filter(|head| holds[*head]);
        let mut places: BTreeMap<Vec<u8>, Option<usize>> = BTreeMap::new();
        for holder in introduced.into_iter().chain(head) {
            for (path, _) in self.paths_in(holder, &above, &objects, MOST) {
                places.entry(path).or_insert(Some(holder));
            }
        }
        let name_of = |path: &[u8]| path.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
        let names: BTreeSet<Vec<u8>> = places.keys().map(|path| name_of(path)).collect();
        let mut others: BTreeMap<&[u8], Vec<u32>> = BTreeMap::new();
        for (directory, name) in self.suspects.get(&blob).into_iter().flatten() {
            if !names.contains(&name[..]) {
                others.entry(name).or_default().push(*directory);
            }
        }
        for (name, directories) in others {
            let found = self.path_of(&directories, name);
            let (path, holder) = found.map_or((name.to_vec(), None), |(path, holder)| (path, Some(holder)));
            places.entry(path).or_insert(holder);
        }
        let commit = |holder: usize| self.commits.ids[holder];
        places.into_iter().map(|(path, holder)| BlobLocation { path, commit: holder.map(commit) }).collect()
    }

    /// A path that ends in one of these directories, in the oldest commit that contains one, and that commit.
    fn path_of(&self, directories: &[u32], name: &[u8]) -> Option<(Vec<u8>, usize)> {
        let above = self.directories.above(directories.iter().copied());
        let trees = self.commits.trees.iter().enumerate();
        let (holder, tree) = trees
            .filter(|(_, tree)| **tree != NONE && above.has(**tree))
            .min_by_key(|(commit, _)| (self.commits.times[*commit], self.commits.ids[*commit]))?;
        if directories.contains(tree) {
            return Some((name.to_vec(), holder));
        }
        let mut targets: Vec<ObjectId> =
            directories.iter().filter_map(|number| self.store.id(*number)).collect();
        targets.sort_unstable();
        let (mut path, _) = self.paths_in(holder, &above, &targets, 1).pop()?;
        path.push(b'/');
        path.extend_from_slice(name);
        Some((path, holder))
    }

    /// Finds paths of the objects, which must be sorted, in the tree of a commit, in tree order, up to a
    /// maximum number. Only directories that contain one of them are read.
    pub(super) fn paths_in(
        &self,
        commit: usize,
        above: &Bits,
        objects: &[ObjectId],
        most: usize,
    ) -> Vec<(Vec<u8>, ObjectId)> {
        let mut paths = Vec::new();
        let Some(root) = self.store.id(self.commits.trees[commit]) else { return paths };
        let mut waiting: Vec<(Vec<u8>, ObjectId)> = vec![(Vec::new(), root)];
        while let Some((prefix, directory)) = waiting.pop() {
            if paths.len() >= most {
                break;
            }
            let Ok((_, bytes)) = self.store.read(directory) else { continue };
            let mut directories = Vec::new();
            object::tree(&bytes, self.store.width, |_, entry| {
                let Some(id) = ObjectId::new(entry.id) else { return };
                // Paths are only built for matches: they may be long, and directories may be large.
                if objects.binary_search(&id).is_ok() {
                    paths.push((join(&prefix, entry.name), id));
                } else if entry.is_tree() && self.store.number(id).is_some_and(|number| above.has(number)) {
                    directories.push((join(&prefix, entry.name), id));
                }
            });
            waiting.extend(directories.into_iter().rev());
        }
        paths.truncate(most);
        paths
    }
}
