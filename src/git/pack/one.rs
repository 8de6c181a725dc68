//! One pack among others.

use super::{file::PackFile, forest::Forest};

/// One pack, and which of its entries are made from which.
pub(super) struct Pack {
    pub(super) file: PackFile,
    pub(super) forest: Forest,
    /// How many objects the packs before this one have.
    pub(super) before: u32,
    /// Of each object, by its position in the index, whether a pack before this one has it, too. Empty where none does.
    copies: Vec<bool>,
}

impl Pack {
    /// A pack that comes behind those `before` it.
    pub(super) fn new(file: PackFile, forest: Forest, before: &[Self]) -> Self {
        let is_copy = |position| {
            let name = file.index.name(position);
            before.iter().any(|pack| pack.file.index.find(name).is_some())
        };
        let copies =
            if before.is_empty() { Vec::new() } else { (0..file.index.len()).map(is_copy).collect() };
        let before = before.last().map_or(0, |last| last.before + last.file.index.len() as u32);
        Self { file, forest, before, copies }
    }

    /// Whether a pack before this one has the object at `position` in the index, too.
    pub(super) fn is_copy(&self, position: usize) -> bool {
        self.copies.get(position).is_some_and(|is_copy| *is_copy)
    }
}
