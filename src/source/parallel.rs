//! Many things that can be read in any order, by several threads where that pays.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Sink;

/// With fewer things than this a thread more costs more than it saves.
const A_THREADS_WORTH: usize = 32;

/// Pushes every item, into `sink` and those of further threads.
pub(super) fn feed<T: Sync, S: Sink>(
    items: &[T],
    threads: usize,
    new_sink: &(impl Fn() -> S + Sync),
    mut sink: S,
    push: impl Fn(&T, &mut S) + Sync,
) {
    let next = AtomicUsize::new(0);
    let work = |sink: &mut S| {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            push(item, sink);
        }
    };
    let threads = threads.min(items.len() / A_THREADS_WORTH + 1);
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| work(&mut new_sink()));
        }
        work(&mut sink);
    });
}
