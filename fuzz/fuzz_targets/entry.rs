//! The header of an entry of a pack.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skanner::testing::git::pack::EntryHeader;

fuzz_target!(|bytes: &[u8]| {
    for width in [20, 32] {
        if let Some(header) = EntryHeader::parse(bytes, width) {
            assert!(header.length <= bytes.len());
        }
    }
});
