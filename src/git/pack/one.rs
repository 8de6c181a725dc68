//! One pack among several.

use super::{file::PackFile, forest::Forest};

/// One pack, and its delta forest.
pub(super) struct Pack {
    pub(super) file: PackFile,
    pub(super) forest: Forest,
    /// The number of objects in the packs before this one.
    pub(super) before: u32,
    /// For each object, by its position in the index, whether an earlier pack has it, too. Empty if none does.
    copies: Vec<bool>,
}

impl Pack {
    /// A pack that comes after those in `before`.
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

    /// Whether an earlier pack also has the object at `position` in the index.
    pub(super) fn is_copy(&self, position: usize) -> bool {
        self.copies.get(position).is_some_and(|is_copy| *is_copy)
    }
}
