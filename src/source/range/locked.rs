//! What several threads share.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes it. A thread that panicked has left it as sound as any other: all change it in one step.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
