//! Reads folders and commits in bulk.

use std::collections::HashMap;

use super::{commits::NONE, date};
use crate::{
    blob::ObjectId,
    git::{
        Kind, Kinds,
        object::{self, Commit},
        pack::{Object, Visitor},
        store::Store,
    },
};

/// Entries of the small memory of numbers, a power of two.
const REMEMBERED: usize = 1 << 14;

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
    /// Pairs of a folder and one in it; one list a thread.
    pub(super) edges: Vec<Vec<(u32, u32)>>,
    /// Which suspect is in which folder, and what it is called there.
    pub(super) held: Vec<(u32, u32, Box<[u8]>)>,
    pub(super) commits: Vec<Row>,
}

/// Reads all folders and commits. What cannot be read has been named by the first pass.
pub(super) fn gather(store: &Store, suspects: &[ObjectId], threads: usize) -> Gathered {
    let suspects = Suspects::new(suspects);
    let new_reader = || Reader::new(store, &suspects);
    let kinds = Kinds::of(&[Kind::Tree, Kind::Commit]);
    let mut readers = store.packs.walk(kinds, threads, &new_reader);
    let failed: Vec<ObjectId> =
        readers.iter_mut().flat_map(|reader| std::mem::take(&mut reader.failed)).collect();
    let mut last = new_reader();
    for id in failed.into_iter().chain(store.loose.iter().copied()) {
        if let Some((kind, bytes)) = last.elsewhere(id) {
            last.take(id, kind, &bytes);
        }
    }
    readers.push(last);
    let mut gathered = Gathered::default();
    for mut reader in readers {
        gathered.edges.push(reader.edges);
        gathered.held.append(&mut reader.held);
        gathered.commits.append(&mut reader.commits);
    }
    gathered.held.sort_unstable();
    gathered
}

/// The suspects by name, behind a small table that says of nearly all others that they are none.
struct Suspects {
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
        Self { numbers: suspects.iter().copied().zip(0..).collect(), table }
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

struct Reader<'a> {
    store: &'a Store,
    suspects: &'a Suspects,
    /// Numbers that were looked up last: neighbors in a chain name the same folders.
    remembered: Vec<(Option<ObjectId>, u32)>,
    edges: Vec<(u32, u32)>,
    held: Vec<(u32, u32, Box<[u8]>)>,
    commits: Vec<Row>,
    failed: Vec<ObjectId>,
}

impl<'a> Reader<'a> {
    fn new(store: &'a Store, suspects: &'a Suspects) -> Self {
        Self {
            store,
            suspects,
            remembered: vec![(None, 0); REMEMBERED],
            edges: Vec::new(),
            held: Vec::new(),
            commits: Vec::new(),
            failed: Vec::new(),
        }
    }

    fn take(&mut self, id: ObjectId, kind: Kind, bytes: &[u8]) {
        let Some(number) = self.store.number(id) else { return };
        match kind {
            Kind::Tree => self.folder(number, bytes),
            Kind::Commit => {
                let commit = Commit::parse(bytes);
                self.commits.push(Row {
                    number,
                    tree: commit.tree.and_then(|tree| self.store.number(tree)).unwrap_or(NONE),
                    parents: commit.parents.iter().filter_map(|parent| self.store.number(*parent)).collect(),
                    time: date::seconds(commit.committer),
                });
            }
            Kind::Blob | Kind::Tag => {}
        }
    }

    fn folder(&mut self, number: u32, bytes: &[u8]) {
        let Self { store, suspects, remembered, edges, held, .. } = self;
        object::tree(bytes, store.width, |_, entry| {
            if entry.is_tree() {
                let slot = usize::from(u16::from_le_bytes([entry.id[2], entry.id[3]])) % REMEMBERED;
                let (known, child) = &mut remembered[slot];
                if known.is_none_or(|known| known.as_bytes() != entry.id) {
                    let Some(id) = ObjectId::new(entry.id) else { return };
                    let Some(found) = store.number(id) else { return };
                    (*known, *child) = (Some(id), found);
                }
                edges.push((number, *child));
            } else if let Some(suspect) = suspects.number(entry.id) {
                held.push((suspect, number, entry.name.into()));
            }
        });
    }
}

impl Visitor for Reader<'_> {
    type Mark = ();

    fn object(&mut self, object: Object<'_, ()>) {
        self.take(object.id, object.kind, object.bytes);
    }

    fn failed(&mut self, id: ObjectId, _: Option<Kind>, _: &'static str) {
        self.failed.push(id);
    }

    fn elsewhere(&mut self, id: ObjectId) -> Option<(Kind, Vec<u8>)> {
        self.store.read(id).ok()
    }
}
