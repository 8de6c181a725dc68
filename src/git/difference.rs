//! How trees differ. Trees are compared as objects: a tree that names another one many times is read a bounded number
//! of times, and neither depth nor the number of paths uses up the stack or the memory.

use std::collections::{HashMap, HashSet};

use super::{
    object::Mode,
    objects::Objects,
    tree::{PathEntry, Tree, join},
};
use crate::{blob::ObjectId, cold::ColdSort};

/// Directories that were compared already are compared again at their other paths, until this many of their entries
/// were met again. From then on, one path stands for all.
const MOST_REPEATED: usize = 1 << 12;

/// A tree is compared with so many different sets of old trees. After that, all of it is new.
const MOST_COMPARISONS: usize = 64;

/// Longer paths cannot be checked out.
const LONGEST_PATH: usize = 4096;

/// Paths of directories that are longer are kept whole up to this total size, in bytes. Of the others, the end is kept.
const MOST_LONG_PATHS: usize = 8 << 20;

/// The result of comparing trees.
#[derive(Default)]
pub(crate) struct Difference {
    /// Files and links, each with what was at its path in those old trees that had the path.
    pub added: Vec<(PathEntry, Vec<(Mode, ObjectId)>)>,
    /// Directories that could not be compared, and why.
    pub not_read: Vec<(Vec<u8>, String)>,
    /// The new trees that were compared.
    pub trees: Vec<ObjectId>,
}

impl Difference {
    /// Adds the files and links below `new`, a tree at `path`, that differ from all of the old trees: what a commit
    /// introduces, or what a merge adds to its parents. Without old trees, that is everything.
    ///
    /// Directories that are identical in one of the old trees are not read at all.
    pub(crate) fn compare(
        &mut self,
        objects: &Objects<'_>,
        new: ObjectId,
        old: &[Option<ObjectId>],
        path: &[u8],
    ) {
        let names = DirectoryNames::below(path);
        let comparison = Comparison { difference: self, objects, needs_old: false, names };
        comparison.run(new, old.iter().flatten().copied().collect());
    }
}

/// The files and links below `old`, a tree at `path`, whose paths do not exist in `new`. What cannot be compared is
/// left out.
#[must_use]
pub(crate) fn removed(
    objects: &Objects<'_>,
    old: ObjectId,
    new: Option<ObjectId>,
    path: &[u8],
) -> Vec<PathEntry> {
    let mut difference = Difference::default();
    let names = DirectoryNames::below(path);
    let comparison = Comparison { difference: &mut difference, objects, needs_old: true, names };
    comparison.run(old, new.into_iter().collect());
    let files = difference.added.into_iter().filter(|(_, before)| before.is_empty());
    files.map(|(entry, _)| entry).collect()
}

/// A directory that waits to be compared.
struct Pair {
    /// Its place among the names; `None` for the root.
    place: Option<usize>,
    new: ObjectId,
    old: Vec<ObjectId>,
}

/// The name of a directory.
struct DirectoryName {
    /// The place of its parent.
    parent: Option<usize>,
    name: Box<[u8]>,
    /// The length of its path below the root.
    path_length: usize,
}

/// The directories below the root of a comparison.
struct DirectoryNames<'c> {
    root: &'c [u8],
    names: Vec<DirectoryName>,
    /// The total length of long paths that were given out.
    long_paths: usize,
}

impl<'c> DirectoryNames<'c> {
    fn below(root: &'c [u8]) -> Self {
        Self { root, names: Vec::new(), long_paths: 0 }
    }

    fn add(&mut self, parent: Option<usize>, name: &[u8]) -> usize {
        let path_length = parent.map_or(0, |place| self.names[place].path_length) + name.len() + 1;
        self.names.push(DirectoryName { parent, name: name.into(), path_length });
        self.names.len() - 1
    }

