//! Sorting and collecting where speed does not matter but size does. The standard library compiles its sorts anew for each
//! type, 8 kB each time, and they also stand behind `collect` into an ordered map or set. What is here shares one sort.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    mem,
};

/// Stable sorts as of slices, of positions instead of items.
pub(crate) trait ColdSort<T> {
    /// As [`slice::sort_by`].
    fn cold_sort_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// As [`slice::sort`].
    fn cold_sort(&mut self)
    where
        T: Ord,
    {
        self.cold_sort_by(T::cmp);
    }

    /// As [`slice::sort_by_key`].
    fn cold_sort_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.cold_sort_by(|a, b| key(a).cmp(&key(b)));
    }
}

impl<T> ColdSort<T> for [T] {
    fn cold_sort_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        if self.len() < 2 {
            return;
        }
        let mut from = sorted_positions(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        put_in_order(&mut from, &mut |a, b| self.swap(a, b));
    }
}

/// The positions of so many items, in the order of the items.
#[inline(never)]
fn sorted_positions(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..count).collect();
    positions.sort_by(|a, b| compare(*a, *b));
    positions
}

/// Moves items by swaps so that each position gets the item that was at `from` of it.
#[inline(never)]
fn put_in_order(from: &mut [usize], swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..from.len() {
        // Around the cycle of positions that `start` is in; those done before are cycles of one.
        let mut at = start;
        loop {
            let next = mem::replace(&mut from[at], at);
            if next == start {
                break;
            }
            swap(at, next);
            at = next;
        }
    }
}

/// A map of entries. Of entries with the same key, the last one counts.
pub(crate) fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    map
}

/// A set of items.
pub(crate) fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    for item in items {
        set.insert(item);
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_in_the_order_of_a_stable_sort() {
        let mut random = fastrand::Rng::with_seed(7);
        for length in (0..70).chain([500]) {
            for distinct in [1, 2, 5, 1000] {
                let items: Vec<(u32, usize)> = (0..length).map(|at| (random.u32(0..distinct), at)).collect();
                let mut expected = items.clone();
                expected.sort_by_key(|item| item.0);
                let mut sorted = items.clone();
                sorted.cold_sort_by_key(|item| item.0);
                assert_eq!(sorted, expected, "{items:?}");
                expected.sort_by(|a, b| b.cmp(a));
                sorted.cold_sort_by(|a, b| b.cmp(a));
                assert_eq!(sorted, expected, "{items:?}");
                expected.sort();
                sorted.cold_sort();
                assert_eq!(sorted, expected, "{items:?}");
                assert_eq!(map(items.clone()), items.iter().copied().collect());
                assert_eq!(set(items.clone()), items.iter().copied().collect());
            }
        }
    }
}
