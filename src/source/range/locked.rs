//! State shared by several threads.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks the mutex. A panicking thread leaves the value valid, because every thread changes it in one step.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
