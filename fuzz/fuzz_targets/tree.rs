//! Trees and commits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skanner::testing::git::object::{self, Commit, Tag};

fuzz_target!(|bytes: &[u8]| {
    for width in [20, 32] {
        let mut end = 0;
        let is_sound = object::tree(bytes, width, |range, entry| {
            assert_eq!((range.start, entry.id.len()), (end, width));
            end = range.end;
        });
        assert_eq!(is_sound, end == bytes.len());
    }
    let _ = (Commit::parse(bytes), Tag::parse(bytes));
});
