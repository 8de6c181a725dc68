//! Reads folders and commits in bulk.

use std::collections::HashMap;

use super::{commits::NONE, date};
use crate::{
    blob::ObjectId,
    git::{
        self, Kind, Kinds, Known,
        object::{self, Commit},
        pack::{Copied, Object, Visitor},
        store::{Numbers, Store},
    },
};

/// The value of an entry that is neither a folder nor suspect.
const OTHER: u32 = u32::MAX;

/// Set in the value of an entry that is suspect.
const SUSPECT: u32 = 1 << 31;

/// A commit in numbers.
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) tree: u32,
    pub(super) parents: Box<[u32]>,
    pub(super) time: i64,
}

/// What was read.
#[derive(Default)]
pub struct Gathered {
    /// The suspects, by their numbers.
    pub(super) suspects: Vec<ObjectId>,
    /// Pairs of a folder and one in it; one list a thread.
    pub(super) edges: Vec<Vec<(u32, u32)>>,
    /// Which suspect is in which folder, and what it is called there.
    pub(super) held: Vec<(u32, u32, Box<[u8]>)>,
    pub(super) commits: Vec<Row>,
}

/// Reads folders and commits, to locate suspects. What cannot be read is named by whoever scans them.
pub struct Gatherer<'a> {
    store: &'a Store,
    suspects: Suspects,
}

impl<'a> Gatherer<'a> {
    /// Will locate these.
    #[must_use]
    pub fn new(store: &'a Store, suspects: &[ObjectId]) -> Self {
        Self { store, suspects: Suspects::new(suspects) }
    }

    /// Takes folders and commits; one a thread.
    #[must_use]
    pub fn reader(&self) -> FolderReader<'_> {
        FolderReader {
            store: self.store,
            suspects: &self.suspects,
            numbers: Numbers::new(self.store),
            edges: Vec::new(),
            held: Vec::new(),
            commits: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Takes what the readers have, which have seen all folders in packs unless there are none, and reads what is left.
    #[must_use]
    pub fn finish(&self, readers: Vec<FolderReader<'_>>, threads: usize) -> Gathered {
        let is_new = readers.is_empty();
        let kinds: &[Kind] = if is_new { &[Kind::Tree, Kind::Commit] } else { &[Kind::Commit] };
        let mut readers = readers;
        readers.extend(self.store.packs.walk(Kinds::of(kinds), threads, &|| self.reader()));
        let mut failed: Vec<ObjectId> =
            readers.iter_mut().flat_map(|reader| std::mem::take(&mut reader.failed)).collect();
        failed.sort_unstable();
        failed.dedup();
        let mut last = self.reader();
        for id in failed.into_iter().chain(self.store.loose.iter().copied()) {
            if let (Some(number), Some((kind, bytes))) = (self.store.number(id), last.elsewhere(id)) {
                last.take(number, kind, &bytes, None);
            }
        }
        readers.push(last);
        let mut gathered = Gathered { suspects: self.suspects.ids.clone(), ..Gathered::default() };
        for mut reader in readers {
            gathered.edges.push(reader.edges);
            gathered.held.append(&mut reader.held);
            gathered.commits.append(&mut reader.commits);
        }
        gathered.held.sort_unstable();
        gathered
    }
}

/// The suspects by name, behind a small table that says of nearly all others that they are none.
struct Suspects {
    ids: Vec<ObjectId>,
    numbers: HashMap<ObjectId, u32>,
    /// A bit for every value of the first two bytes of a name.
    table: Box<[u64; 1024]>,
}

impl Suspects {
    fn new(suspects: &[ObjectId]) -> Self {
        let mut table = Box::new([0; 1024]);
        for id in suspects {
            let bit = Self::bit(id.as_bytes());
            table[bit / 64] |= 1 << (bit % 64);
        }
        Self { ids: suspects.to_vec(), numbers: suspects.iter().copied().zip(0..).collect(), table }
    }

    fn bit(id: &[u8]) -> usize {
        usize::from(id[0]) << 8 | usize::from(id[1])
    }

    #[inline]
    fn number(&self, id: &[u8]) -> Option<u32> {
        let bit = Self::bit(id);
        if self.table[bit / 64] & 1 << (bit % 64) == 0 {
            return None;
        }
        self.numbers.get(&ObjectId::new(id)?).copied()
    }
}

/// Takes folders and commits on one thread.
pub struct FolderReader<'a> {
    store: &'a Store,
    suspects: &'a Suspects,
    numbers: Numbers<'a>,
    edges: Vec<(u32, u32)>,
    held: Vec<(u32, u32, Box<[u8]>)>,
    commits: Vec<Row>,
    failed: Vec<ObjectId>,
}

impl FolderReader<'_> {
    fn take(&mut self, number: u32, kind: Kind, bytes: &[u8], base: Base<'_>) -> Option<Vec<Known>> {
        match kind {
            Kind::Tree => self.folder(number, bytes, base),
            Kind::Commit => {
                let commit = Commit::parse(bytes);
                let tree = commit.tree.and_then(|tree| self.numbers.get(tree.as_bytes()));
                let parents = commit.parents.iter().filter_map(|parent| self.numbers.get(parent.as_bytes()));
                self.commits.push(Row {
                    number,
                    tree: tree.unwrap_or(NONE),
                    parents: parents.collect(),
                    time: date::seconds(commit.committer),
                });
                None
            }
            Kind::Blob | Kind::Tag => None,
        }
    }

    fn folder(&mut self, number: u32, bytes: &[u8], base: Base<'_>) -> Option<Vec<Known>> {
        let Self { store, suspects, numbers, edges, held, .. } = self;
        let known = git::entries(bytes, base, store.width, |entry| {
            if entry.is_tree() {
                numbers.get(entry.id).filter(|number| *number < SUSPECT).unwrap_or(OTHER)
            } else {
                suspects.number(entry.id).map_or(OTHER, |suspect| suspect | SUSPECT)
            }
        })?;
        for entry in known[..known.len() - 1].iter().filter(|entry| entry.value != OTHER) {
            if entry.value & SUSPECT == 0 {
                edges.push((number, entry.value));
            } else if let Some((_, named)) = object::tree_entry(bytes, entry.start as usize, store.width) {
                held.push((entry.value ^ SUSPECT, number, named.name.into()));
            }
        }
        Some(known)
    }
}

/// What is known of the tree that another one is made from.
type Base<'a> = Option<(&'a [Known], &'a [Copied])>;

impl Visitor for FolderReader<'_> {
    type Mark = Option<Vec<Known>>;

    fn object(&mut self, object: Object<'_, Self::Mark>) -> Self::Mark {
        let base = object.base.and_then(|base| Some((&base.mark.as_ref()?[..], &base.changes.copied[..])));
        self.take(object.number, object.kind, object.bytes, base)
    }

    fn failed(&mut self, id: ObjectId, _: Option<Kind>, _: &'static str) {
        self.failed.push(id);
    }

    fn elsewhere(&mut self, id: ObjectId) -> Option<(Kind, Vec<u8>)> {
        self.store.read(id).ok()
    }
}
