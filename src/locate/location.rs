//! Where the objects of a repository are.

use std::collections::HashMap;

use git2::Repository;

use super::{commits::CommitTable, gather::Gathered, graph::DirectoryGraph, tags::Tags};
use crate::{
    blob::ObjectId,
    git::{self, store::Store},
};

/// Everything that is known about where the objects of a repository are.
pub(crate) struct ObjectLocations<'a> {
    pub(super) store: &'a Store,
    /// For each suspect blob, by its id, the directories that contain it, and its name there.
    pub(super) suspects: HashMap<ObjectId, Vec<ParentEntry>>,
    pub(super) directories: DirectoryGraph,
    pub(super) commits: CommitTable,
    pub(super) refs: Vec<Ref>,
    pub(super) tags: Tags,
    pub(super) head: Option<ObjectId>,
}

/// A directory, and the name of an entry in it.
pub(super) type ParentEntry = (u32, Box<[u8]>);

/// A ref and its target.
pub(super) struct Ref {
    pub(super) name: Vec<u8>,
    /// The object that it names, which may be a tag.
    pub(super) target: ObjectId,
    /// The object that remains after peeling all tags.
    pub(super) peeled: ObjectId,
}

impl<'a> ObjectLocations<'a> {
    /// Sorts what was gathered from a repository. It can tell the history of suspects and of these objects,
    /// but of no other directory.
    #[must_use]
    pub(crate) fn new(
        repository: &Repository,
        store: &'a Store,
        gathered: Gathered,
        objects: &[ObjectId],
    ) -> Self {
        let Gathered { suspects, edges, held, commits } = gathered;
        let named = objects.iter().filter_map(|id| store.number(*id));
        let wanted = held.iter().map(|(_, directory, _)| *directory).chain(named);
        let directories = DirectoryGraph::new(store.len(), edges, wanted);
        let commits = CommitTable::new(commits, store);
        let mut by_name: HashMap<ObjectId, Vec<ParentEntry>> = HashMap::new();
        for (suspect, directory, name) in held {
            by_name.entry(suspects[suspect as usize]).or_default().push((directory, name));
        }
        let refs = git::refs(repository).unwrap_or_default().into_iter();
        let mut tags = Tags::default();
        let peel = |(name, target)| Ref { name, target, peeled: tags.peel(store, &commits, target) };
        let refs = refs.map(peel).collect();
        let head = repository.head().ok().and_then(|head| head.target());
        let head = head.and_then(|oid| ObjectId::new(oid.as_bytes()));
        Self { store, suspects: by_name, directories, commits, refs, tags, head }
    }
}
