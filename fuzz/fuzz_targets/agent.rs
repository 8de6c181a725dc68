//! A payload of a coding agent, a command line and settings: any bytes are read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skanner::testing::fuzz;

fuzz_target!(|bytes: &[u8]| {
    let _ = fuzz::agent(bytes);
});
