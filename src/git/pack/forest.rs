//! Which entries of a pack are deltas against which. They form a forest whose roots are the objects stored whole.

use std::ops::Range;

use super::{
    file::{HEADER, PackFile},
    header::{EntryHeader, PackedContent},
    reasons::{CIRCLE, LOST_BASE},
};
use crate::{git::kind::ObjectKind, threads::Pool};

/// Instead of a base: the entry is whole.
const WHOLE: u32 = u32::MAX;

/// Instead of a base: the base is not in this pack.
const ELSEWHERE: u32 = u32::MAX - 1;

/// Instead of a base: the entry cannot be read.
const LOST: u32 = u32::MAX - 2;

/// This many headers are worth another thread.
const A_THREADS_WORTH: usize = 4096;

/// The entries of one pack in file order, stored as compactly as possible, since there are millions.
pub(super) struct Forest {
    /// Where each entry begins, and where the last one ends.
    offsets: Vec<u64>,
    /// The position of each entry in the index.
    positions: Vec<u32>,
    /// The kind of each entry, from its root; `None` if the root is a delta against an object elsewhere.
    kinds: Vec<Option<ObjectKind>>,
    /// Where the deltas against each entry begin in `children`, and where those of the last entry end.
    first: Vec<u32>,
    /// Entries, those with the fewest bytes below them first.
    children: Vec<u32>,
    /// The roots in file order, with the total bytes of all entries below them.
    pub(super) roots: Vec<(u32, u64)>,
    /// Index positions of entries that cannot be read, and why.
    pub(super) lost: Vec<(u32, &'static str)>,
}

/// The result of reading the headers of some entries.
#[derive(Default)]
struct Headers {
    bases: Vec<u32>,
    kinds: Vec<Option<ObjectKind>>,
    lost: Vec<(u32, &'static str)>,
}

impl Forest {
    /// Reads all headers.
    pub(super) fn new(pack: &PackFile, pool: &Pool) -> Self {
        let (offsets, positions, mut lost) = in_order(pack);
        let count = positions.len();
        let threads = pool.at_once(count / A_THREADS_WORTH + 1);
        let size = count.div_ceil(threads).max(1);
        let chunks = (0..count).step_by(size).map(|start| start..(start + size).min(count)).collect();
        let headers = pool.map(chunks, |chunk| read_headers(pack, &offsets, &positions, chunk));
        let mut bases = Vec::with_capacity(count);
        let mut kinds = Vec::with_capacity(count);
        for mut headers in headers {
            bases.append(&mut headers.bases);
            kinds.append(&mut headers.kinds);
            lost.append(&mut headers.lost);
        }
        let mut forest = Self {
            offsets,
            positions,
            kinds,
            first: Vec::new(),
            children: Vec::new(),
            roots: Vec::new(),
            lost,
        };
        forest.link(&bases);
        forest
    }

    /// Fills in the children, the kinds of deltas, and the roots.
    fn link(&mut self, bases: &[u32]) {
        let count = bases.len();
        let mut first = vec![0_u32; count + 1];
        for base in bases.iter().filter(|base| **base < LOST) {
            first[*base as usize] += 1;
        }
        let mut sum = 0;
        for place in &mut first {
            sum += *place;
            *place = sum;
        }
        // Filled from the end, so that each offset ends up in the right place.
        let mut children = vec![0; sum as usize];
        for (entry, base) in bases.iter().enumerate().rev().filter(|(_, base)| **base < LOST) {
            let place = &mut first[*base as usize];
            *place -= 1;
            children[*place as usize] = entry as u32;
        }
        let children_of = |entry: u32| {
            let entry = entry as usize;
            first[entry] as usize..first[entry + 1] as usize
        };

        let entries = 0..count as u32;
        let mut order: Vec<u32> =
            entries.clone().filter(|entry| matches!(bases[*entry as usize], WHOLE | ELSEWHERE)).collect();
        let roots = order.len();
        let mut at = 0;
        while let Some(&entry) = order.get(at) {
            at += 1;
            for &child in &children[children_of(entry)] {
                self.kinds[child as usize] = self.kinds[entry as usize];
                order.push(child);
            }
        }

        let mut weights: Vec<u64> = self.offsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
        for &entry in order[roots..].iter().rev() {
            weights[bases[entry as usize] as usize] += weights[entry as usize];
        }
        for entry in entries.clone() {
            let range = children_of(entry);
            if range.len() > 1 {
                children[range].sort_unstable_by_key(|child| (weights[*child as usize], *child));
            }
        }
        if order.len() < count {
            self.name_unreachable(bases, &order, |entry| children_of(entry).map(|index| children[index]));
        }
        order.truncate(roots);
        self.roots = order.into_iter().map(|entry| (entry, weights[entry as usize])).collect();
        self.first = first;
        self.children = children;
    }

