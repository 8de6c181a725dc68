//! What each thread is reading, for the message if the program fails there.

use std::cell::RefCell;

/// Names are kept up to this length, in bytes.
const LONGEST: usize = 1024;

thread_local! {
    static NAME: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// This thread begins to read something with this name.
pub(crate) fn begin(name: &[u8]) {
    NAME.with_borrow_mut(|own| {
        own.clear();
        own.extend_from_slice(&name[..name.len().min(LONGEST)]);
    });
}

/// What this thread is reading; empty if it has read nothing so far. The name may contain a key.
#[cfg(feature = "cli")]
pub(crate) fn name() -> Vec<u8> {
    // A thread that ends has no name left.
    NAME.try_with(|own| own.try_borrow().map(|own| own.clone()).unwrap_or_default()).unwrap_or_default()
}
