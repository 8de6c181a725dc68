//! A list of another scanner: any bytes are read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skanner::testing::fuzz;

fuzz_target!(|bytes: &[u8]| {
    let _ = fuzz::import(bytes);
});