    /// Records why the entries that no root reaches cannot be read. `reached` are the ones that a root reaches.
    fn name_unreachable<I: Iterator<Item = u32>>(
        &mut self,
        bases: &[u32],
        reached: &[u32],
        children: impl Fn(u32) -> I,
    ) {
        let mut is_known = vec![false; bases.len()];
        for entry in reached {
            is_known[*entry as usize] = true;
        }
        // Those are already recorded.
        let mut lost: Vec<u32> =
            (0..bases.len() as u32).filter(|entry| bases[*entry as usize] == LOST).collect();
        while let Some(entry) = lost.pop() {
            is_known[entry as usize] = true;
            for child in children(entry) {
                self.lost.push((self.positions[child as usize], LOST_BASE));
                lost.push(child);
            }
        }
        for (entry, _) in is_known.iter().enumerate().filter(|(_, is_known)| !**is_known) {
            self.lost.push((self.positions[entry], CIRCLE));
        }
    }

    /// The entries that are deltas against this one, as indices for [`Self::child`].
    pub(super) fn children(&self, entry: u32) -> Range<u32> {
        self.first[entry as usize]..self.first[entry as usize + 1]
    }

    pub(super) fn child(&self, index: u32) -> u32 {
        self.children[index as usize]
    }

    /// The kind of an entry, as far as this pack knows.
    pub(super) fn kind(&self, entry: u32) -> Option<ObjectKind> {
        self.kinds[entry as usize]
    }

    /// The position of an entry in the index.
    pub(super) fn position(&self, entry: u32) -> usize {
        self.positions[entry as usize] as usize
    }

    /// The entry that begins at this offset.
    pub(super) fn entry_at(&self, offset: u64) -> Option<u32> {
        let offsets = &self.offsets[..self.positions.len()];
        offsets.binary_search(&offset).ok().map(|entry| entry as u32)
    }

    /// Where the first entry begins; `end` if there is none.
    pub(super) fn start(&self, end: usize) -> usize {
        self.offsets.first().map_or(end, |first| *first as usize)
    }

    /// The byte range of an entry in the pack.
    pub(super) fn range(&self, entry: u32) -> Range<usize> {
        let entry = entry as usize;
        self.offsets[entry] as usize..self.offsets[entry + 1] as usize
    }
}

type SortedEntries = (Vec<u64>, Vec<u32>, Vec<(u32, &'static str)>);

/// The offsets of the entries in order, with their positions in the index, and the entries with impossible offsets.
fn in_order(pack: &PackFile) -> SortedEntries {
    let end = pack.end() as u64;
    let mut lost = Vec::new();
    let mut entries = Vec::with_capacity(pack.index.len());
    for position in 0..pack.index.len() as u32 {
        match pack.index.offset(position as usize) {
            Some(offset) if (HEADER as u64..end).contains(&offset) => entries.push((offset, position)),
            _ => lost.push((position, "is listed outside of its pack")),
        }
    }
    entries.sort_unstable();
    entries.dedup_by(|next, last| {
        let is_same = next.0 == last.0;
        if is_same {
            lost.push((next.1, "is listed at the offset of another object"));
        }
        is_same
    });
    let offsets = entries.iter().map(|(offset, _)| *offset).chain([end]).collect();
    (offsets, entries.into_iter().map(|(_, position)| position).collect(), lost)
}

fn read_headers(pack: &PackFile, offsets: &[u64], positions: &[u32], chunk: Range<usize>) -> Headers {
    let mut headers = Headers::default();
    let entry_at = |offset: u64| offsets[..positions.len()].binary_search(&offset).ok();
    for entry in chunk {
        let bytes = &pack.data[offsets[entry] as usize..offsets[entry + 1] as usize];
        let (base, kind) = match EntryHeader::parse(bytes, pack.width).map(|header| header.content) {
            Some(PackedContent::Whole(kind)) => (WHOLE, Some(kind)),
            Some(PackedContent::ByDistance(distance)) => {
                let base =
                    offsets[entry].checked_sub(distance).and_then(entry_at).filter(|base| *base < entry);
                (base.map_or(LOST, |base| base as u32), None)
            }
            Some(PackedContent::ByName(name)) => {
                let position = pack.index.find(name.as_bytes());
                let base = position.and_then(|position| pack.index.offset(position)).map(entry_at);
                (base.map_or(ELSEWHERE, |base| base.map_or(LOST, |base| base as u32)), None)
            }
            None => {
                headers.lost.push((positions[entry], "has a header that cannot be read"));
                headers.bases.push(LOST);
                headers.kinds.push(None);
                continue;
            }
        };
        if base == LOST {
            headers.lost.push((positions[entry], "is a delta against something that is not an object"));
        }
        headers.bases.push(base);
        headers.kinds.push(kind);
    }
    headers
}
