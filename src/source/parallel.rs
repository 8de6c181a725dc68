//! Reads many items in any order, on several threads if that pays off.

use super::sink::Sink;
use crate::threads::{Pool, Turns};

/// With fewer items than this, another thread costs more than it saves, unless the items are large.
const A_THREADS_WORTH: usize = 32;

/// This many bytes are worth another thread, however few items there are.
const WORTHY_BYTES: u64 = 256 << 10;

/// Pushes every item into `sink` and into those of further threads. `size` returns the content size of an item in
/// bytes.
pub(super) fn feed<T: Sync, S: Sink>(
    items: &[T],
    pool: &Pool,
    size: impl Fn(&T) -> u64,
    new_sink: &(impl Fn() -> S + Sync),
    sink: S,
    push: impl Fn(&T, &mut S) + Sync,
) {
    let turns = Turns::new(items);
    // A thread that is too late to get an item needs no sink.
    let mut sinks = vec![Some(sink)];
    sinks.resize_with(pool.at_once(worthy_threads(items, pool.threads(), size)), || None);
    pool.map(sinks, |mut sink| {
        while let Some(item) = turns.take() {
            push(item, sink.get_or_insert_with(new_sink));
        }
    });
}

/// How many threads the items are worth, at most `most`. If there are enough items, their sizes are not requested.
fn worthy_threads<T>(items: &[T], most: usize, size: impl Fn(&T) -> u64) -> usize {
    let most = most.min(items.len()).max(1);
    let by_count = items.len() / A_THREADS_WORTH + 1;
    if by_count >= most {
        return most;
    }
    let enough = WORTHY_BYTES.saturating_mul(most as u64);
    let mut bytes = 0_u64;
    for item in items {
        bytes = bytes.saturating_add(size(item));
        if bytes >= enough {
            return most;
        }
    }
    by_count.max((bytes / WORTHY_BYTES) as usize + 1).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_for_many_items_or_many_bytes() {
        const MIB: u64 = 1 << 20;
        let worthy = |sizes: &[u64], most| worthy_threads(sizes, most, |size| *size);
        assert_eq!([worthy(&[], 8), worthy(&[0], 8), worthy(&[100 * MIB], 8)], [1, 1, 1]);
        assert_eq!([worthy(&[2000; 5], 8), worthy(&[2000; 64], 8), worthy(&[2000; 5], 1)], [1, 3, 1]);
        assert_eq!(
            [worthy(&[12 * MIB; 20], 2), worthy(&[12 * MIB; 20], 8), worthy(&[12 * MIB; 3], 8)],
            [2, 8, 3]
        );
        assert_eq!([worthy(&[0, WORTHY_BYTES, 0], 8), worthy(&[u64::MAX; 3], 8)], [2, 3]);
        // Sizes are requested only if they matter.
        assert_eq!(worthy_threads(&[0; 300], 8, |_| unreachable!()), 8);
    }
}
