//! What happens to each object.

use std::ops::Range;

use super::searcher::{Searcher, TriageResult};
use crate::{
    blob::{AnchorKinds, Blob, Content, ObjectId, Origin, SourceKind},
    finding::Scanned,
    git::{
        self, Entries, HistoryObserver, ObjectKind,
        object::{Commit, Tag, is_empty_tree},
        pack::{CopiedRange, DeltaBase, Object, Visitor},
        store::{NumberCache, Store},
    },
};

/// An object that could not be read from its pack, and why.
pub(super) type FailedObject = (ObjectId, &'static str);

/// Reads objects into a sink, one reader per thread.
pub(super) struct ObjectReader<'a, S, B> {
    sink: S,
    /// Observes the commits and directories in packs, too.
    pub(super) observer: Option<B>,
    store: &'a Store,
    numbers: NumberCache<'a>,
    /// The commits whose parents may be missing, sorted.
    shallow: &'a [ObjectId],
    /// The parents of a commit; the buffer is reused.
    parents: Vec<u32>,
    pub(super) suspects: Vec<ObjectId>,
    pub(super) missing: Vec<ObjectId>,
    pub(super) failed: Vec<FailedObject>,
}

impl<'a, S: Searcher, B: HistoryObserver> ObjectReader<'a, S, B> {
    pub(super) fn new(sink: S, store: &'a Store, shallow: &'a [ObjectId], observer: Option<B>) -> Self {
        Self {
            sink,
            observer,
            store,
            numbers: NumberCache::new(store),
            shallow,
            parents: Vec::new(),
            suspects: Vec::new(),
            missing: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Reads a single object and processes it. Returns why if that fails. `why` is the reason that reading it from its
    /// pack failed.
    pub(super) fn read(&mut self, id: ObjectId, why: Option<&str>) -> Option<(ObjectId, String)> {
        match self.store.read(id) {
            Ok((kind, bytes)) => {
                self.take(id, None, kind, &bytes, None);
                None
            }
            Err(own) => Some((id, why.map_or(own, str::to_owned))),
        }
    }

    /// Processes an object. It has a number if it was read from its pack.
    fn take(
        &mut self,
        id: ObjectId,
        number: Option<u32>,
        kind: ObjectKind,
        bytes: &[u8],
        base: Option<DeltaBase<'_, ObjectMark>>,
    ) -> ObjectMark {
        match kind {
            ObjectKind::Blob => {
                let base = base.and_then(|base| match base.mark {
                    ObjectMark::Clean(anchor_kinds) => {
                        Some((&base.changes.changed_ranges[..], *anchor_kinds))
                    }
                    _ => None,
                });
                self.blob(id, bytes, base)
            }
            ObjectKind::Tree => {
                let base = base.and_then(|base| match base.mark {
                    ObjectMark::Tree(entries) => Some((entries, &base.changes.copied[..])),
                    _ => None,
                });
                self.tree(id, number, bytes, base)
            }
            ObjectKind::Commit => {
                self.commit(id, number, bytes);
                ObjectMark::Unsure
            }
            ObjectKind::Tag => {
                self.message(id, None, bytes);
                self.sink.count(Scanned { tags: 1, bytes: bytes.len() as u64, ..Scanned::default() });
                if Tag::parse(bytes).target.map(|target| self.expect(target)).is_none() {
                    self.unsound(id, "is a tag that names no object");
                }
                ObjectMark::Unsure
            }
        }
    }

    fn blob(
        &mut self,
        id: ObjectId,
        bytes: &[u8],
        base: Option<(&[Range<usize>], AnchorKinds)>,
    ) -> ObjectMark {
        let look = self.sink.look(bytes, base);
        if look == TriageResult::Suspect {
            self.suspects.push(id);
        } else {
            self.sink.count(Scanned { blobs: 1, bytes: bytes.len() as u64, ..Scanned::default() });
        }
        if let TriageResult::Clean(anchor_kinds) = look {
            ObjectMark::Clean(anchor_kinds)
        } else {
            ObjectMark::Unsure
        }
    }

    /// Scans the names in a directory, and checks that the objects they refer to exist. Entries already in its base are
    /// skipped.
    fn tree(
        &mut self,
        id: ObjectId,
        number: Option<u32>,
        bytes: &[u8],
        base: Option<(&Entries, &[CopiedRange])>,
    ) -> ObjectMark {
        let Self { sink, store, numbers, missing, .. } = self;
        // The observer only takes what was read from packs.
        let mut observer = self.observer.as_mut().zip(number);
        let entries = git::entries(bytes, base, store.width, |new, values| {
            for (entry, number) in new.iter().zip(numbers.get(new.iter().map(|entry| entry.id))) {
                sink.name(&Origin { object: Some(id), ..Origin::new(SourceKind::Name, entry.name) });
                if number.is_none() && !entry.is_submodule() {
                    missing.extend(ObjectId::new(entry.id).filter(|id| !is_empty_tree(*id)));
                }
                values.push(observer.as_mut().and_then(|(observer, _)| observer.entry(entry, *number)));
            }
        });
        sink.directory(bytes.len() as u64);
        match entries {
            Some(entries) => {
                if let Some((observer, number)) = observer {
                    observer.directory(number, bytes, &entries);
                }
                ObjectMark::Tree(entries)
            }
            None => {
                self.unsound(id, "is a damaged directory; the names before the damage were scanned");
                ObjectMark::Unsure
            }
        }
    }

    fn commit(&mut self, id: ObjectId, number: Option<u32>, bytes: &[u8]) {
        self.message(id, Some(id), bytes);
        self.sink.count(Scanned { commits: 1, bytes: bytes.len() as u64, ..Scanned::default() });
        let commit = Commit::parse(bytes);
        if commit.tree.is_none() {
            self.unsound(id, "is a commit without a tree");
        } else if !commit.is_sound {
            self.unsound(id, "is a commit whose parents cannot be read");
        }
        let is_last = self.shallow.binary_search(&id).is_ok();
        let names = commit.tree.iter().chain(&commit.parents).map(ObjectId::as_bytes);
        let (trees, parents) = self.numbers.get(names).split_at(commit.tree.iter().len());
        for (known, tree) in trees.iter().zip(commit.tree) {
            expect(*known, tree, &mut self.missing);
        }
        self.parents.clear();
        for (known, parent) in parents.iter().zip(&commit.parents) {
            self.parents.extend(known);
            if !is_last {
                expect(*known, *parent, &mut self.missing);
            }
        }
        if let Some((observer, number)) = self.observer.as_mut().zip(number) {
            observer.commit(number, &commit, trees.first().copied().flatten(), &self.parents);
        }
    }

    /// Scans a commit or tag as it is stored: headers, signature and message.
    fn message(&mut self, id: ObjectId, commit: Option<ObjectId>, bytes: &[u8]) {
        if !matches!(self.sink.look(bytes, None), TriageResult::Clean(_)) {
            let origin = Origin { object: Some(id), commit, ..Origin::new(SourceKind::Message, b"") };
            self.sink.blob(Blob::new(origin, Content::Bytes(bytes)));
        }
    }

    /// Another object refers to this one, so it should exist.
    pub(super) fn expect(&mut self, id: ObjectId) {
        expect(self.store.number(id), id, &mut self.missing);
    }

    fn unsound(&mut self, id: ObjectId, why: &str) {
        self.sink.not_scanned(format!("object {id}").as_bytes(), why.to_owned());
    }
}

/// Adds an object to the missing ones if it has no number.
fn expect(number: Option<u32>, id: ObjectId, missing: &mut Vec<ObjectId>) {
    if number.is_none() && !is_empty_tree(id) {
        missing.push(id);
    }
}

/// What is remembered about an object for those that are made from it.
#[derive(Clone)]
pub(super) enum ObjectMark {
    /// It contains nothing but these anchor kinds, and objects made from it may be judged by their differences.
    Clean(AnchorKinds),
    /// Objects made from it must be read whole.
    Unsure,
    /// The entries of a tree that has been read.
    Tree(Entries),
}

impl<S: Searcher, B: HistoryObserver> Visitor for ObjectReader<'_, S, B> {
    type Mark = ObjectMark;

    fn object(&mut self, object: Object<'_, ObjectMark>) -> ObjectMark {
        self.take(object.id, Some(object.number), object.kind, object.bytes, object.base)
    }

    fn failed(&mut self, id: ObjectId, _: Option<ObjectKind>, why: &'static str) {
        self.failed.push((id, why));
        if let Some(observer) = &mut self.observer {
            observer.failed(id);
        }
    }

    fn elsewhere(&mut self, id: ObjectId) -> Option<(ObjectKind, Vec<u8>)> {
        self.store.read(id).ok()
    }
}
