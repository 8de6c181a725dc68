//! Work on a long list by several threads, whose results are taken in the order of the list, and soon.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use super::Pool;

/// A result, and how much memory it needs, in bytes.
pub(crate) struct Measured<T>(pub(crate) T, pub(crate) usize);

/// Works on `items`, at most `at_once` at the same time, and gives each result to `take` as soon as it and all before it
/// are there. No further item is begun while results of more than `waiting` bytes wait for one before them, so that a slow
/// item does not let those of all others pile up.
///
/// # Errors
/// The first error of `take`. Nothing is begun after it.
pub(crate) fn in_order<I: Sync, T: Send, E: Send>(
    pool: &Pool,
    at_once: usize,
    items: &[I],
    waiting: usize,
    work: impl Fn(&I) -> Measured<T> + Sync,
    take: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E> {
    let ordered = OrderedWork {
        items,
        most: waiting,
        state: Mutex::new(OrderedState::new(take)),
        has_moved: Condvar::new(),
    };
    pool.map(vec![(); pool.at_once(at_once)], |()| {
        // Whoever waits for an item whose work has panicked would wait forever.
        let _end = EndOnPanic(&ordered);
        while let Some(at) = ordered.next() {
            ordered.done(at, work(&items[at]));
        }
    });
    match ordered.lock().error.take() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

struct OrderedWork<'a, I, T, E, F> {
    items: &'a [I],
    /// How many bytes of results may wait.
    most: usize,
    state: Mutex<OrderedState<T, E, F>>,
    has_moved: Condvar,
}

struct OrderedState<T, E, F> {
    /// The next item to begin.
    next: usize,
    /// The next item whose result is taken.
    due: usize,
    /// Results of items behind that one, and their size in bytes.
    waiting: BTreeMap<usize, Measured<T>>,
    size: usize,
    take: F,
    error: Option<E>,
    /// Whether nothing more is begun.
    is_over: bool,
}

impl<T, E, F: FnMut(T) -> Result<(), E>> OrderedState<T, E, F> {
    fn new(take: F) -> Self {
        Self { next: 0, due: 0, waiting: BTreeMap::new(), size: 0, take, error: None, is_over: false }
    }

    /// Takes the results that are due.
    fn take_due(&mut self) {
        while let Some(Measured(result, size)) = self.waiting.remove(&self.due) {
            self.due += 1;
            self.size -= size;
            if let Err(error) = (self.take)(result) {
                self.error = Some(error);
                self.is_over = true;
                self.waiting.clear();
                return;
            }
        }
    }
}

impl<I, T, E, F: FnMut(T) -> Result<(), E>> OrderedWork<'_, I, T, E, F> {
    /// The item to begin next, once there is room for its result. The one that others wait for has been begun, so that
    /// there will be.
    fn next(&self) -> Option<usize> {
        let mut state = self.lock();
        while state.size > self.most && !state.is_over {
            state = self.has_moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let at = state.next;
        state.next += 1;
        (at < self.items.len() && !state.is_over).then_some(at)
    }

    fn done(&self, at: usize, result: Measured<T>) {
        let mut state = self.lock();
        if !state.is_over {
            state.size += result.1;
            state.waiting.insert(at, result);
            state.take_due();
        }
        self.has_moved.notify_all();
    }
}

impl<I, T, E, F> OrderedWork<'_, I, T, E, F> {
    fn lock(&self) -> MutexGuard<'_, OrderedState<T, E, F>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct EndOnPanic<'l, 'a, I, T, E, F>(&'l OrderedWork<'a, I, T, E, F>);

impl<I, T, E, F> Drop for EndOnPanic<'_, '_, I, T, E, F> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().is_over = true;
            self.0.has_moved.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;

    #[test]
    fn results_are_taken_in_order_whatever_the_work_takes() {
        let items: Vec<usize> = (0..500).collect();
        for threads in [1, 2, 5] {
            for waiting in [0, 3, 1 << 20] {
                let mut taken = Vec::new();
                let work = |item: &usize| {
                    std::thread::sleep(Duration::from_micros(*item as u64 * 7919 % 97));
                    Measured(*item, 1)
                };
                let result = in_order(&Pool::new(threads), threads, &items, waiting, work, |item| {
                    taken.push(item);
                    Ok::<_, ()>(())
                });
                assert_eq!((result, &taken), (Ok(()), &items), "{threads} {waiting}");
            }
        }
    }

    #[test]
    fn a_slow_item_does_not_let_the_others_pile_up() {
        const SIZE: usize = 10;
        const MOST: usize = 100;
        const THREADS: usize = 4;
        let items: Vec<usize> = (0..1000).collect();
        let (begun, is_first_done) = (AtomicUsize::new(0), Mutex::new(false));
        let work = |item: &usize| {
            if *item == 0 {
                // Until the others have stopped.
                let mut last = 0;
                loop {
                    std::thread::sleep(Duration::from_millis(30));
                    let now = begun.load(Ordering::Relaxed);
                    if now == last {
                        break;
                    }
                    last = now;
                }
                *is_first_done.lock().unwrap() = true;
            } else if !*is_first_done.lock().unwrap() {
                begun.fetch_add(1, Ordering::Relaxed);
            }
            Measured(*item, SIZE)
        };
        let mut count = 0;
        in_order(&Pool::new(THREADS), THREADS, &items, MOST, work, |_| {
            count += 1;
            Ok::<_, ()>(())
        })
        .unwrap();
        assert_eq!(count, items.len());
        let begun = begun.load(Ordering::Relaxed);
        assert!((MOST / SIZE..=MOST / SIZE + THREADS).contains(&begun), "{begun}");
    }

    #[test]
    fn an_error_ends_the_work() {
        let items: Vec<usize> = (0..10_000).collect();
        for threads in [1, 4] {
            let begun = AtomicUsize::new(0);
            let work = |item: &usize| {
                begun.fetch_add(1, Ordering::Relaxed);
                Measured(*item, 1)
            };
            let take = |item| if item == 7 { Err("full") } else { Ok(()) };
            assert_eq!(in_order(&Pool::new(threads), threads, &items, 50, work, take), Err("full"));
            assert!(begun.load(Ordering::Relaxed) <= 8 + 51 + threads);
        }
    }

    #[test]
    fn a_panic_goes_on_in_the_caller_and_nobody_waits_for_it() {
        let items: Vec<usize> = (0..100).collect();
        for threads in [1, 2, 4] {
            for bad in [0, 50, 99] {
                let work = |item: &usize| {
                    if *item == bad {
                        panic!("of an item")
                    }
                    Measured(*item, 1)
                };
                let run = || in_order(&Pool::new(threads), threads, &items, 0, work, |_| Ok::<_, ()>(()));
                assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
            }
        }
    }
}
