//! What is known of a history before its directories are read.

use super::{
    objects::{FailedObject, ObjectReader},
    searcher::Searcher,
};
use crate::{
    blob::ObjectId,
    git::{HistoryObserver, pack::NOT_HELD},
    threads::{Pool, Turns},
};

/// This many objects are worth another thread.
const A_THREADS_WORTH: usize = 32;

/// The result of the pass that comes before the directories.
#[derive(Default)]
pub(crate) struct Contents {
    pub(super) suspects: Vec<ObjectId>,
    pub(super) missing: Vec<ObjectId>,
    /// Objects that could not be read from their pack, sorted.
    pub(super) failed: Vec<ObjectId>,
    /// Objects that could not be read at all, and why.
    pub(super) unread: Vec<(ObjectId, String)>,
}

impl Contents {
    /// The blobs that may hold a key.
    #[must_use]
    pub(crate) fn suspects(&self) -> &[ObjectId] {
        &self.suspects
    }

    /// The objects that the readers could not read from packs, sorted, without those already known.
    pub(super) fn take_failed<S, B>(&mut self, readers: &mut [ObjectReader<'_, S, B>]) -> Vec<FailedObject> {
        let mut failed: Vec<FailedObject> =
            readers.iter_mut().flat_map(|reader| std::mem::take(&mut reader.failed)).collect();
        failed.retain(|(id, _)| self.failed.binary_search(id).is_err());
        failed.sort_unstable();
        failed.dedup_by_key(|failed| failed.0);
        let damaged = failed.iter().filter(|(_, why)| *why != NOT_HELD);
        self.failed.extend(damaged.map(|(id, _)| id));
        self.failed.sort_unstable();
        failed
    }

    /// Merges the results of the readers.
    pub(super) fn take<S, B>(&mut self, readers: &mut [ObjectReader<'_, S, B>]) {
        for reader in readers {
            self.suspects.append(&mut reader.suspects);
            self.missing.append(&mut reader.missing);
        }
    }

    /// Reads objects one by one, each with the reason that reading its pack failed, and remembers those that cannot be
    /// read at all.
    pub(super) fn read_one_by_one<'a, S: Searcher, B: HistoryObserver>(
        &mut self,
        objects: Vec<(ObjectId, Option<&str>)>,
        pool: &Pool,
        readers: &mut Vec<ObjectReader<'a, S, B>>,
        new_reader: &impl Fn() -> ObjectReader<'a, S, B>,
    ) {
        let threads = pool.at_once(objects.len() / A_THREADS_WORTH + 1);
        if readers.len() < threads {
            readers.resize_with(threads, new_reader);
        }
        let turns = Turns::new(&objects);
        let unread = pool.map(readers.iter_mut().take(threads).collect(), |reader| {
            let mut unread = Vec::new();
            while let Some((id, why)) = turns.take() {
                unread.extend(reader.read(*id, *why));
            }
            unread
        });
        self.unread.extend(unread.into_iter().flatten());
    }
}
