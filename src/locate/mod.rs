//! The life of what was found: which commits hold it, where it came in and went out, and which refs lead to it.
//!
//! Commits and folders are gathered while they are scanned, folders only when there is something to locate. What is kept
//! is which folder is in which, as numbers, and nothing else; from that follows the rest without looking at an object
//! again.

mod commits;
mod date;
mod gather;
mod graph;
mod life;
mod paths;
mod rows;
mod tags;

pub use date::parse as parse_date;
pub use gather::{FolderReader, Gathered, Gatherer};
pub use life::{Event, Life};
pub use paths::Place;
pub use rows::CommitReader;

use std::collections::HashMap;

use git2::Repository;

use crate::{
    blob::ObjectId,
    git::{self, store::Store},
};

use commits::Commits;
use graph::Folders;
use tags::Tags;

/// All that is known of where the objects of a repository are.
pub struct Location<'a> {
    store: &'a Store,
    /// Of each suspect blob, by its name, the folders that it is in, and what it is called there.
    suspects: HashMap<ObjectId, Vec<Entry>>,
    folders: Folders,
    commits: Commits,
    refs: Vec<Ref>,
    tags: Tags,
    head: Option<ObjectId>,
}

/// A folder, and the name of something in it.
type Entry = (u32, Box<[u8]>);

/// A ref and what it leads to.
struct Ref {
    name: Vec<u8>,
    /// The object it names, which may be a tag.
    target: ObjectId,
    /// The object behind all tags.
    peeled: ObjectId,
}

impl<'a> Location<'a> {
    /// Sorts out what was gathered of a repository. It knows the life of suspects and of these objects, and of no other
    /// folder.
    #[must_use]
    pub fn new(repository: &Repository, store: &'a Store, gathered: Gathered, objects: &[ObjectId]) -> Self {
        let Gathered { suspects, edges, held, commits } = gathered;
        let named = objects.iter().filter_map(|id| store.number(*id));
        let wanted = held.iter().map(|(_, folder, _)| *folder).chain(named);
        let folders = Folders::new(store.len(), edges, wanted);
        let commits = Commits::new(commits, store);
        let mut by_name: HashMap<ObjectId, Vec<Entry>> = HashMap::new();
        for (suspect, folder, name) in held {
            by_name.entry(suspects[suspect as usize]).or_default().push((folder, name));
        }
        let refs = git::refs(repository).unwrap_or_default().into_iter();
        let mut tags = Tags::default();
        let peel = |(name, target)| Ref { name, target, peeled: tags.peel(store, &commits, target) };
        let refs = refs.map(peel).collect();
        let head = repository.head().ok().and_then(|head| head.target());
        let head = head.and_then(|oid| ObjectId::new(oid.as_bytes()));
        Self { store, suspects: by_name, folders, commits, refs, tags, head }
    }
}
