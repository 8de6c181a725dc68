//! In which order trees of deltas are walked.

use super::one::Pack;
use crate::git::kind::ObjectKinds;

/// All roots of these kinds in file order, which is the best order for reading from disk. Only roots that would keep
/// one thread busy at the end come first.
pub(super) fn roots(packs: &[Pack], kinds: ObjectKinds, threads: usize) -> Vec<(usize, u32)> {
    let mut roots: Vec<(usize, u32, u64)> = Vec::new();
    for (at, pack) in packs.iter().enumerate().filter(|(_, pack)| !pack.is_passed_over) {
        let wanted = |entry| pack.forest.kind(entry).is_none_or(|kind| kinds.contains(kind));
        let of_pack = pack.forest.roots.iter().filter(|(entry, _)| wanted(*entry));
        roots.extend(of_pack.map(|(entry, weight)| (at, *entry, *weight)));
    }
    let giant = roots.iter().map(|(.., weight)| weight).sum::<u64>() / (threads as u64 * 32);
    let giants = |root: &(usize, u32, u64)| if root.2 > giant { u64::MAX - root.2 } else { u64::MAX };
    roots.sort_by_key(giants);
    roots.into_iter().map(|(pack, entry, _)| (pack, entry)).collect()
}
