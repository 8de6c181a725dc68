//! What is done with each object.

use std::ops::Range;

use super::{Look, Searcher};
use crate::{
    blob::{Blob, Content, ObjectId, Origin, SourceKind},
    finding::Scanned,
    git::{
        Kind,
        object::{self, Commit},
        pack::{Base, Object, Visitor},
        store::Store,
    },
};

/// An object that could not be read from its pack, and why.
pub(super) type Failed = (ObjectId, &'static str);

/// Trees without entries are never stored by need: git knows them.
const EMPTY_TREES: [&[u8]; 2] = [
    b"4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    b"6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
];

/// Reads objects into a sink; one a thread.
pub(super) struct Reader<'a, S> {
    sink: S,
    store: &'a Store,
    /// The commits whose parents may be missing, sorted.
    shallow: &'a [ObjectId],
    pub(super) suspects: Vec<ObjectId>,
    pub(super) missing: Vec<ObjectId>,
    pub(super) failed: Vec<Failed>,
}

impl<'a, S: Searcher> Reader<'a, S> {
    pub(super) fn new(sink: S, store: &'a Store, shallow: &'a [ObjectId]) -> Self {
        Self { sink, store, shallow, suspects: Vec::new(), missing: Vec::new(), failed: Vec::new() }
    }

    /// Reads an object by itself and takes it; says why where that fails. `why` is what its pack had against it.
    pub(super) fn read(&mut self, id: ObjectId, why: Option<&str>) -> Option<(ObjectId, String)> {
        match self.store.read(id) {
            Ok((kind, bytes)) => {
                self.take(id, kind, &bytes, None);
                None
            }
            Err(own) => Some((id, why.map_or(own, str::to_owned))),
        }
    }

    fn take(&mut self, id: ObjectId, kind: Kind, bytes: &[u8], base: Option<&[Range<usize>]>) -> bool {
        match kind {
            Kind::Blob => self.blob(id, bytes, base),
            Kind::Tree => {
                self.tree(id, bytes, base);
                true
            }
            Kind::Commit => {
                self.commit(id, bytes);
                true
            }
            Kind::Tag => {
                self.message(id, None, bytes);
                self.sink.count(Scanned { tags: 1, bytes: bytes.len() as u64, ..Scanned::default() });
                let target =
                    bytes.split(|byte| *byte == b'\n').next().and_then(|line| line.strip_prefix(b"object "));
                match target.and_then(ObjectId::from_hex) {
                    Some(target) => self.expect(target),
                    None => self.unsound(id, "is a tag that names no object"),
                }
                true
            }
        }
    }

    /// Says whether what is made from it may be judged by its differences.
    fn blob(&mut self, id: ObjectId, bytes: &[u8], novel: Option<&[Range<usize>]>) -> bool {
        match self.sink.look(bytes, novel) {
            Look::Suspect => {
                self.suspects.push(id);
                false
            }
            look => {
                self.sink.count(Scanned { blobs: 1, bytes: bytes.len() as u64, ..Scanned::default() });
                look == Look::Clean
            }
        }
    }

    /// Scans the names in a folder, and looks whether what they name is there. With `novel`, only entries that the base
    /// does not have.
    fn tree(&mut self, id: ObjectId, bytes: &[u8], novel: Option<&[Range<usize>]>) {
        let Self { sink, store, missing, .. } = self;
        let mut left = novel;
        let is_sound = object::tree(bytes, store.width, |range, entry| {
            if let Some(ranges) = &mut left {
                let done = ranges.iter().take_while(|novel| novel.end <= range.start).count();
                *ranges = &ranges[done..];
                if ranges.first().is_none_or(|novel| novel.start >= range.end) {
                    return;
                }
            }
            sink.name(&Origin { object: Some(id), ..Origin::new(SourceKind::Name, entry.name) });
            if let Some(id) =
                ObjectId::new(entry.id).filter(|id| !entry.is_submodule() && !is_here(store, *id))
            {
                missing.push(id);
            }
        });
        sink.count(Scanned { bytes: bytes.len() as u64, ..Scanned::default() });
        if !is_sound {
            self.unsound(id, "is a folder that is damaged; the names before the damage were scanned");
        }
    }

    fn commit(&mut self, id: ObjectId, bytes: &[u8]) {
        self.message(id, Some(id), bytes);
        self.sink.count(Scanned { commits: 1, bytes: bytes.len() as u64, ..Scanned::default() });
        let commit = Commit::parse(bytes);
        match commit.tree {
            Some(tree) => self.expect(tree),
            None => self.unsound(id, "is a commit without a tree"),
        }
        if self.shallow.binary_search(&id).is_err() {
            commit.parents.into_iter().for_each(|parent| self.expect(parent));
        }
    }

    /// Scans a commit or tag as it is stored: headers, signature and message.
    fn message(&mut self, id: ObjectId, commit: Option<ObjectId>, bytes: &[u8]) {
        if self.sink.look(bytes, None) != Look::Clean {
            let origin = Origin { object: Some(id), commit, ..Origin::new(SourceKind::Message, b"") };
            self.sink.blob(Blob::new(origin, Content::Bytes(bytes)));
        }
    }

    /// Something names this object, so it should be here.
    pub(super) fn expect(&mut self, id: ObjectId) {
        if !is_here(self.store, id) {
            self.missing.push(id);
        }
    }

    fn unsound(&mut self, id: ObjectId, why: &str) {
        self.sink.not_scanned(format!("object {id}").as_bytes(), why.to_owned());
    }
}

fn is_here(store: &Store, id: ObjectId) -> bool {
    store.packs.contains(id)
        || store.loose.binary_search(&id).is_ok()
        || EMPTY_TREES.iter().any(|tree| ObjectId::from_hex(tree) == Some(id))
}

impl<S: Searcher> Visitor for Reader<'_, S> {
    /// Whether what is made from it may be judged by its differences.
    type Mark = bool;

    fn object(&mut self, object: Object<'_, bool>) -> bool {
        let base = object.base.filter(|base: &Base<'_, bool>| base.mark).map(|base| base.novel);
        self.take(object.id, object.kind, object.bytes, base)
    }

    fn failed(&mut self, id: ObjectId, _: Option<Kind>, why: &'static str) {
        self.failed.push((id, why));
    }

    fn elsewhere(&mut self, id: ObjectId) -> Option<(Kind, Vec<u8>)> {
        self.store.read(id).ok()
    }
}
