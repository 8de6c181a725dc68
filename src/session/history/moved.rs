//! Old blobs under new paths. What is found in a blob depends on its path, so that a scan that passes over what is known must still
//! scan a blob that something new puts elsewhere.

use std::collections::{BTreeSet, HashMap, HashSet};

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

/// At most so many paths are looked for. Where there are more, the whole history is read.
const MOST: usize = 4096;

/// An old blob, and a new path of it.
pub(super) type MovedBlob = (ObjectId, Vec<u8>);

/// The blobs that are known to be suspects, under each path that has not been scanned: where new commits and `HEAD` have
/// them, and by their name alone where no commit leads to a new directory. `None` if that cannot be told, because a directory
/// cannot be read, or there are too many paths.
pub(super) fn moved(
    repository: &Repository,
    store: &Store,
    gathered: &Gathered,
    known: &SuspectPlaces,
) -> Option<BTreeSet<MovedBlob>> {
    let mut trees = Trees { store, suspects: known.blobs().collect(), entries: HashMap::new() };
    // A branch that is checked out now may have been there all along.
    let head = repository.head().ok().and_then(|head| head.target());
    let head = head.and_then(|oid| ObjectId::new(oid.as_bytes())).and_then(|id| store.read(id).ok());
    let head = head.and_then(|(_, bytes)| Commit::parse(&bytes).tree);
    let roots = head.into_iter().chain(gathered.trees().filter_map(|number| store.id(number)));
    let roots: BTreeSet<ObjectId> = roots.collect();
    roots.iter().try_for_each(|root| trees.read(*root))?;
    let mut moved = trees.paths(&roots)?;
    for (blob, directory, name) in gathered.held() {
        let is_read = store.id(directory).is_some_and(|directory| trees.entries.contains_key(&directory));
        if trees.suspects.contains(&blob) && !is_read {
            moved.insert((blob, name.to_vec()));
        }
    }
    moved.retain(|(blob, path)| !known.has(*blob, path));
    Some(moved)
}

/// Directories, each of which is read once, and what of them matters: other directories and suspects.
struct Trees<'a> {
    store: &'a Store,
    suspects: HashSet<ObjectId>,
    entries: HashMap<ObjectId, Vec<Entry>>,
}

/// An entry of a directory that is a directory itself, or a suspect.
struct Entry {
    name: Box<[u8]>,
    id: ObjectId,
    is_tree: bool,
}

impl Trees<'_> {
    /// Reads what is below a directory; `None` if it cannot be read.
    fn read(&mut self, root: ObjectId) -> Option<()> {
        let mut waiting = vec![root];
        while let Some(directory) = waiting.pop() {
            if self.entries.contains_key(&directory) {
                continue;
            }
            let bytes = match self.store.read(directory) {
                Ok((ObjectKind::Tree, bytes)) => bytes,
                _ if object::is_empty_tree(directory) => Vec::new(),
                _ => return None,
            };
            let mut entries = Vec::new();
            let is_whole = object::tree(&bytes, self.store.width, |_, entry| {
                let Some(id) = ObjectId::new(entry.id) else { return };
                let is_tree = entry.is_tree();
                if is_tree || self.suspects.contains(&id) {
                    entries.push(Entry { name: entry.name.into(), id, is_tree });
                }
            });
            if !is_whole {
                return None;
            }
            waiting.extend(entries.iter().filter(|entry| entry.is_tree).map(|entry| entry.id));
            self.entries.insert(directory, entries);
        }
        Some(())
    }

    /// The directories with a suspect in them or below.
    fn holding(&self) -> HashSet<ObjectId> {
        let mut above: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
        let mut waiting = Vec::new();
        for (directory, entries) in &self.entries {
            for entry in entries {
                match entry.is_tree {
                    true => above.entry(entry.id).or_default().push(*directory),
                    false => waiting.push(*directory),
                }
            }
        }
        let mut holding = HashSet::new();
        while let Some(directory) = waiting.pop() {
            if holding.insert(directory) {
                waiting.extend(above.get(&directory).into_iter().flatten());
            }
        }
        holding
    }

    /// All paths of suspects from these roots; `None` if there are too many.
    fn paths(&self, roots: &BTreeSet<ObjectId>) -> Option<BTreeSet<MovedBlob>> {
        let holding = self.holding();
        let mut seen: HashSet<(ObjectId, Vec<u8>)> = HashSet::new();
        let mut found = BTreeSet::new();
        let mut waiting: Vec<(ObjectId, Vec<u8>)> =
            roots.iter().filter(|root| holding.contains(root)).map(|root| (*root, Vec::new())).collect();
        while let Some((directory, prefix)) = waiting.pop() {
            for entry in self.entries.get(&directory).into_iter().flatten() {
                let path = || join(&prefix, &entry.name);
                if !entry.is_tree {
                    found.insert((entry.id, path()));
                } else if holding.contains(&entry.id) && seen.insert((entry.id, path())) {
                    waiting.push((entry.id, path()));
                }
            }
            // Each directory that waits leads to a suspect.
            if found.len() + waiting.len() > MOST {
                return None;
            }
        }
        Some(found)
    }
}
