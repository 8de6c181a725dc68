//! The index of a pack, versions 1 and 2: which objects it contains, sorted by name, and where. See git's
//! `gitformat-pack`.

use std::{cmp::Ordering, ops::Range};

use super::map::Mapped;
use crate::blob::ObjectId;

/// The start of a version 2 index. Version 1 starts with the fan-out.
const MAGIC: &[u8] = b"\xfftOc";

/// The number of fan-out entries: one for each first byte of a name.
const FAN: usize = 256;

/// Names are sorted into slots by at most this many of their first bits. The slots then take four megabytes.
const MOST_SLOT_BITS: u32 = 20;

/// This bit is set if the offset is in the table of large offsets.
const LARGE: u32 = 1 << 31;

/// The number of lookups that wait for memory at once: more than a processor has loads in flight.
const AT_ONCE: usize = 16;

/// An index whose tables are all within bounds.
pub(super) struct PackIndex {
    map: Mapped,
    /// Length of a name, in bytes.
    width: usize,
    count: usize,
    /// How many of their first bits sort names into slots, with about one name per slot.
    slot_bits: u32,
    /// Where the names of each slot begin, and where those of the last slot end. The index has such a table itself, for
    /// the first byte. This one saves most of the steps of a lookup, each of which waits for memory.
    slots: Vec<u32>,
    layout: Layout,
}

/// Where the tables begin.
enum Layout {
    /// Offset and name side by side.
    One {
        entries: usize,
    },
    Two {
        names: usize,
        checksums: usize,
        offsets: usize,
        large: Range<usize>,
    },
}

