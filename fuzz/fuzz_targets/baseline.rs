//! A baseline: what is written is read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skanner::testing::fuzz;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(written) = fuzz::baseline(bytes) {
        assert_eq!(fuzz::baseline(written.as_bytes()).as_ref(), Ok(&written));
    }
});
