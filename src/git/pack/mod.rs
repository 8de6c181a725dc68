//! Reading packs in bulk: every object of a kind, each inflated once. This is what makes a history fast to read;
//! anything it refuses can still be read one by one through libgit2.

mod delta;
mod forest;
mod header;
mod index;
mod inflate;
mod map;
mod queue;
mod single;
mod walk;

use std::path::{Path, PathBuf};

pub use delta::{Changes, Copied, LARGEST, apply};
pub use header::{Content, Header};
pub use walk::{Base, Object, Visitor};

use forest::Forest;
use index::Index;
use map::Mapped;

use super::Kinds;
use crate::blob::ObjectId;

/// Length of what a pack begins with: `PACK`, its version, how many objects it holds.
const HEADER: usize = 12;

/// Why what is made from something that cannot be read cannot be read, either.
pub const LOST_BASE: &str = "is a delta against an object that cannot be read";

const NO_BASE: &str = "is a delta against an object that is not here";

const CIRCLE: &str = "is one of several deltas against each other, so that none can be made";

/// All packs of a repository that can be read.
#[derive(Default)]
pub struct Packs {
    packs: Vec<Pack>,
}

/// One pack, its index, and which of its entries are made from which.
struct Pack {
    path: PathBuf,
    data: Mapped,
    index: Index,
    /// Length of a name, in bytes.
    width: usize,
    forest: Forest,
    /// How many objects the packs before this one have.
    before: u32,
    /// Of each object, by its position in the index, whether a pack before this one has it, too. Empty where none does.
    copies: Vec<bool>,
}

/// What cannot be read of a pack.
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// Why not.
    pub why: String,
}

impl Packs {
    /// Opens packs by the paths of their indexes, in a repository whose names are `width` bytes long, with so many
    /// threads. What cannot be opened is named.
    #[must_use]
    pub fn open(indexes: &[PathBuf], width: usize, threads: usize) -> (Self, Vec<Damage>) {
        let mut packs: Vec<Pack> = Vec::new();
        let mut damages = Vec::new();
        for path in indexes {
            match Pack::open(path, width) {
                Ok(mut pack) => {
                    // What is still whole of a damaged pack is read.
                    damages.extend(pack.check().err());
                    pack.forest = Forest::new(&pack, threads);
                    pack.find_copies(&packs);
                    pack.before = packs.last().map_or(0, |last| last.before + last.index.len() as u32);
                    packs.push(pack);
                }
                Err(damage) => damages.push(damage),
            }
        }
        (Self { packs }, damages)
    }

    /// Visits every object of these kinds once, on so many threads, and returns the visitors. First come the objects
    /// that have no place in a pack where they could be read: those the first visitor is told as failed.
    pub fn walk<V: Visitor>(
        &self,
        kinds: Kinds,
        threads: usize,
        new_visitor: &(impl Fn() -> V + Sync),
    ) -> Vec<V> {
        let mut visitors = walk::walk(&self.packs, kinds, threads, new_visitor);
        if let Some(first) = visitors.first_mut() {
            for pack in &self.packs {
                for (position, why) in &pack.forest.lost {
                    if !pack.is_copy(*position as usize) {
                        first.failed(pack.index.id(*position as usize), None, why);
                    }
                }
            }
        }
        visitors
    }

    /// Whether some pack has the object, by its index.
    #[must_use]
    pub fn contains(&self, id: ObjectId) -> bool {
        self.number(id).is_some()
    }

    /// The number of an object, below [`Self::len`].
    #[must_use]
    pub fn number(&self, id: ObjectId) -> Option<u32> {
        self.packs.iter().find_map(|pack| Some(pack.before + pack.index.find(id.as_bytes())? as u32))
    }

    /// The numbers of some objects, in their order.
    pub fn numbers(&self, names: &[&[u8]], numbers: &mut Vec<Option<u32>>) {
        numbers.clear();
        let mut packs = self.packs.iter();
        if let Some(pack) = packs.next() {
            pack.index.find_all(names, |position| {
                numbers.push(position.map(|position| pack.before + position as u32));
            });
        }
        numbers.resize(names.len(), None);
        for pack in packs {
            for (number, name) in numbers.iter_mut().zip(names).filter(|(number, _)| number.is_none()) {
                *number = pack.index.find(name).map(|position| pack.before + position as u32);
            }
        }
    }

    /// The object of a number.
    #[must_use]
    pub fn id(&self, number: u32) -> Option<ObjectId> {
        let mut position = number as usize;
        for pack in &self.packs {
            if position < pack.index.len() {
                return Some(pack.index.id(position));
            }
            position -= pack.index.len();
        }
        None
    }

    /// How many objects there are, those in several packs counted several times.
    #[must_use]
    pub fn len(&self) -> usize {
        self.packs.iter().map(|pack| pack.index.len()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Pack {
    fn open(index_path: &Path, width: usize) -> Result<Self, Damage> {
        let path = index_path.with_extension("pack");
        let damage = |path: &Path, why: String| Damage { path: path.to_owned(), why };
        let map = Mapped::open(index_path).map_err(|error| damage(index_path, error.to_string()))?;
        let index =
            Index::new(map, width).map_err(|why| damage(index_path, format!("is damaged: it {why}")))?;
        let data = Mapped::open(&path).map_err(|error| damage(&path, error.to_string()))?;
        Ok(Self { path, data, index, width, forest: Forest::empty(), before: 0, copies: Vec::new() })
    }

    /// Whether the pack is whole and the one that the index was made for, as far as its two ends tell.
    fn check(&self) -> Result<(), Damage> {
        let Self { data, index, width, .. } = self;
        let word = |at: usize| {
            data.get(at..at + 4).map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap_or_default()))
        };
        let why = if !data.starts_with(b"PACK") || !matches!(word(4), Some(2 | 3)) {
            "is no pack of a version that is known"
        } else if !data.ends_with(index.of_pack()) || data.len() < HEADER + width {
            "is cut short or damaged, or its index is that of another pack: their checksums differ"
        } else if word(8) != Some(index.len() as u32) {
            "holds another number of objects than its index"
        } else {
            return Ok(());
        };
        Err(Damage { path: self.path.clone(), why: why.to_owned() })
    }

    /// Where the entries end and the checksum begins.
    fn end(&self) -> usize {
        self.data.len().saturating_sub(self.width)
    }

    fn is_copy(&self, position: usize) -> bool {
        self.copies.get(position).is_some_and(|is_copy| *is_copy)
    }

    fn find_copies(&mut self, before: &[Self]) {
        if !before.is_empty() {
            let has = |position| {
                let name = self.index.name(position);
                before.iter().any(|pack| pack.index.find(name).is_some())
            };
            self.copies = (0..self.index.len()).map(has).collect();
        }
    }
}
