//! The numbers of many objects at once.

use super::all::Store;
use crate::blob::ObjectId;

/// Looks up numbers and caches recent ones: neighboring trees in a delta chain refer to the same objects.
pub(crate) struct NumberCache<'a> {
    store: &'a Store,
    remembered: Vec<(Option<ObjectId>, u32)>,
    /// The numbers from the last lookup.
    numbers: Vec<Option<u32>>,
    /// Positions in the last lookup that were not cached, and their numbers.
    unknown: Vec<usize>,
    found: Vec<Option<u32>>,
}

/// How many numbers are cached, a power of two.
const REMEMBERED: usize = 1 << 14;

impl<'a> NumberCache<'a> {
    /// An empty cache.
    #[must_use]
    pub(crate) fn new(store: &'a Store) -> Self {
        Self {
            store,
            remembered: vec![(None, 0); REMEMBERED],
            numbers: Vec::new(),
            unknown: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The numbers of the objects with these names, in order. The same as [`Store::number`], but faster.
    pub(crate) fn get<'n>(&mut self, names: impl Iterator<Item = &'n [u8]>) -> &[Option<u32>] {
        self.numbers.clear();
        self.unknown.clear();
        let mut unknown = Vec::new();
        for (at, name) in names.enumerate() {
            let id = ObjectId::new(name);
            let (known, number) = &self.remembered[slot(name)];
            let is_known = known.is_some() && *known == id;
            self.numbers.push(is_known.then_some(*number));
            if !is_known {
                self.unknown.push(at);
                unknown.push(name);
            }
        }
        self.store.packs.numbers(&unknown, &mut self.found);
        for ((at, name), found) in self.unknown.iter().zip(unknown).zip(&self.found) {
            let Some(id) = ObjectId::new(name) else { continue };
            let number = found.or_else(|| self.store.loose_number(id));
            self.numbers[*at] = number;
            if let Some(number) = number {
                self.remembered[slot(name)] = (Some(id), number);
            }
        }
        &self.numbers
    }
}

fn slot(name: &[u8]) -> usize {
    name.get(2..4).map_or(0, |bytes| usize::from(u16::from_le_bytes([bytes[0], bytes[1]])) % REMEMBERED)
}
