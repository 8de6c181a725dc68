//! What each thread is reading, for the message if the program fails there.

use std::cell::RefCell;

/// Names are kept up to this length, in bytes.
const LONGEST: usize = 256;

thread_local! {
    /// The name and its length. Without an allocation, a thread has nothing to free when it ends.
    static NAME: RefCell<([u8; LONGEST], usize)> = const { RefCell::new(([0; LONGEST], 0)) };
}

/// This thread begins to read something with this name.
pub(crate) fn begin(name: &[u8]) {
    NAME.with_borrow_mut(|(own, length)| {
        *length = name.len().min(LONGEST);
        own[..*length].copy_from_slice(&name[..*length]);
    });
}

/// What this thread is reading; empty if it has read nothing so far. The name may contain a key.
#[cfg(feature = "cli")]
pub(crate) fn name() -> Vec<u8> {
    NAME.with(|own| own.try_borrow().map(|own| own.0[..own.1].to_owned()).unwrap_or_default())
}
