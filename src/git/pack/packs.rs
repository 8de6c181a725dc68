//! All packs of a repository.

use std::path::{Path, PathBuf};

use super::{
    file::{PackDamage, PackFile},
    forest::Forest,
    one::Pack,
    visit::Visitor,
    walk,
};
use crate::{blob::ObjectId, git::kind::ObjectKinds, threads::Pool};

/// All readable packs of a repository.
#[derive(Default)]
pub struct Packs {
    pub(super) packs: Vec<Pack>,
}

impl Packs {
    /// Opens packs by the paths of their indexes. Object names are `width` bytes long. Packs that cannot be opened are
    /// reported.
    #[must_use]
    pub fn open(indexes: &[PathBuf], width: usize, pool: &Pool) -> (Self, Vec<PackDamage>) {
        let mut packs: Vec<Pack> = Vec::new();
        let mut damages = Vec::new();
        for path in indexes {
            match PackFile::open(path, width) {
                Ok(file) => {
                    // The intact parts of a damaged pack are still read.
                    damages.extend(file.check().err());
                    let forest = Forest::new(&file, pool);
                    let pack = Pack::new(file, forest, &mut packs);
                    packs.push(pack);
                }
                Err(damage) => damages.push(damage),
            }
        }
        (Self { packs }, damages)
    }

    /// Visits every object of these kinds once, and returns the visitors. Objects without a readable location in a pack
    /// come first: the first visitor is told that they failed.
    pub fn walk<V: Visitor>(
        &self,
        kinds: ObjectKinds,
        pool: &Pool,
        new_visitor: &(impl Fn() -> V + Sync),
    ) -> Vec<V> {
        let mut visitors = walk::walk(&self.packs, kinds, pool, new_visitor);
        if let Some(first) = visitors.first_mut() {
            for pack in self.packs.iter().filter(|pack| !pack.is_passed_over) {
                for (position, why) in &pack.forest.lost {
                    first.failed(pack.file.index.id(*position as usize), None, why);
                }
            }
        }
        visitors
    }

    /// Has the packs at these paths passed over by [`Self::walk`]: they were read before, and have not changed.
    pub(in crate::git) fn pass_over(&mut self, is_known: impl Fn(&Path) -> bool) {
        for pack in &mut self.packs {
            pack.is_passed_over = is_known(pack.file.path());
        }
    }

    /// Remembers that an object is outside of the packs, too, so that it must be what its name says. Returns whether
    /// some pack's index lists it. A pack that is passed over does not count: nobody compares its object with its name.
    pub(in crate::git) fn share(&mut self, id: ObjectId) -> bool {
        self.packs.iter_mut().any(|pack| !pack.is_passed_over && pack.share(id.as_bytes()))
    }

    /// The packs with bytes that belong to no object, once all objects have been read.
    pub(crate) fn gaps(&self) -> Vec<PackDamage> {
        self.packs.iter().filter_map(Pack::gaps).collect()
    }

    /// All objects as [`Self::walk`] visits them, each once: bases before what is made from them, depth first.
    pub(in crate::git) fn in_chains(&self) -> Vec<ObjectId> {
        let mut ids = Vec::with_capacity(self.len());
        for pack in &self.packs {
            let mut waiting: Vec<u32> = Vec::new();
            for (root, _) in &pack.forest.roots {
                waiting.push(*root);
                while let Some(entry) = waiting.pop() {
                    let position = pack.forest.position(entry);
                    ids.extend((!pack.is_copy(position)).then(|| pack.file.index.id(position)));
                    // The child with the most below it comes last, so that the others still find their base in a cache.
                    waiting.extend(pack.forest.children(entry).rev().map(|index| pack.forest.child(index)));
                }
            }
        }
        ids
    }

    /// The number of an object, below [`Self::len`].
    #[must_use]
    pub fn number(&self, id: ObjectId) -> Option<u32> {
        self.packs.iter().find_map(|pack| Some(pack.before + pack.file.index.find(id.as_bytes())? as u32))
    }

    /// The numbers of some objects, in order.
    pub fn numbers(&self, names: &[&[u8]], numbers: &mut Vec<Option<u32>>) {
        numbers.clear();
        let mut packs = self.packs.iter();
        if let Some(pack) = packs.next() {
            pack.file.index.find_all(names, |position| {
                numbers.push(position.map(|position| pack.before + position as u32));
            });
        }
        numbers.resize(names.len(), None);
        for pack in packs {
            for (number, name) in numbers.iter_mut().zip(names).filter(|(number, _)| number.is_none()) {
                *number = pack.file.index.find(name).map(|position| pack.before + position as u32);
            }
        }
    }

    /// The name of the object with this number.
    #[must_use]
    pub fn id(&self, number: u32) -> Option<ObjectId> {
        let mut position = number as usize;
        for pack in &self.packs {
            if position < pack.file.index.len() {
                return Some(pack.file.index.id(position));
            }
            position -= pack.file.index.len();
        }
        None
    }

    /// The number of objects. Those in several packs are counted several times.
    #[must_use]
    pub fn len(&self) -> usize {
        self.packs.iter().map(|pack| pack.file.index.len()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
