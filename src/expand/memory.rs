//! Dictionaries and unpacked archives take memory that all threads share, so that many threads need no more than one.

use std::{
    cell::Cell,
    io,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use super::budget::said;

/// What all inputs may hold together, in bytes.
const ALL: u64 = 40 << 20;

/// What one input may hold, in bytes.
const ONE: u64 = 36 << 20;

/// What each input that holds something holds, by slot.
static HELD: Mutex<Vec<Option<u64>>> = Mutex::new(Vec::new());

static FREED: Condvar = Condvar::new();

fn held() -> MutexGuard<'static, Vec<Option<u64>>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether all inputs can still come to their end, one after the other, even if each comes to need the most that one
/// may: then nobody waits for ever.
fn is_safe(held: &[Option<u64>]) -> bool {
    let (sum, largest) =
        held.iter().flatten().fold((0, 0), |(sum, largest), one| (sum + one, one.max(&largest).to_owned()));
    sum <= ALL && ALL - sum + largest >= ONE
}

/// What one input holds.
#[derive(Default)]
pub(super) struct Share {
    slot: Cell<Option<usize>>,
}

impl Share {
    /// Takes so many bytes; waits until they are there.
    ///
    /// # Errors
    /// When one input may not have so many.
    pub(super) fn take(&self, bytes: u64) -> io::Result<()> {
        if bytes == 0 {
            return Ok(());
        }
        let mut held = held();
        let slot = self.slot.get().unwrap_or_else(|| {
            let free = held.iter().position(Option::is_none).unwrap_or(held.len());
            if free == held.len() {
                held.push(None);
            }
            held[free] = Some(0);
            self.slot.set(Some(free));
            free
        });
        let now = held[slot].unwrap_or(0);
        if now + bytes > ONE {
            return Err(said(
                "needs more than 36 MiB of memory to unpack, the limit for one file: unpack it and scan what it holds"
                    .to_owned(),
            ));
        }
        loop {
            held[slot] = Some(now + bytes);
            if is_safe(&held) {
                return Ok(());
            }
            held[slot] = Some(now);
            held = FREED.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Gives so many bytes back.
    pub(super) fn give(&self, bytes: u64) {
        let Some(slot) = self.slot.get().filter(|_| bytes > 0) else { return };
        let mut held = held();
        held[slot] = held[slot].map(|now| now.saturating_sub(bytes));
        FREED.notify_all();
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.get() {
            held()[slot] = None;
            FREED.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn whoever_holds_most_can_always_finish() {
        assert!(is_safe(&[]) && is_safe(&[Some(ONE)]) && is_safe(&[Some(ONE), None, Some(4 * MIB)]));
        assert!(!is_safe(&[Some(8 * MIB), Some(5 * MIB)]));
        assert!(!is_safe(&[Some(ONE), Some(5 * MIB)]));
    }

    #[test]
    fn one_input_may_not_have_everything() {
        let share = Share::default();
        share.take(30 * MIB).unwrap();
        assert!(share.take(7 * MIB).unwrap_err().to_string().contains("36 MiB"));
        share.give(30 * MIB);
        share.take(ONE).unwrap();
    }

    #[test]
    fn many_that_need_much_wait_for_each_other() {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let share = Share::default();
                    for _ in 0..9 {
                        share.take(4 * MIB).unwrap();
                        assert!(is_safe(&held()));
                        std::thread::yield_now();
                    }
                });
            }
        });
    }
}
