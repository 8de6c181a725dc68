//! One pack among several.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    file::{HEADER, PackDamage, PackFile},
    forest::Forest,
};

/// One pack, and its delta forest.
pub(super) struct Pack {
    pub(super) file: PackFile,
    pub(super) forest: Forest,
    /// The number of objects in the packs before this one.
    pub(super) before: u32,
    /// What is known about each object, by its position in the index. Empty if all are here alone.
    copies: Vec<Copies>,
    /// It was read before, and has not changed.
    pub(super) is_passed_over: bool,
    /// Bytes that belong to no entry, as far as entries have been read.
    gaps: AtomicU64,
}

/// Where else an object is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copies {
    /// Nowhere.
    None,
    /// In a later pack or a loose file.
    Later,
    /// In an earlier pack.
    Earlier,
}

impl Pack {
    /// A pack that comes after those in `before`.
    pub(super) fn new(file: PackFile, forest: Forest, before: &mut [Self]) -> Self {
        let mut copies = Vec::new();
        if !before.is_empty() {
            copies = vec![Copies::None; file.index.len()];
            for (position, copies) in copies.iter_mut().enumerate() {
                if before.iter_mut().any(|pack| pack.share(file.index.name(position))) {
                    *copies = Copies::Earlier;
                }
            }
        }
        let number = before.last().map_or(0, |last| last.before + last.file.index.len() as u32);
        // Entries fill a pack from its header to its checksum.
        let first = forest.start(file.end());
        let gaps = AtomicU64::new(first.saturating_sub(HEADER) as u64);
        Self { file, forest, before: number, copies, is_passed_over: false, gaps }
    }

    /// Remembers that an object is somewhere else, too. Returns whether it is here.
    pub(super) fn share(&mut self, name: &[u8]) -> bool {
        let Some(position) = self.file.index.find(name) else { return false };
        if self.copies.is_empty() {
            self.copies = vec![Copies::None; self.file.index.len()];
        }
        if self.copies[position] == Copies::None {
            self.copies[position] = Copies::Later;
        }
        true
    }

    /// Whether an earlier pack also has the object at `position` in the index.
    pub(super) fn is_copy(&self, position: usize) -> bool {
        self.copies.get(position) == Some(&Copies::Earlier)
    }

    /// Whether the object at `position` is anywhere else, too. Only one of its copies is searched, so all of them must
    /// be what their name says.
    pub(super) fn is_shared(&self, position: usize) -> bool {
        self.copies.get(position).is_some_and(|copies| *copies != Copies::None)
    }

    /// Takes note of bytes behind an entry.
    pub(super) fn note_gap(&self, length: usize) {
        self.gaps.fetch_add(length as u64, Ordering::Relaxed);
    }

    /// The bytes that belong to no entry, if any, once all entries have been read.
    pub(super) fn gaps(&self) -> Option<PackDamage> {
        match self.gaps.load(Ordering::Relaxed) {
            0 => None,
            _ if self.is_passed_over => None,
            _ => Some(self.file.damage(
                "holds bytes between or around its objects that belong to none that its index lists, so they were not \
                 read: `git index-pack` lists objects that are missing there, and `git repack -a -d` leaves out the rest",
            )),
        }
    }
}
