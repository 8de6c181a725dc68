//! What is known of a history before its folders are read.

use super::{
    Searcher,
    objects::{Failed, Reader},
};
use crate::{blob::ObjectId, git::Beside};

/// What has been read before the folders.
#[derive(Default)]
pub struct Contents {
    pub(super) suspects: Vec<ObjectId>,
    pub(super) missing: Vec<ObjectId>,
    /// What could not be read from its pack, sorted.
    pub(super) failed: Vec<ObjectId>,
    /// What could not be read at all, and why.
    pub(super) unread: Vec<(ObjectId, String)>,
}

impl Contents {
    /// The blobs that may hold a key.
    #[must_use]
    pub fn suspects(&self) -> &[ObjectId] {
        &self.suspects
    }

    /// What the readers could not read from packs, sorted, without what is known already.
    pub(super) fn take_failed<S, B>(&mut self, readers: &mut [Reader<'_, S, B>]) -> Vec<Failed> {
        let mut failed: Vec<Failed> =
            readers.iter_mut().flat_map(|reader| std::mem::take(&mut reader.failed)).collect();
        failed.retain(|(id, _)| self.failed.binary_search(id).is_err());
        failed.sort_unstable();
        failed.dedup_by_key(|failed| failed.0);
        self.failed.extend(failed.iter().map(|(id, _)| id));
        self.failed.sort_unstable();
        failed
    }

    /// Takes what the readers found out.
    pub(super) fn take<S, B>(&mut self, readers: &mut [Reader<'_, S, B>]) {
        for reader in readers {
            self.suspects.append(&mut reader.suspects);
            self.missing.append(&mut reader.missing);
        }
    }

    /// Reads objects one by one, each with what its pack had against it, and remembers those that cannot be read at all.
    pub(super) fn read_one_by_one<S: Searcher, B: Beside>(
        &mut self,
        objects: Vec<(ObjectId, Option<&str>)>,
        readers: &mut [Reader<'_, S, B>],
    ) {
        let share = objects.len().div_ceil(readers.len().max(1)).max(1);
        std::thread::scope(|scope| {
            let threads: Vec<_> = readers
                .iter_mut()
                .zip(objects.chunks(share))
                .map(|(reader, share)| {
                    scope.spawn(move || {
                        share.iter().filter_map(|(id, why)| reader.read(*id, *why)).collect::<Vec<_>>()
                    })
                })
                .collect();
            for thread in threads {
                match thread.join() {
                    Ok(mut unread) => self.unread.append(&mut unread),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
    }
}
