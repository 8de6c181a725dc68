//! How the index differs from the tree of `HEAD`: what the next commit would contain.

use std::ops::Range;

use memchr::memchr;

use super::{
    difference::{self, Difference},
    index::{CachedTree, Index},
    object::Mode,
    objects::Objects,
    tree::{PathEntry, Tree, join},
};
use crate::{blob::ObjectId, cold::ColdSort};

/// What committing the index would change.
#[derive(Default)]
pub(crate) struct StagedChanges {
    /// Files and links, each with what `HEAD` has at its path, and directories that could not be compared.
    pub difference: Difference,
    /// What `HEAD` has and the index no longer does. A directory stands for everything in it that is not in the
    /// accompanying tree, which replaced it.
    pub removed: Vec<(PathEntry, Option<ObjectId>)>,
    /// Paths with conflicts. Git would not commit them.
    pub unmerged: Vec<Vec<u8>>,
}

impl StagedChanges {
    /// Compares the index with a tree. Without one, before the first commit, everything is new.
    #[must_use]
    pub(crate) fn compare(index: &Index, objects: &Objects<'_>, head: Option<ObjectId>) -> Self {
        let mut comparison = IndexComparison { index, objects, staged: Self::default() };
        let cache = index.cache();
        let mut waiting =
            vec![IndexDirectory { entries: 0..index.entries().len(), path_length: 0, head, cache }];
        while let Some(directory) = waiting.pop() {
            comparison.directory(directory, &mut waiting);
        }
        let mut staged = comparison.staged;
        // The order of the index.
        staged.difference.added.cold_sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        staged.removed.cold_sort();
        staged.unmerged.cold_sort();
        staged.unmerged.dedup();
        staged
    }

    /// The files and links that a commit would remove, one by one. Unreadable directories are skipped.
    #[must_use]
    pub(crate) fn removed_files(&self, objects: &Objects<'_>) -> Vec<PathEntry> {
        let mut files = Vec::new();
        for (entry, now) in &self.removed {
            if entry.mode == Mode::Directory {
                files.extend(difference::removed(objects, entry.id, *now, &entry.path));
            } else if entry.mode.is_blob() {
                files.push(entry.clone());
            }
        }
        files
    }

    /// Whether a commit would change nothing.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.difference.added.is_empty() && self.removed.is_empty() && self.unmerged.is_empty()
    }
}

/// Longer paths of what is removed are not kept: no file of a work tree can have been there.
const LONGEST_REMOVED: usize = 4096;

/// A directory of the index that waits to be compared.
struct IndexDirectory<'c> {
    entries: Range<usize>,
    /// Its path is the start of that of its entries.
    path_length: usize,
    /// What `HEAD` has there.
    head: Option<ObjectId>,
    cache: Option<&'c CachedTree>,
}

struct IndexComparison<'a> {
    index: &'a Index,
    objects: &'a Objects<'a>,
    staged: StagedChanges,
}

impl<'a> IndexComparison<'a> {
    /// Compares the entries of a directory with its tree, and lets its directories wait. A directory with an identical
    /// cached tree is skipped.
    fn directory(&mut self, directory: IndexDirectory<'a>, waiting: &mut Vec<IndexDirectory<'a>>) {
        let IndexDirectory { entries, path_length, head, cache } = directory;
        let index = self.index;
        let path = index.entries()[entries.clone()]
            .first()
            .map_or(&b""[..], |entry| &index.name(entry)[..path_length]);
        let cached = cache.and_then(|cache| cache.tree).filter(|(count, _)| *count == entries.len());
        if cached.is_some() && cached.map(|(_, id)| id) == head {
            return;
        }
        let tree = head.map(|id| Tree::read(self.objects, id)).transpose().unwrap_or_else(|why| {
            self.staged.difference.not_read.push((path.to_owned(), why));
            None
        });
        let mut before = tree.as_ref().map(Tree::listing).unwrap_or_default();
        let name_start = if path.is_empty() { 0 } else { path.len() + 1 };
        let mut at = entries.start;
        while at < entries.end {
            let entry = &index.entries()[at];
            let name = &index.name(entry)[name_start..];
            let Some(length) = memchr(b'/', name) else {
                at += 1;
                if entry.stage != 0 {
                    self.staged.unmerged.push(index.name(entry).to_owned());
                    before.take(name);
                } else if !entry.is_intent {
                    self.file(join(path, name), (entry.mode, index.id(entry)), before.take(name));
                }
                continue;
            };
            let (directory, rest) = (&name[..length], &name[length + 1..]);
            let old = before.take(directory);
            let old_tree = old.filter(|(mode, _)| *mode == Mode::Directory).map(|(_, id)| id);
            if let Some((mode, id)) = old.filter(|_| old_tree.is_none()) {
                self.removed(join(path, directory), mode, id, None);
            }
            let path = &index.name(entry)[..name_start + length];
            if rest.is_empty() {
                // A directory outside of a sparse checkout, which stands for everything in it.
                at += 1;
                let new = index.id(entry);
                self.staged.difference.compare(self.objects, new, &[old_tree], path);
                if let Some(id) = old_tree.filter(|old| *old != new) {
                    self.removed(path.to_owned(), Mode::Directory, id, Some(new));
                }
            } else {
                let cache = cache.and_then(|cache| cache.child(directory));
                let end = self.end(at..entries.end, path, cache);
                let path_length = path.len();
                waiting.push(IndexDirectory { entries: at..end, path_length, head: old_tree, cache });
                at = end;
            }
        }
        for (name, mode, id) in before.rest() {
            self.removed(join(path, name), mode, id, None);
        }
    }

    fn removed(&mut self, path: Vec<u8>, mode: Mode, id: ObjectId, now: Option<ObjectId>) {
        if path.len() <= LONGEST_REMOVED {
            self.staged.removed.push((PathEntry { path, mode, id }, now));
        }
    }

    fn file(&mut self, path: Vec<u8>, now: (Mode, ObjectId), before: Option<(Mode, ObjectId)>) {
        let (mode, id) = now;
        if before == Some(now) {
            return;
        }
        if let Some((mode, id)) = before.filter(|(mode, _)| *mode == Mode::Directory) {
            self.removed(path.clone(), mode, id, None);
        }
        if mode.is_blob() {
            let before = before.into_iter().filter(|(mode, _)| mode.is_blob()).collect();
            self.staged.difference.added.push((PathEntry { path, mode, id }, before));
        }
    }

    /// The end of the entries of the directory at `path`, which begin at the start of `rest`.
    fn end(&self, rest: Range<usize>, path: &[u8], cache: Option<&CachedTree>) -> usize {
        let entries = &self.index.entries()[rest.clone()];
        let is_inside = |at: usize| {
            let name = self.index.name(&entries[at]);
            name.get(path.len()) == Some(&b'/') && name.starts_with(path)
        };
        // Ask the cache first, to skip whole directories.
        let cached = cache.and_then(|cache| cache.tree).map(|(count, _)| count);
        if let Some(count) = cached.filter(|count| (1..=entries.len()).contains(count))
            && is_inside(count - 1)
            && !(count < entries.len() && is_inside(count))
        {
            return rest.start + count;
        }
        rest.start
            + entries.partition_point(|entry| {
                let name = self.index.name(entry);
                name.get(path.len()) == Some(&b'/') && name.starts_with(path)
            })
    }
}
