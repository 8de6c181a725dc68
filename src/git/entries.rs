//! Trees that are deltas of each other share nearly all of their entries. What is known about an entry is carried over,
//! so that only new entries are processed.

use super::{
    object::{self, TreeEntry},
    pack::CopiedRange,
};

/// The entries of a tree, remembered for the trees that are deltas against it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    /// Where each entry begins in the tree, in bytes, and where the last one ends. This is processed for all entries of
    /// a history, so it holds nothing else.
    starts: Vec<u32>,
    /// The entries that matter, in order.
    pub kept: Vec<KeptEntry>,
}

/// Placeholder for the value of an entry until it is known.
const NEW: u32 = u32::MAX;

/// An entry that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeptEntry {
    /// Where it begins in the tree, in bytes.
    pub start: u32,
    /// The value computed for it, less than the largest number.
    pub value: u32,
}

/// Parses the entries of a tree, and asks `fresh` what to keep of those that its base does not have, all at once. An
/// entry counts as the same only if the base has an entry exactly where it was copied from, so that a different reading
/// of the same bytes is never mistaken for it.
///
/// Returns `None` if the tree is damaged. What comes before the damage has been read.
pub(crate) fn entries<'t>(
    bytes: &'t [u8],
    base: Option<(&Entries, &[CopiedRange])>,
    width: usize,
    fresh: impl FnOnce(&[TreeEntry<'t>], &mut Vec<Option<u32>>),
) -> Option<Entries> {
    let mut new = Vec::new();
    let entries = carry_over(bytes, base, width, &mut new);
    let mut values = Vec::with_capacity(new.len());
    fresh(&new, &mut values);
    let mut entries = entries?;
    let mut values = values.into_iter();
    entries.kept.retain_mut(|entry| {
        let value = if entry.value == NEW { values.next().flatten() } else { Some(entry.value) };
        entry.value = value.unwrap_or(NEW);
        value.is_some()
    });
    Some(entries)
}

/// The entries of a tree. Those that its base does not have are also added to `new`, and are kept as [`NEW`].
fn carry_over<'t>(
    bytes: &'t [u8],
    base: Option<(&Entries, &[CopiedRange])>,
    width: usize,
    new: &mut Vec<TreeEntry<'t>>,
) -> Option<Entries> {
    let none = Entries::default();
    let (base, mut copies) = base.unwrap_or((&none, &[]));
    let mut starts: Vec<u32> = Vec::with_capacity(base.starts.len() + 2);
    let mut kept: Vec<KeptEntry> = Vec::with_capacity(base.kept.len() + 1);
    let mut at = 0;
    while at < bytes.len() {
        while copies.first().is_some_and(|copy| copy.to + copy.length <= at) {
            copies = &copies[1..];
        }
        if let Some(copy) = copies.first().filter(|copy| copy.to <= at) {
            let from = copy.from + (at - copy.to);
            let end = copy.from + copy.length;
            let first = base.starts.partition_point(|start| (*start as usize) < from);
            let is_entry = base.starts.get(first).is_some_and(|start| *start as usize == from);
            // The last entry that ends within the copied range. The next one begins where it ends.
            let after = base.starts.partition_point(|start| *start as usize <= end).saturating_sub(1);
            if is_entry && after > first {
                let until = base.starts[after];
                let moved = (at as u32).wrapping_sub(from as u32);
                starts.extend(base.starts[first..after].iter().map(|start| start.wrapping_add(moved)));
                let first_kept = base.kept.partition_point(|entry| (entry.start as usize) < from);
                kept.extend(
                    base.kept[first_kept..]
                        .iter()
                        .take_while(|entry| entry.start < until)
                        .map(|entry| KeptEntry { start: entry.start.wrapping_add(moved), ..*entry }),
                );
                at = until.wrapping_add(moved) as usize;
                continue;
            }
        }
        let (end, entry) = object::tree_entry(bytes, at, width)?;
        let start = u32::try_from(at).ok()?;
        starts.push(start);
        kept.push(KeptEntry { start, value: NEW });
        new.push(entry);
        at = end;
    }
    starts.push(u32::try_from(at).ok()?);
    Some(Entries { starts, kept })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WIDTH: usize = 4;

    /// Reads the entries one by one: where each begins, and for most of them a value that depends on the whole entry.
    fn read(bytes: &[u8], base: Option<(&Entries, &[CopiedRange])>) -> Option<Entries> {
        let value = |entry: &TreeEntry<'_>| {
            let all = [&entry.bits.to_be_bytes(), entry.name, entry.id].concat();
            let hash =
                all.iter().fold(7, |hash: u32, byte| hash.wrapping_mul(31).wrapping_add(u32::from(*byte)));
            (hash % 3 > 0).then_some(hash / 2)
        };
        entries(bytes, base, WIDTH, |new, values| values.extend(new.iter().map(value)))
    }

    /// Trees whose object names look like modes, file names and their ends.
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
            // Any two ranges of the base around anything else, in any order, as in a delta.
            let (first, second) = (at(&cuts[0], &base), at(&cuts[1], &base));
            let middle = &new[at(&cuts[2], &new).min(at(&cuts[3], &new))..];
            let bytes = [&base[..first], middle, &base[second..]].concat();
            let copied = [
                CopiedRange { to: 0, from: 0, length: first },
                CopiedRange { to: first + middle.len(), from: second, length: base.len() - second },
            ];
            prop_assert_eq!(read(&bytes, Some((&known, &copied))), read(&bytes, None));
        }
    }
}