impl PackIndex {
    /// Checks that the tables are within bounds and the names are sorted, since lookups rely on it.
    pub(super) fn new(map: Mapped, width: usize) -> Result<Self, &'static str> {
        const CUT: &str = "is shorter than what it says it holds";
        let is_two = map.starts_with(MAGIC);
        if is_two && word(&map, 4).ok_or(CUT)? != 2 {
            return Err("is of an unknown version");
        }
        let start = if is_two { 8 } else { 0 };
        let fan: Option<Vec<u32>> = (0..FAN).map(|at| word(&map, start + 4 * at)).collect();
        let fan = fan.ok_or(CUT)?;
        if !fan.is_sorted() {
            return Err("has a fan-out that is not sorted");
        }
        let count = fan[FAN - 1] as usize;
        let names = start + 4 * FAN;
        let end = map.len().checked_sub(2 * width).ok_or(CUT)?;
        let layout = if is_two {
            let checksums = names + count * width;
            let offsets = checksums + count * 4;
            let large = offsets + count * 4;
            if large > end || !(end - large).is_multiple_of(8) {
                return Err(CUT);
            }
            Layout::Two { names, checksums, offsets, large: large..end }
        } else {
            if names + count * (4 + width) != end {
                return Err(CUT);
            }
            Layout::One { entries: names }
        };
        let slot_bits = count.max(2).ilog2().min(MOST_SLOT_BITS);
        let mut index = Self { map, width, count, slot_bits, slots: Vec::new(), layout };
        let is_sorted = (1..count).all(|at| {
            let (before, name) = (index.name(at - 1), index.name(at));
            key(before) < key(name) || before < name
        });
        let fits = |at: usize| {
            let byte = usize::from(index.name(at)[0]);
            at < fan[byte] as usize && (byte == 0 || at >= fan[byte - 1] as usize)
        };
        if !is_sorted || !(0..count).all(fits) {
            return Err("has names that are not sorted");
        }
        index.sort_into_slots();
        Ok(index)
    }

    /// The number of objects.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The name of the object at `position`, which is below [`Self::len`].
    pub(super) fn name(&self, position: usize) -> &[u8] {
        let start = match self.layout {
            Layout::One { entries } => entries + position * (4 + self.width) + 4,
            Layout::Two { names, .. } => names + position * self.width,
        };
        &self.map[start..start + self.width]
    }

    /// The name of the object at `position`.
    pub(super) fn id(&self, position: usize) -> ObjectId {
        let Some(id) = ObjectId::new(self.name(position)) else {
            unreachable!("names are 20 or 32 bytes long")
        };
        id
    }

    /// The offset in the pack of the object at `position`; `None` if the table of large offsets is too short.
    pub(super) fn offset(&self, position: usize) -> Option<u64> {
        match &self.layout {
            Layout::One { entries } => word(&self.map, entries + position * (4 + self.width)).map(u64::from),
            Layout::Two { offsets, large, .. } => {
                let offset = word(&self.map, offsets + position * 4)?;
                if offset & LARGE == 0 {
                    return Some(offset.into());
                }
                let at = large.start + (offset ^ LARGE) as usize * 8;
                let bytes = self.map.get(large.clone()).and_then(|_| self.map.get(at..at + 8))?;
                (at < large.end).then(|| u64::from_be_bytes(bytes.try_into().unwrap_or_default()))
            }
        }
    }

    /// The CRC-32 of the entry in the pack, including its header. Version 1 has none.
    pub(super) fn checksum(&self, position: usize) -> Option<u32> {
        match self.layout {
            Layout::One { .. } => None,
            Layout::Two { checksums, .. } => word(&self.map, checksums + position * 4),
        }
    }

    /// The checksum of the pack that the index was made for. The pack ends with it.
    pub(super) fn of_pack(&self) -> &[u8] {
        let end = self.map.len() - self.width;
        &self.map[end - self.width..end]
    }

    /// The positions of some objects, in order. A lookup spends its time waiting for memory, so many of them wait at
    /// once.
    pub(super) fn find_all(&self, names: &[&[u8]], mut found: impl FnMut(Option<usize>)) {
        let mut slots = [(0, 0); AT_ONCE];
        let mut keys = [0; AT_ONCE];
        for names in names.chunks(AT_ONCE) {
            for (slot, name) in slots.iter_mut().zip(names) {
                *slot = self.slot_of(name);
            }
            for (key_there, (low, high)) in keys.iter_mut().zip(slots).take(names.len()) {
                *key_there = if low < high { key(self.name(low.midpoint(high))) } else { 0 };
            }
            for ((name, (low, high)), key_there) in names.iter().zip(slots).zip(keys) {
                let middle = low.midpoint(high);
                let is_there = low < high && key_there == key(name) && self.name(middle) == *name;
                found(if is_there { Some(middle) } else { self.find_between(low, high, name) });
            }
        }
    }

    /// The position of an object.
    pub(super) fn find(&self, name: &[u8]) -> Option<usize> {
        let (low, high) = self.slot_of(name);
        self.find_between(low, high, name)
    }

    /// The position of an object, at or after `low` and before `high`.
    fn find_between(&self, low: usize, high: usize, name: &[u8]) -> Option<usize> {
        let wanted = key(name);
        let (mut low, mut high) = (low, high);
        // One or two names, unless someone crafted names close to each other.
        while low < high {
            let middle = low.midpoint(high);
            let other = self.name(middle);
            match key(other).cmp(&wanted).then_with(|| other.cmp(name)) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The bounds of the slot for this name.
    fn slot_of(&self, name: &[u8]) -> (usize, usize) {
        let slot = self.slot(key(name));
        (self.slots[slot] as usize, self.slots[slot + 1] as usize)
    }

    fn slot(&self, key: u64) -> usize {
        (key >> (u64::BITS - self.slot_bits)) as usize
    }

    /// Fills in the slots.
    fn sort_into_slots(&mut self) {
        let mut slots = Vec::with_capacity((1 << self.slot_bits) + 1);
        for (position, name) in (0..self.count).map(|position| (position as u32, self.name(position))) {
            let slot = self.slot(key(name));
            slots.resize(slots.len().max(slot + 1), position);
        }
        slots.resize((1 << self.slot_bits) + 1, self.count as u32);
        self.slots = slots;
    }
}

/// The first bytes of a name, as a number with the same order.
fn key(name: &[u8]) -> u64 {
    name.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes))
}
