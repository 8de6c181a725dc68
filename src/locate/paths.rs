//! Finds the paths of a blob.

use std::collections::BTreeSet;

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
    /// The commit that added the blob, if any.
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
        let commit = introduced.map(|commit| self.commits.ids[commit]);
        let mut paths = BTreeSet::new();
        let head = self.head_place().filter(|head| holds[*head]);
        for holder in introduced.into_iter().chain(head) {
            paths.extend(self.paths_in(holder, &above, &objects, MOST).into_iter().map(|(path, _)| path));
        }
        let name_of = |path: &[u8]| path.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
        let mut names: BTreeSet<Vec<u8>> = paths.iter().map(|path| name_of(path)).collect();
        let held = self.suspects.get(&blob).into_iter().flatten();
        for (directory, name) in held {
            if names.insert(name.to_vec()) {
                paths.insert(self.path_of(*directory, name).unwrap_or_else(|| name.to_vec()));
            }
        }
        paths.into_iter().map(|path| BlobLocation { path, commit }).collect()
    }

    /// A path that ends in this directory, in the first commit that contains it.
    fn path_of(&self, directory: u32, name: &[u8]) -> Option<Vec<u8>> {
        let above = self.directories.above(std::iter::once(directory));
        let holder = self.commits.trees.iter().position(|tree| *tree != NONE && above.has(*tree))?;
        let target = self.store.id(directory)?;
        if self.commits.trees[holder] == directory {
            return Some(name.to_vec());
        }
        let (mut path, _) = self.paths_in(holder, &above, &[target], 1).pop()?;
        path.push(b'/');
        path.extend_from_slice(name);
        Some(path)
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
