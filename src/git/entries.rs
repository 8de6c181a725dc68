//! Trees that are made from each other share nearly all of their entries. What is known of an entry is carried over, so
//! that only new ones are looked at.

use super::{
    object::{self, TreeEntry},
    pack::Copied,
};

/// An entry of a tree, as remembered for the trees that are made from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Where it begins in the tree, in bytes.
    pub start: u32,
    /// What was made of it.
    pub value: u32,
}

/// Gives every entry of a tree its value: that of the same entry in the base, or what `fresh` makes of it. An entry is
/// the same only if the base has an entry exactly where it was copied from, so that no other reading of the same bytes
/// passes for it.
///
/// Behind the last entry stands one that begins where the tree ends. Nothing is returned where the tree is damaged; what
/// comes before the damage has been read.
pub fn entries(
    bytes: &[u8],
    base: Option<(&[Known], &[Copied])>,
    width: usize,
    mut fresh: impl FnMut(TreeEntry<'_>) -> u32,
) -> Option<Vec<Known>> {
    let (base, mut copies) = base.unwrap_or_default();
    let mut known: Vec<Known> = Vec::with_capacity(base.len() + 2);
    let mut at = 0;
    while at < bytes.len() {
        while copies.first().is_some_and(|copy| copy.to + copy.length <= at) {
            copies = &copies[1..];
        }
        if let Some(copy) = copies.first().filter(|copy| copy.to <= at) {
            let from = copy.from + (at - copy.to);
            let end = copy.from + copy.length;
            let first = base.partition_point(|entry| (entry.start as usize) < from);
            let is_entry = base.get(first).is_some_and(|entry| entry.start as usize == from);
            // The last one that ends in what was copied; where it ends, the next one begins.
            let after = base.partition_point(|entry| entry.start as usize <= end).saturating_sub(1);
            if is_entry && after > first {
                let moved = (at as u32).wrapping_sub(from as u32);
                known.extend(
                    base[first..after]
                        .iter()
                        .map(|entry| Known { start: entry.start.wrapping_add(moved), ..*entry }),
                );
                at = base[after].start.wrapping_add(moved) as usize;
                continue;
            }
        }
        let (end, entry) = object::tree_entry(bytes, at, width)?;
        known.push(Known { start: u32::try_from(at).ok()?, value: fresh(entry) });
        at = end;
    }
    known.push(Known { start: u32::try_from(at).ok()?, value: 0 });
    Some(known)
}
