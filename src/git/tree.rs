//! Trees: what they contain.

use std::collections::HashMap;

use git2::ObjectType;

use super::{
    object,
    objects::{Objects, ReadObject},
};
use crate::blob::ObjectId;

pub(crate) use object::Mode;

/// A path, and what is at it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PathEntry {
    /// Relative to the root of the work tree.
    pub path: Vec<u8>,
    /// What kind of entry it is.
    pub mode: Mode,
    /// Its object.
    pub id: ObjectId,
}

/// A tree that has been read.
pub(crate) struct Tree<'r> {
    object: ReadObject<'r>,
    hash_length: usize,
}

impl<'r> Tree<'r> {
    /// Reads a tree.
    ///
    /// # Errors
    /// Why it cannot be read, and what to do about it.
    pub(crate) fn read(objects: &'r Objects<'_>, id: ObjectId) -> Result<Self, String> {
        let tree = Self { object: objects.read(id, ObjectType::Tree)?, hash_length: id.as_bytes().len() };
        if !object::tree(tree.object.data(), tree.hash_length, |_, _| {}) {
            return Err(format!("tree {id} is damaged: run `git fsck`"));
        }
        Ok(tree)
    }

    /// The entries in git's order, in which directories sort as if their names ended with `/`.
    pub(crate) fn entries(&self) -> impl Iterator<Item = RawEntry<'_>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let (end, entry) = object::tree_entry(self.object.data(), at, self.hash_length)?;
            at = end;
            Some((entry.name, entry.mode(), ObjectId::new(entry.id)?))
        })
    }

    /// The entries, for lookup by name.
    #[must_use]
    pub(crate) fn listing(&self) -> Listing<'_> {
        Listing { entries: self.entries().collect(), ..Listing::default() }
    }
}

/// The entries of a tree, each of which is taken at most once. Callers compare two trees, or the index with a tree, and
/// ask in roughly the order of the entries. So the next entry is tried before a table is built.
#[derive(Default)]
pub(crate) struct Listing<'t> {
    entries: Vec<RawEntry<'t>>,
    taken: Vec<bool>,
    next: usize,
    places: Option<HashMap<&'t [u8], usize>>,
}

impl<'t> Listing<'t> {
    /// Takes the entry with this name.
    pub(crate) fn take(&mut self, name: &[u8]) -> Option<(Mode, ObjectId)> {
        let at = match self.entries.get(self.next) {
            Some((next, ..)) if *next == name => self.next,
            _ => {
                let entries = &self.entries;
                let places = self.places.get_or_insert_with(|| {
                    entries.iter().enumerate().map(|(at, (name, ..))| (*name, at)).collect()
                });
                *places.get(name)?
            }
        };
        self.next = at + 1;
        self.taken.resize(self.entries.len(), false);
        let (_, mode, id) = self.entries[at];
        (!std::mem::replace(&mut self.taken[at], true)).then_some((mode, id))
    }

    /// The entries that have not been taken.
    pub(crate) fn rest(self) -> impl Iterator<Item = RawEntry<'t>> {
        let taken = self.taken;
        let is_left = move |at: usize| !taken.get(at).copied().unwrap_or(false);
        self.entries.into_iter().enumerate().filter(move |(at, _)| is_left(*at)).map(|(_, entry)| entry)
    }
}

/// What is at a path below a tree; `None` if there is nothing.
///
/// # Errors
/// When a tree on the path cannot be read.
pub(crate) fn at(
    objects: &Objects<'_>,
    tree: ObjectId,
    path: &[u8],
) -> Result<Option<(Mode, ObjectId)>, String> {
    let mut here = (Mode::Directory, tree);
    for name in path.split(|byte| *byte == b'/') {
        if here.0 != Mode::Directory {
            return Ok(None);
        }
        let tree = Tree::read(objects, here.1)?;
        let found = tree.entries().find(|(own, ..)| *own == name).map(|(_, mode, id)| (mode, id));
        let Some(found) = found else { return Ok(None) };
        here = found;
    }
    Ok(Some(here))
}

/// The path of something in a directory. The path of the root is empty.
#[must_use]
pub(crate) fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    if directory.is_empty() { name.to_owned() } else { [directory, b"/", name].concat() }
}

/// An entry with its name, as stored in the tree.
pub(crate) type RawEntry<'t> = (&'t [u8], Mode, ObjectId);
