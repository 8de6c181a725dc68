//! Under which paths a blob stands.

use std::collections::BTreeSet;

use super::{Location, graph::Bits, rows::NONE};
use crate::{
    blob::ObjectId,
    git::{object, tree::join},
};

/// So many paths of one blob are looked for in one commit.
const MOST: usize = 64;

/// A place of a blob.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its path; only its name, if no commit leads to the folder it is in.
    pub path: Vec<u8>,
    /// The commit that brought the blob in, if one did.
    pub commit: Option<ObjectId>,
}

impl Location<'_> {
    /// The places of a suspect blob: where it came in, where it is at HEAD, and under every other name it has anywhere.
    /// None where no folder holds it.
    #[must_use]
    pub fn places(&self, blob: ObjectId) -> Vec<Place> {
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
        for (folder, name) in held {
            if names.insert(name.to_vec()) {
                paths.insert(self.path_of(*folder, name).unwrap_or_else(|| name.to_vec()));
            }
        }
        paths.into_iter().map(|path| Place { path, commit }).collect()
    }

    /// A path that ends in this folder, in the first commit that holds it.
    fn path_of(&self, folder: u32, name: &[u8]) -> Option<Vec<u8>> {
        let above = self.folders.above(std::iter::once(folder));
        let holder = self.commits.trees.iter().position(|tree| *tree != NONE && above.has(*tree))?;
        let target = self.store.id(folder)?;
        if self.commits.trees[holder] == folder {
            return Some(name.to_vec());
        }
        let (mut path, _) = self.paths_in(holder, &above, &[target], 1).pop()?;
        path.push(b'/');
        path.extend_from_slice(name);
        Some(path)
    }

    /// Paths of the objects, which are sorted, in the tree of a commit, in the order of the tree, at most so many. Only
    /// folders that hold one of them are read.
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
        while let Some((prefix, folder)) = waiting.pop() {
            if paths.len() >= most {
                break;
            }
            let Ok((_, bytes)) = self.store.read(folder) else { continue };
            let mut folders = Vec::new();
            object::tree(&bytes, self.store.width, |_, entry| {
                let Some(id) = ObjectId::new(entry.id) else { return };
                // Paths are only made of what counts: they may be long, and folders large.
                if objects.binary_search(&id).is_ok() {
                    paths.push((join(&prefix, entry.name), id));
                } else if entry.is_tree() && self.store.number(id).is_some_and(|number| above.has(number)) {
                    folders.push((join(&prefix, entry.name), id));
                }
            });
            waiting.extend(folders.into_iter().rev());
        }
        paths.truncate(most);
        paths
    }
}
