//! Gathers which directory contains which, and where the suspects are.

use std::collections::HashMap;

use super::rows::CommitReader;
use crate::{
    blob::ObjectId,
    git::{
        self, Entries, HistoryObserver, ObjectKind, ObjectKinds,
        object::{self, Commit, TreeEntry},
        pack::{CopiedRange, Object, Visitor},
        store::{NumberCache, Store},
    },
    threads::Pool,
};

/// The flag of a suspect in the value of an entry.
const SUSPECT: u32 = 1 << 31;

/// Everything that was gathered.
#[derive(Default)]
pub(crate) struct Gathered {
    /// The suspects, by index.
    pub(super) suspects: Vec<ObjectId>,
    /// Pairs of a directory and one that it contains; one list per thread.
    pub(super) edges: Vec<Vec<(u32, u32)>>,
    /// The directory and the suspect in it, by index, and the name of the suspect there.
    pub(super) held: Vec<(u32, u32, Box<[u8]>)>,
    pub(super) commits: CommitReader,
}

/// Gathers directories, to locate suspects. Unreadable objects are reported where they are scanned.
pub(crate) struct Gatherer<'a> {
    store: &'a Store,
    suspects: Suspects,
}

impl Gathered {
    /// The numbers of the trees of commits. One tree may be that of several commits.
    pub(crate) fn trees(&self) -> impl Iterator<Item = u32> {
        self.commits.trees()
    }

    /// Where suspects are: each with the number of a directory and its name there.
    pub(crate) fn held(&self) -> impl Iterator<Item = (ObjectId, u32, &[u8])> {
        self.held
            .iter()
            .map(|(suspect, directory, name)| (self.suspects[*suspect as usize], *directory, &**name))
    }
}

impl<'a> Gatherer<'a> {
    /// Prepares to locate these suspects.
    #[must_use]
    pub(crate) fn new(store: &'a Store, suspects: &[ObjectId]) -> Self {
        Self { store, suspects: Suspects::new(suspects) }
    }

    /// Creates a reader for one thread.
    #[must_use]
    pub(crate) fn reader(&self) -> DirectoryReader<'_> {
        DirectoryReader {
            store: self.store,
            suspects: &self.suspects,
            numbers: NumberCache::new(self.store),
            edges: Vec::new(),
            held: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Takes what the readers gathered, and reads the rest. They have seen all commits, and all directories
    /// in packs unless there are no `directories`.
    #[must_use]
    pub(crate) fn finish(
        &self,
        directories: Vec<DirectoryReader<'_>>,
        commits: Vec<CommitReader>,
        pool: &Pool,
    ) -> Gathered {
        let mut directories = directories;
        if directories.is_empty() {
            directories =
                self.store.packs.walk(ObjectKinds::of(&[ObjectKind::Tree]), pool, &|| self.reader());
        }
        let mut gathered = Gathered { suspects: self.suspects.ids.clone(), ..Gathered::default() };
        for one in commits {
            gathered.commits.append(one);
        }
        let mut failed = std::mem::take(&mut gathered.commits.failed);
        for reader in &mut directories {
            failed.append(&mut reader.failed);
        }
        failed.sort_unstable();
        failed.dedup();
        let mut last = self.reader();
        for id in failed.into_iter().chain(self.store.one_by_one().iter().copied()) {
            if let (Some(number), Some((kind, bytes))) = (self.store.number(id), last.elsewhere(id)) {
                match kind {
                    ObjectKind::Tree => drop(last.take(number, &bytes, None)),
                    ObjectKind::Commit => self.take_commit(number, &bytes, &mut gathered.commits),
                    ObjectKind::Blob | ObjectKind::Tag => {}
                }
            }
        }
        directories.push(last);
        for mut reader in directories {
            gathered.edges.push(reader.edges);
            gathered.held.append(&mut reader.held);
        }
        gathered.held.sort_unstable();
        gathered
    }

    fn take_commit(&self, number: u32, bytes: &[u8], commits: &mut CommitReader) {
        let commit = Commit::parse(bytes);
        let number_of = |id: &ObjectId| self.store.number(*id);
        let parents: Vec<u32> = commit.parents.iter().filter_map(number_of).collect();
        commits.commit(number, &commit, commit.tree.as_ref().and_then(number_of), &parents);
    }
}

/// The suspects by id, with a small table in front that rules out nearly all other ids.
struct Suspects {
    ids: Vec<ObjectId>,
    numbers: HashMap<ObjectId, u32>,
    /// One bit for every value of the first two bytes of an id.
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

    /// What to store for an entry: the index of a directory or suspect.
    fn kept(&self, entry: &TreeEntry<'_>, number: Option<u32>) -> Option<u32> {
        if entry.is_tree() {
            number.filter(|number| *number < SUSPECT)
        } else {
            self.number(entry.id).map(|suspect| suspect | SUSPECT)
        }
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

/// Gathers directories on one thread.
pub(crate) struct DirectoryReader<'a> {
    store: &'a Store,
    suspects: &'a Suspects,
    numbers: NumberCache<'a>,
    edges: Vec<(u32, u32)>,
    held: Vec<(u32, u32, Box<[u8]>)>,
    failed: Vec<ObjectId>,
}

impl DirectoryReader<'_> {
    fn take(&mut self, number: u32, bytes: &[u8], base: TreeBase<'_>) -> Option<Entries> {
        let Self { store, suspects, numbers, .. } = self;
        let entries = git::entries(bytes, base, store.width, |new, values| {
            let numbers = numbers.get(new.iter().map(|entry| entry.id));
            values.extend(new.iter().zip(numbers).map(|(entry, number)| suspects.kept(entry, *number)));
        })?;
        self.directory(number, bytes, &entries);
        Some(entries)
    }
}

/// The gathered entries of the tree that a delta is based on.
type TreeBase<'a> = Option<(&'a Entries, &'a [CopiedRange])>;

impl HistoryObserver for DirectoryReader<'_> {
    fn entry(&mut self, entry: &TreeEntry<'_>, number: Option<u32>) -> Option<u32> {
        self.suspects.kept(entry, number)
    }

    fn directory(&mut self, number: u32, bytes: &[u8], entries: &Entries) {
        for entry in &entries.kept {
            if entry.value & SUSPECT == 0 {
                self.edges.push((number, entry.value));
            } else if let Some((_, named)) = object::tree_entry(bytes, entry.start as usize, self.store.width)
            {
                self.held.push((entry.value ^ SUSPECT, number, named.name.into()));
            }
        }
    }

    fn commit(&mut self, _: u32, _: &Commit<'_>, _: Option<u32>, _: &[u32]) {}

    fn failed(&mut self, id: ObjectId) {
        self.failed.push(id);
    }
}

impl Visitor for DirectoryReader<'_> {
    type Mark = Option<Entries>;

    fn object(&mut self, object: Object<'_, Self::Mark>) -> Self::Mark {
        let base = object.base.and_then(|base| Some((base.mark.as_ref()?, &base.changes.copied[..])));
        self.take(object.number, object.bytes, base)
    }

    fn failed(&mut self, id: ObjectId, _: Option<ObjectKind>, _: &'static str) {
        self.failed.push(id);
    }

    fn elsewhere(&mut self, id: ObjectId) -> Option<(ObjectKind, Vec<u8>)> {
        self.store.read(id).ok()
    }
}
