//! Locates findings in a history: the commits that contain a secret, where it was introduced and removed, and
//! which refs reach it.
//!
//! Commits and directories are gathered while they are scanned, directories only when there is something to
//! locate. Only which directory contains which is kept, as indices. Everything else follows from that without
//! reading an object again.

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

/// Everything that is known about where the objects of a repository are.
pub struct Location<'a> {
    store: &'a Store,
    /// For each suspect blob, by its id, the directories that contain it, and its name there.
    suspects: HashMap<ObjectId, Vec<Entry>>,
    folders: Folders,
    commits: Commits,
    refs: Vec<Ref>,
    tags: Tags,
    head: Option<ObjectId>,
}

/// A directory, and the name of an entry in it.
type Entry = (u32, Box<[u8]>);

/// A ref and its target.
struct Ref {
    name: Vec<u8>,
    /// The object that it names, which may be a tag.
    target: ObjectId,
    /// The object that remains after peeling all tags.
    peeled: ObjectId,
}

impl<'a> Location<'a> {
    /// Sorts what was gathered from a repository. It can tell the history of suspects and of these objects,
    /// but of no other directory.
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
