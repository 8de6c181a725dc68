//! How trees differ. Trees are compared as objects: a tree that names another one many times is read a bounded number
//! of times, and neither depth nor the number of paths uses up the stack or the memory.

use std::collections::{HashMap, HashSet};

use super::{
    object::Mode,
    objects::Objects,
    tree::{PathEntry, Tree, join},
};
use crate::blob::ObjectId;

/// Directories that were compared already are compared again at their other paths, until this many of their entries
/// were met again. From then on, one path stands for all.
const MOST_REPEATED: usize = 1 << 14;

/// A tree is compared with so many different sets of old trees. After that, all of it is new.
const MOST_COMPARISONS: usize = 64;

/// Longer paths cannot be checked out.
const LONGEST_PATH: usize = 4096;

/// Longer paths are kept whole up to this total size, in bytes. Of the others, the end is kept.
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
        let comparison = Comparison { difference: self, objects, needs_old: false, root: path };
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
    let comparison = Comparison { difference: &mut difference, objects, needs_old: true, root: path };
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

/// A directory's name, and the place of its parent.
type Name = (Option<usize>, Box<[u8]>);

struct Comparison<'c> {
    difference: &'c mut Difference,
    objects: &'c Objects<'c>,
    /// A directory is left out if an old tree cannot be read.
    needs_old: bool,
    /// The path of the trees.
    root: &'c [u8],
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
        let mut names = Vec::new();
        let mut compared = Compared::default();
        let mut long_paths = 0;
        while let Some(mut pair) = waiting.pop() {
            let (is_wanted, is_repeated) = compared.wants(&mut pair);
            if is_wanted {
                let count = self.directory(&pair, &mut names, &mut waiting, &mut long_paths);
                compared.repeated += if is_repeated { count + 1 } else { 0 };
            }
        }
        // The order of git's trees.
        self.difference.added[start..].sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    }

    /// Compares the entries of a directory, and lets its directories wait. Returns how many entries differ.
    fn directory(
        &mut self,
        pair: &Pair,
        names: &mut Vec<Name>,
        waiting: &mut Vec<Pair>,
        long_paths: &mut usize,
    ) -> usize {
        let objects = self.objects;
        let root = self.root;
        let Difference { added, not_read, trees } = &mut *self.difference;
        let mut read = |id: ObjectId| match Tree::read(objects, id) {
            Ok(tree) => Some(tree),
            Err(why) => {
                not_read.push((path_of(root, names, pair.place), why));
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
                names.push((pair.place, name.into()));
                waiting.push(Pair { place: Some(names.len() - 1), new: id, old });
            } else if mode.is_blob() {
                let before = before.iter().filter(|(mode, _)| mode.is_blob()).copied().collect();
                let path = path.get_or_insert_with(|| path_of(root, names, pair.place));
                let path = shortened(join(path, name), long_paths);
                added.push((PathEntry { path, mode, id }, before));
            }
        }
        count
    }
}

/// The path of a directory below the root.
fn path_of(root: &[u8], names: &[Name], place: Option<usize>) -> Vec<u8> {
    let mut parts = Vec::new();
    let mut next = place;
    while let Some((parent, name)) = next.map(|place| &names[place]) {
        parts.push(&**name);
        next = *parent;
    }
    parts.push(root);
    parts.retain(|part| !part.is_empty());
    parts.reverse();
    parts.join(&b'/')
}

/// The path, or its end if there are too many long ones.
fn shortened(path: Vec<u8>, long_paths: &mut usize) -> Vec<u8> {
    if path.len() <= LONGEST_PATH {
        return path;
    }
    *long_paths += path.len();
    if *long_paths <= MOST_LONG_PATHS {
        return path;
    }
    [&b".../"[..], &path[path.len() - LONGEST_PATH / 4..]].concat()
}
