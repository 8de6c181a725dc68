//! Work for several threads: first the roots, and later the work that busy threads hand to idle ones, so that one giant
//! tree keeps all threads busy to the end.

use std::sync::{
    Condvar, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// The remaining work.
pub(super) struct Queue<R, T> {
    roots: Vec<R>,
    next: AtomicUsize,
    shared: Mutex<QueueState<T>>,
    changed: Condvar,
    threads: usize,
    /// How many threads are waiting and have not been given work yet.
    idle: AtomicUsize,
}

struct QueueState<T> {
    given: Vec<T>,
    waiting: usize,
    is_abandoned: bool,
}

/// A unit of work.
pub(super) enum Work<R, T> {
    Root(R),
    Given(T),
}

impl<R: Copy, T> Queue<R, T> {
    /// The initial work, for exactly this many threads.
    pub(super) fn new(roots: Vec<R>, threads: usize) -> Self {
        Self {
            roots,
            next: AtomicUsize::new(0),
            shared: Mutex::new(QueueState { given: Vec::new(), waiting: 0, is_abandoned: false }),
            changed: Condvar::new(),
            threads,
            idle: AtomicUsize::new(0),
        }
    }

    /// Waits for work; `None` once no thread has any left.
    pub(super) fn next(&self) -> Option<Work<R, T>> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        if let Some(root) = self.roots.get(at) {
            return Some(Work::Root(*root));
        }
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.waiting += 1;
        loop {
            if let Some(work) = shared.given.pop() {
                shared.waiting -= 1;
                self.count(&shared);
                return Some(Work::Given(work));
            }
            if shared.waiting == self.threads || shared.is_abandoned {
                self.changed.notify_all();
                return None;
            }
            self.count(&shared);
            shared = self.changed.wait(shared).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Keeps others from waiting for a thread that is gone.
    pub(super) fn abandon(&self) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.is_abandoned = true;
        self.changed.notify_all();
    }

    /// Whether some thread is waiting for work.
    pub(super) fn has_idle(&self) -> bool {
        self.idle.load(Ordering::Relaxed) > 0
    }

    /// Gives work to a waiting thread.
    pub(super) fn share(&self, work: T) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.given.push(work);
        self.count(&shared);
        self.changed.notify_one();
    }

    fn count(&self, shared: &QueueState<T>) {
        self.idle.store(shared.waiting.saturating_sub(shared.given.len()), Ordering::Relaxed);
    }
}
