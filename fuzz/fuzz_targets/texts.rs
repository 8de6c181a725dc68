//! Texts of strangers that are shown: comments beside keys, masked and escaped.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skanner::testing::fuzz;

fuzz_target!(|bytes: &[u8]| {
    let shown = fuzz::shown(bytes);
    assert!(!shown.chars().any(|one| one.is_control() && one != '\t'));
    fuzz::comments(bytes);
});