    /// The path of a directory for one of its entries, or its end if there are too many long ones. Only that is walked
    /// then, since even the way up takes long.
    fn path(&mut self, place: Option<usize>) -> Vec<u8> {
        let length = self.root.len() + place.map_or(0, |place| self.names[place].path_length);
        let mut most = usize::MAX;
        if length > LONGEST_PATH {
            self.long_paths += length;
            if self.long_paths > MOST_LONG_PATHS {
                most = LONGEST_PATH / 4;
            }
        }
        let mut parts: Vec<&[u8]> = Vec::new();
        let mut taken = 0;
        let mut next = place;
        while let Some(directory) = next.map(|place| &self.names[place]) {
            if taken > most {
                break;
            }
            taken += directory.name.len() + 1;
            parts.push(&directory.name);
            next = directory.parent;
        }
        parts.push(if next.is_some() { b"..." } else { self.root });
        parts.retain(|part| !part.is_empty());
        parts.reverse();
        parts.join(&b'/')
    }
}

struct Comparison<'c> {
    difference: &'c mut Difference,
    objects: &'c Objects<'c>,
    /// A directory is left out if an old tree cannot be read.
    needs_old: bool,
    names: DirectoryNames<'c>,
}

/// What has been compared already.
#[derive(Default)]
struct Compared {
    pairs: HashSet<(ObjectId, Vec<ObjectId>)>,
    /// How often each new tree was compared.
    times: HashMap<ObjectId, usize>,
    /// How many entries of repeated pairs were met.
    repeated: usize,
}

impl Compared {
    /// Whether the pair is to be compared, and whether it was already. It may lose its old trees.
    fn wants(&mut self, pair: &mut Pair) -> (bool, bool) {
        let is_new = self.pairs.insert((pair.new, pair.old.clone()));
        if self.repeated < MOST_REPEATED {
            return (true, !is_new);
        }
        let times = self.times.entry(pair.new).or_default();
        *times += usize::from(is_new);
        if is_new && *times > MOST_COMPARISONS {
            pair.old.clear();
            return (*times == MOST_COMPARISONS + 1, false);
        }
        (is_new, false)
    }
}

impl Comparison<'_> {
    fn run(mut self, new: ObjectId, mut old: Vec<ObjectId>) {
        if old.contains(&new) {
            return;
        }
        let start = self.difference.added.len();
        old.dedup();
        let mut waiting = vec![Pair { place: None, new, old }];
        let mut compared = Compared::default();
        while let Some(mut pair) = waiting.pop() {
            let (is_wanted, is_repeated) = compared.wants(&mut pair);
            if is_wanted {
                let count = self.directory(&pair, &mut waiting);
                compared.repeated += if is_repeated { count + 1 } else { 0 };
            }
        }
        // The order of git's trees.
        self.difference.added[start..].cold_sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    }

    /// Compares the entries of a directory, and lets its directories wait. Returns how many entries differ.
    fn directory(&mut self, pair: &Pair, waiting: &mut Vec<Pair>) -> usize {
        let objects = self.objects;
        let names = &mut self.names;
        let Difference { added, not_read, trees } = &mut *self.difference;
        let mut read = |id: ObjectId| match Tree::read(objects, id) {
            Ok(tree) => Some(tree),
            Err(why) => {
                not_read.push((names.path(pair.place), why));
                None
            }
        };
        let Some(tree) = read(pair.new) else { return 0 };
        trees.push(pair.new);
        let old: Vec<Tree<'_>> = pair.old.iter().filter_map(|id| read(*id)).collect();
        if self.needs_old && old.len() < pair.old.len() {
            return 0;
        }
        let mut count = 0;
        let mut old: Vec<_> = old.iter().map(Tree::listing).collect();
        let mut path = None;
        let mut before = Vec::new();
        for (name, mode, id) in tree.entries() {
            before.clear();
            before.extend(old.iter_mut().filter_map(|tree| tree.take(name)));
            if before.contains(&(mode, id)) {
                continue;
            }
            count += 1;
            if before.len() > 1 {
                before.sort_unstable();
                before.dedup();
            }
            if mode == Mode::Directory {
                let directories = before.iter().filter(|(mode, _)| *mode == Mode::Directory);
                let old = directories.map(|(_, id)| *id).collect();
                let place = names.add(pair.place, name);
                waiting.push(Pair { place: Some(place), new: id, old });
            } else if mode.is_blob() {
                let before = before.iter().filter(|(mode, _)| mode.is_blob()).copied().collect();
                let path = join(path.get_or_insert_with(|| names.path(pair.place)), name);
                added.push((PathEntry { path, mode, id }, before));
            }
        }
        count
    }
}
