//! What a scan of a history leaves for the next one, which reads only what is new.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    blob::ObjectId,
    bytes::hex,
    git::store::{PathDigest, Store, StoreStamp},
};

/// What was read of a history.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct HistoryStamp {
    /// The files that hold its objects.
    pub(crate) store: StoreStamp,
    /// The blobs in which something may be found.
    pub(crate) suspects: SuspectPlaces,
    /// There is something in the name of a file. Where that name stands is only known in a scan of everything.
    pub(crate) has_found_names: bool,
    /// There are pointers of Git LFS, whose content is in no object.
    pub(crate) has_pointers: bool,
    /// Something that should be in the store was not there, or could not be read.
    pub(crate) has_holes: bool,
    /// The commit at `HEAD`, in hex digits; empty if there is none.
    pub(crate) head: String,
}

/// The blobs that may hold a key under some path, and the paths under which they have been scanned. What is found in a blob
/// depends on its path, so that an old blob under a new path must be scanned again. In all other blobs nothing can be found under
/// any path.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct SuspectPlaces {
    /// Their names in hex digits, since there is no need to parse them unless there are new directories.
    blobs: BTreeSet<String>,
    /// SHA-256 of the names of blobs with paths, in hex digits. Paths may hold keys, and may be long.
    places: BTreeSet<String>,
}

/// What has been read, with what was known of it.
#[derive(Debug, Default)]
pub(crate) struct ReadHistories {
    /// Each history.
    pub(crate) stamps: Vec<HistoryStamp>,
    /// The directories of those that were passed over in part.
    pub(crate) passed_over: BTreeSet<PathDigest>,
    /// What is new cannot be judged without the rest.
    pub(crate) is_unsure: bool,
}

/// What an earlier scan left, and what this one leaves.
#[derive(Debug, Default)]
pub(crate) struct HistoryStamps {
    /// What was read before, and is passed over.
    known: Vec<HistoryStamp>,
    /// What is read now.
    read: Mutex<ReadHistories>,
}

impl SuspectPlaces {
    /// The blobs.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = ObjectId> {
        self.blobs.iter().filter_map(|digits| ObjectId::from_hex(digits.as_bytes()))
    }

    /// Whether there are none.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.blobs.is_empty()
    }

    /// Whether a blob has been scanned under a path.
    #[must_use]
    pub(crate) fn has(&self, blob: ObjectId, path: &[u8]) -> bool {
        self.places.contains(&Self::place(blob, path))
    }

    /// Takes note that a blob has been scanned under a path.
    pub(crate) fn add(&mut self, blob: ObjectId, path: &[u8]) {
        self.blobs.insert(blob.to_string());
        self.places.insert(Self::place(blob, path));
    }

    fn merge(&mut self, other: Self) {
        self.blobs.extend(other.blobs);
        self.places.extend(other.places);
    }

    /// The length of a name tells where the path begins.
    fn place(blob: ObjectId, path: &[u8]) -> String {
        let name = blob.as_bytes();
        let hash = Sha256::new().chain_update([name.len() as u8]).chain_update(name).chain_update(path);
        hex::digits(&hash.finalize())
    }
}

impl HistoryStamps {
    /// For a scan that passes over what is known.
    #[must_use]
    pub(crate) fn new(known: Vec<HistoryStamp>) -> Self {
        Self { known, ..Self::default() }
    }

    /// The stores that are known.
    pub(super) fn stores(&self) -> Vec<&StoreStamp> {
        self.known.iter().map(|one| &one.store).collect()
    }

    /// What is known of a store that passes over its files.
    pub(super) fn of(&self, store: &Store) -> Option<&HistoryStamp> {
        let stamp = store.passes_over()?;
        self.known.iter().find(|one| one.store.directory == stamp.directory)
    }

    /// Takes note of what has been searched. What was known of it stays known.
    pub(crate) fn add(&self, store: &Store, mut history: HistoryStamp) {
        let known = self.of(store);
        let Some(stamp) = store.proved_stamp(known.map(|known| &known.store)) else { return };
        history.store = stamp;
        let mut read = self.read();
        if let Some(known) = known {
            history.suspects.merge(known.suspects.clone());
            history.has_found_names |= known.has_found_names;
            history.has_pointers |= known.has_pointers;
            history.has_holes |= known.has_holes;
            read.passed_over.insert(history.store.directory.clone());
        }
        read.stamps.push(history);
    }

    /// Takes note that what is new cannot be judged without the rest.
    pub(crate) fn doubt(&self) {
        self.read().is_unsure = true;
    }

    /// What has been read and searched.
    #[must_use]
    pub(crate) fn finish(&self) -> ReadHistories {
        std::mem::take(&mut *self.read())
    }

    fn read(&self) -> MutexGuard<'_, ReadHistories> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_blob_and_a_path() {
        let blob = |byte: u8, length: usize| ObjectId::new(&vec![byte; length]).unwrap();
        let mut places = SuspectPlaces::default();
        assert!(places.is_empty());
        places.add(blob(1, 20), b"a");
        assert!(places.has(blob(1, 20), b"a"));
        for (other, path) in
            [(blob(1, 20), &b"b"[..]), (blob(1, 20), b""), (blob(2, 20), b"a"), (blob(1, 32), b"a")]
        {
            assert!(!places.has(other, path));
        }
        // A longer name does not take the beginning of a path for its own.
        places.add(blob(1, 20), &[[1; 12].as_slice(), b"x"].concat());
        assert!(!places.has(blob(1, 32), b"x"));
        let copy: SuspectPlaces = serde_json::from_str(&serde_json::to_string(&places).unwrap()).unwrap();
        assert!(copy.has(blob(1, 20), b"a"));
        assert_eq!(copy.blobs().collect::<Vec<_>>(), [blob(1, 20)]);
    }
}
