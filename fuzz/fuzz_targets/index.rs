//! The index of a repository, with both lengths of names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skanner::testing::fuzz;

fuzz_target!(|bytes: &[u8]| {
    for width in [20, 32] {
        let _ = fuzz::index(bytes, width);
    }
});
