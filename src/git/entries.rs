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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WIDTH: usize = 4;

    /// Entries read one by one: where each begins, and a value that depends on all of it.
    fn read(bytes: &[u8], base: Option<(&[Known], &[Copied])>) -> Option<Vec<Known>> {
        entries(bytes, base, WIDTH, |entry| {
            let all = [entry.mode, entry.name, entry.id];
            all.concat()
                .iter()
                .fold(7, |hash: u32, byte| hash.wrapping_mul(31).wrapping_add(u32::from(*byte)))
        })
    }

    /// Trees whose names of objects look like modes, names and their ends.
    fn tree() -> impl Strategy<Value = Vec<u8>> {
        let id = prop::collection::vec(prop::sample::select(b"1 \0a".to_vec()), WIDTH);
        let entry =
            ("1[01]{4,5} [a1]{1,3}", id).prop_map(|(start, id)| [start.as_bytes(), b"\0", &id].concat());
        prop::collection::vec(entry, 0..6).prop_map(|entries| entries.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn what_the_base_knows_changes_nothing(
            base in tree(),
            new in tree(),
            cuts: [prop::sample::Index; 4],
        ) {
            let Some(known) = read(&base, None) else { return Ok(()) };
            let at = |cut: &prop::sample::Index, text: &[u8]| cut.index(text.len() + 1);
            // Any two stretches of the base round anything, in any order, as a delta may have them.
            let (first, second) = (at(&cuts[0], &base), at(&cuts[1], &base));
            let middle = &new[at(&cuts[2], &new).min(at(&cuts[3], &new))..];
            let bytes = [&base[..first], middle, &base[second..]].concat();
            let copied = [
                Copied { to: 0, from: 0, length: first },
                Copied { to: first + middle.len(), from: second, length: base.len() - second },
            ];
            prop_assert_eq!(read(&bytes, Some((&known, &copied))), read(&bytes, None));
        }
    }
}
