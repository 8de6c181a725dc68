//! Limits the memory for dictionaries and unpacked archives. Each thread opens one input at a time, and each input has
//! its own limit, so that no thread waits for another. All threads together use at most the limit times their number.

use std::{cell::Cell, io};

use super::fault::user_error;

/// The most memory that one input may hold, in bytes, including everything nested in it.
const MOST: u64 = 36 << 20;

/// The memory that one input holds.
#[derive(Default)]
pub(super) struct Share {
    held: Cell<u64>,
}

impl Share {
    /// Allocates this many bytes.
    ///
    /// # Errors
    /// When the input would exceed its limit.
    pub(super) fn take(&self, bytes: u64) -> io::Result<()> {
        let held = self.held.get().saturating_add(bytes);
        if held > MOST {
            return Err(user_error(
                "needs more than 36 MiB of memory to unpack, the limit for one file: unpack it and scan its contents"
                    .to_owned(),
            ));
        }
        self.held.set(held);
        Ok(())
    }

    /// Releases this many bytes.
    pub(super) fn give(&self, bytes: u64) {
        self.held.set(self.held.get().saturating_sub(bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn one_input_may_not_have_everything() {
        let share = Share::default();
        share.take(30 * MIB).unwrap();
        assert!(share.take(7 * MIB).unwrap_err().to_string().contains("36 MiB"));
        assert!(share.take(u64::MAX).is_err());
        share.give(30 * MIB);
        share.take(MOST).unwrap();
    }

    #[test]
    fn inputs_do_not_wait_for_each_other() {
        // All hold the maximum at the same time: none passes the barrier before all of them do.
        let barrier = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let share = Share::default();
                    share.take(MOST).unwrap();
                    barrier.wait();
                    share.give(MOST);
                });
            }
        });
    }
}
