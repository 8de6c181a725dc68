//! Old blobs under new paths. What is found in a blob depends on its path, so that a scan that passes over what is known must still
//! scan a blob that something new puts elsewhere.

use std::collections::{BTreeSet, HashSet};

use git2::Repository;

use crate::{
    blob::ObjectId,
    git::{
        ObjectKind,
        object::{self, Commit},
        store::Store,
        tree::join,
    },
    locate::Gathered,
    source::SuspectPlaces,
};

/// So much memory may the paths take, in bytes.
const MOST: usize = 64 << 20;

/// What is remembered with each path, in bytes.
const EACH: usize = 64;

/// An old blob, and a new path of it.
pub(super) type MovedBlob = (ObjectId, Vec<u8>);

/// The blobs that are known to be suspects, under each path that has not been scanned: where new commits and `HEAD` have
/// them, and by their name alone where no commit leads to a new directory. `None` if that cannot be told, because a directory
/// cannot be read, or there are too many.
pub(super) fn moved(
    repository: &Repository,
    store: &Store,
    gathered: &Gathered,
    known: &SuspectPlaces,
) -> Option<BTreeSet<MovedBlob>> {
    let mut walk = TreeWalk::new(store, known.blobs().collect());
    // A branch that is checked out now may have been there all along.
    let head = repository.head().ok().and_then(|head| head.target());
    let head = head.and_then(|oid| ObjectId::new(oid.as_bytes())).and_then(|id| store.read(id).ok());
    let head = head.and_then(|(_, bytes)| Commit::parse(&bytes).tree);
    for root in head.into_iter().chain(gathered.trees().filter_map(|number| store.id(number))) {
        walk.read(root)?;
    }
    let mut moved = walk.found;
    for (blob, directory, name) in gathered.held() {
        let is_read = store.id(directory).is_some_and(|directory| walk.read.contains(&directory));
        if walk.suspects.contains(&blob) && !is_read {
            moved.insert((blob, name.to_vec()));
        }
    }
    moved.retain(|(blob, path)| !known.has(*blob, path));
    Some(moved)
}

/// Reads directories from the root, each once under each path.
struct TreeWalk<'a> {
    store: &'a Store,
    suspects: HashSet<ObjectId>,
    found: BTreeSet<MovedBlob>,
    /// The directories under their paths.
    places: HashSet<(ObjectId, Vec<u8>)>,
    /// The directories.
    read: HashSet<ObjectId>,
    /// In bytes.
    memory: usize,
}

impl<'a> TreeWalk<'a> {
    fn new(store: &'a Store, suspects: HashSet<ObjectId>) -> Self {
        Self {
            store,
            suspects,
            found: BTreeSet::new(),
            places: HashSet::new(),
            read: HashSet::new(),
            memory: 0,
        }
    }

    /// Reads what is below a root; `None` if it cannot be read, or is too much.
    fn read(&mut self, root: ObjectId) -> Option<()> {
        let mut waiting = vec![(root, Vec::new())];
        while let Some((directory, prefix)) = waiting.pop() {
            if !self.places.insert((directory, prefix.clone())) {
                continue;
            }
            self.read.insert(directory);
            let bytes = match self.store.read(directory) {
                Ok((ObjectKind::Tree, bytes)) => bytes,
                _ if object::is_empty_tree(directory) => continue,
                _ => return None,
            };
            let is_whole = object::tree(&bytes, self.store.width, |_, entry| {
                let Some(id) = ObjectId::new(entry.id) else { return };
                let is_wanted = entry.is_tree() || self.suspects.contains(&id);
                if !is_wanted || self.memory > MOST {
                    return;
                }
                let path = join(&prefix, entry.name);
                self.memory += path.len() + EACH;
                if entry.is_tree() {
                    waiting.push((id, path));
                } else {
                    self.found.insert((id, path));
                }
            });
            if !is_whole || self.memory > MOST {
                return None;
            }
        }
        Some(())
    }
}
