//! A delta against a base: the first byte says how long that is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use skanner::testing::git::pack::{Changes, apply};

fuzz_target!(|bytes: &[u8]| {
    let Some((&length, rest)) = bytes.split_first() else { return };
    let (base, delta) = rest.split_at(rest.len().min(length.into()));
    let (mut result, mut changes) = (Vec::new(), Changes::default());
    if apply(base, delta, &mut result, &mut changes).is_ok() {
        let changed_ranges = &changes.changed_ranges;
        assert!(changed_ranges.iter().all(|range| range.start <= range.end && range.end <= result.len()));
        assert!(changed_ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }
});
