//! The threads of a run: one pool, created when there is work for more than one thread.

mod in_order;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use rayon::{ThreadPool, ThreadPoolBuilder};

pub(crate) use in_order::{Measured, in_order};

/// The threads a run may use, including the calling one. Clones share them. A panic in one of them continues in the
/// caller, once the others are done.
#[derive(Clone, Debug)]
pub struct Pool(Arc<PoolState>);

#[derive(Debug)]
struct PoolState {
    threads: usize,
    /// All threads except the calling one; `None` if they cannot be created.
    others: OnceLock<Option<ThreadPool>>,
}

impl Pool {
    /// No thread is started before it is needed.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self(Arc::new(PoolState { threads: threads.max(1), others: OnceLock::new() }))
    }

    /// The maximum number of threads.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.0.threads
    }

    /// How many of `most` pieces of work run at the same time. Fewer than requested if there are not enough threads.
    #[must_use]
    pub fn at_once(&self, most: usize) -> usize {
        let most = most.clamp(1, self.0.threads);
        if most == 1 || self.others().is_some() { most } else { 1 }
    }

    /// Processes all items, and returns the results in order. If there are no more items than [`Self::at_once`] says,
    /// they all run at the same time, so they may wait for each other.
    pub fn map<I: Send, T: Send>(&self, items: Vec<I>, work: impl Fn(I) -> T + Sync) -> Vec<T> {
        let others = if items.len() > 1 { self.others() } else { None };
        let Some(others) = others else { return items.into_iter().map(work).collect() };
        let mut results: Vec<Option<T>> = items.iter().map(|_| None).collect();
        others.in_place_scope(|scope| {
            let mut tasks = items.into_iter().zip(&mut results);
            let own = tasks.next();
            for (item, result) in tasks {
                let work = &work;
                scope.spawn(move |_| *result = Some(work(item)));
            }
            if let Some((item, result)) = own {
                *result = Some(work(item));
            }
        });
        results.into_iter().flatten().collect()
    }

    /// Runs two functions, in parallel if there is more than one thread.
    pub fn join<A, B: Send>(&self, own: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
        let Some(others) = self.others() else { return (own(), other()) };
        let mut result = None;
        let own = others.in_place_scope(|scope| {
            scope.spawn(|_| result = Some(other()));
            own()
        });
        let Some(result) = result else { unreachable!("a scope waits for what it has started") };
        (own, result)
    }

    /// The pool, created on first use.
    fn others(&self) -> Option<&ThreadPool> {
        let others = self.0.threads - 1;
        let make = || ThreadPoolBuilder::new().num_threads(others).build().ok();
        if others == 0 { None } else { self.0.others.get_or_init(make).as_ref() }
    }
}

/// A single thread: nothing is ever started.
impl Default for Pool {
    fn default() -> Self {
        Self::new(1)
    }
}

/// A list whose items several threads take in turn.
#[derive(Debug)]
pub(crate) struct Turns<'a, T> {
    items: &'a [T],
    next: AtomicUsize,
}

impl<'a, T> Turns<'a, T> {
    /// With all items left.
    #[must_use]
    pub(crate) fn new(items: &'a [T]) -> Self {
        Self { items, next: AtomicUsize::new(0) }
    }

    /// Takes the next item.
    pub(crate) fn take(&self) -> Option<&'a T> {
        self.items.get(self.next.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::Barrier,
    };

    use super::*;

    #[test]
    fn results_keep_the_order_of_their_items() {
        for threads in [1, 2, 5] {
            let pool = Pool::new(threads);
            assert_eq!(pool.map((0..40).collect(), |item| item * 2), (0..80).step_by(2).collect::<Vec<_>>());
            assert!(pool.map(Vec::<usize>::new(), |item| item).is_empty());
            assert_eq!(pool.join(|| 1, || 2), (1, 2));
        }
    }

    #[test]
    fn as_many_as_promised_run_at_the_same_time() {
        for threads in [1, 2, 5] {
            let pool = Pool::new(threads);
            let count = pool.at_once(usize::MAX);
            assert_eq!(count, threads);
            // None passes before all are here.
            let barrier = Barrier::new(count);
            for _ in 0..20 {
                pool.map(vec![(); count], |()| barrier.wait());
            }
        }
    }

    #[test]
    fn little_work_starts_no_thread() {
        let pool = Pool::new(8);
        assert_eq!((pool.at_once(1), pool.map(vec![7], |item| item)), (1, vec![7]));
        assert!(pool.0.others.get().is_none());
        assert_eq!(pool.clone().at_once(2), 2);
        assert_eq!(pool.0.others.get().unwrap().as_ref().unwrap().current_num_threads(), 7);
    }

    fn fail(what: &'static str) {
        std::panic::panic_any(what)
    }

    #[test]
    fn a_panic_goes_on_in_the_caller() {
        let said = |run: &dyn Fn()| {
            let panic = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
            panic.downcast_ref::<&str>().map(|said| (*said).to_owned())
        };
        for threads in [1, 2, 5] {
            let pool = Pool::new(threads);
            for bad in 0..6 {
                let work = |item| {
                    if item == bad {
                        panic!("of a worker")
                    }
                };
                assert_eq!(said(&|| drop(pool.map((0..6).collect(), work))).as_deref(), Some("of a worker"));
            }
            assert_eq!(said(&|| drop(pool.map(vec![0], |_| fail("alone")))).as_deref(), Some("alone"));
            let own = || {
                pool.join(|| fail("own"), || ());
            };
            assert_eq!(said(&own).as_deref(), Some("own"));
            let other = || {
                pool.join(|| (), || fail("other"));
            };
            assert_eq!(said(&other).as_deref(), Some("other"));
        }
    }

    #[test]
    fn every_item_is_taken_once() {
        let items: Vec<usize> = (0..1000).collect();
        let turns = Turns::new(&items);
        let take = |()| std::iter::from_fn(|| turns.take()).copied().collect::<Vec<_>>();
        let mut taken = Pool::new(3).map(vec![(); 3], take).concat();
        taken.sort_unstable();
        assert_eq!(taken, items);
    }
}
