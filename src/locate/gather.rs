//! Reads folders and commits in bulk.

use std::collections::HashMap;

use super::{commits::NONE, date};
use crate::{
    blob::ObjectId,
    git::{
        self, Beside, Entries, Kind, Kinds,
        object::{self, Commit, TreeEntry},
        pack::{Copied, Object, Visitor},
        store::{Numbers, Store},
    },
};

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
    fn take(&mut self, number: u32, kind: Kind, bytes: &[u8], base: Base<'_>) -> Option<Entries> {
        match kind {
            Kind::Tree => {
                let width = self.store.width;
                let entries = git::entries(bytes, base, width, |entry| {
                    let number = entry.is_tree().then(|| self.numbers.get(entry.id)).flatten();
                    self.entry(&entry, number)
                })?;
                self.folder(number, bytes, &entries);
                Some(entries)
            }
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
}

/// What is known of the tree that another one is made from.
type Base<'a> = Option<(&'a Entries, &'a [Copied])>;

impl Beside for FolderReader<'_> {
    /// Keeps folders by their numbers, and suspects.
    fn entry(&mut self, entry: &TreeEntry<'_>, number: Option<u32>) -> Option<u32> {
        if entry.is_tree() {
            number.filter(|number| *number < SUSPECT)
        } else {
            self.suspects.number(entry.id).map(|suspect| suspect | SUSPECT)
        }
    }

    fn folder(&mut self, number: u32, bytes: &[u8], entries: &Entries) {
        for entry in &entries.kept {
            if entry.value & SUSPECT == 0 {
                self.edges.push((number, entry.value));
            } else if let Some((_, named)) = object::tree_entry(bytes, entry.start as usize, self.store.width)
            {
                self.held.push((entry.value ^ SUSPECT, number, named.name.into()));
            }
        }
    }

    fn failed(&mut self, id: ObjectId) {
        self.failed.push(id);
    }
}

impl Visitor for FolderReader<'_> {
    type Mark = Option<Entries>;

    fn object(&mut self, object: Object<'_, Self::Mark>) -> Self::Mark {
        let base = object.base.and_then(|base| Some((base.mark.as_ref()?, &base.changes.copied[..])));
        self.take(object.number, object.kind, object.bytes, base)
    }

    fn failed(&mut self, id: ObjectId, _: Option<Kind>, _: &'static str) {
        self.failed.push(id);
    }

    fn elsewhere(&mut self, id: ObjectId) -> Option<(Kind, Vec<u8>)> {
        self.store.read(id).ok()
    }
}
