//! A bug in the program must not look like a verdict: a panic ends with exit code 2, and says where it happened and what
//! was being read. What the panic itself says is not shown, since it may quote the input.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, PoisonError},
};

use crate::reading;

/// The first panic: the place in the source, and what its thread was reading.
static FIRST: Mutex<Option<(String, Vec<u8>)>> = Mutex::new(None);

/// Runs the program. If it panics, returns a message for standard error instead.
pub(super) fn guarded<T>(run: impl FnOnce() -> T, mask: impl Fn(&[u8]) -> String) -> Result<T, String> {
    panic::set_hook(Box::new(|info| {
        let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        first.get_or_insert_with(|| (place, reading::name()));
    }));
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    result.map_err(|_| {
        let first = FIRST.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (place, name) = first.unwrap_or_default();
        // The mask may have failed as well.
        let name = panic::catch_unwind(AssertUnwindSafe(|| mask(&name))).unwrap_or_default();
        let reading = if name.is_empty() { String::new() } else { format!(" while reading {name}") };
        format!(
            "skanner: internal error at {place}{reading}, so the run is incomplete. This is a bug in skanner {}: please \
             report this line\n",
            env!("CARGO_PKG_VERSION")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_says_where_and_not_what() {
        let mask = |name: &[u8]| String::from_utf8_lossy(name).replace("secret", "…");
        assert_eq!(guarded(|| 1, mask), Ok(1));
        let fail = || {
            reading::begin(b"a/secret.py");
            let text = "a secret";
            if text.len() > 3 {
                panic!("{text}");
            }
        };
        let message = guarded(fail, mask).unwrap_err();
        assert!(message.starts_with("skanner: internal error at src/cmd/guard.rs:"), "{message}");
        assert!(message.contains("while reading a/….py, so the run is incomplete"), "{message}");
        assert!(!message.contains("secret"), "{message}");
        // In another thread, which hands it on.
        let pool = crate::threads::Pool::new(2);
        let fail = |item: usize| {
            reading::begin(format!("file {item}").as_bytes());
            assert!(item == 0, "a secret");
        };
        let message = guarded(|| pool.map(vec![0, 1], fail), mask).unwrap_err();
        assert!(message.contains("while reading file 1") && !message.contains("secret"), "{message}");
        let _ = panic::take_hook();
    }
}
