//! Decodes long runs and UTF-16 whole, for searches whose literals are too many to search for all their encodings: base64,
//! hex and UTF-16. Only runs with such a search pay for that.

use std::ops::Range;

use crate::{
    bytes::is_ascii_text,
    decode::{Decoded, base64, hex, run, utf16},
    rule::LONGEST_MATCH,
};

/// How many nested encodings are decoded.
pub(super) const DEEPEST: usize = 2;

/// How much of a run is decoded before and behind the range that is searched, in characters: what the longest match takes
/// that is found in hex.
const BESIDE: usize = LONGEST_MATCH;

/// How far a UTF-16 string is decoded to either side, in bytes.
const WIDE: usize = LONGEST_MATCH / 2;

/// The shortest run of hex digits that may hold a key, in characters.
const SHORTEST_HEX: usize = 32;

/// Whether `range` may hold something that is encoded.
pub(super) fn may_be_encoded(text: &[u8], range: &Range<usize>) -> bool {
    run::next(text, range.clone(), &mut |_| ()).is_some() || next_wide(text, range.clone()).is_some()
}

/// Calls `found` with the parts of a text that may be encoded together with what is in the range.
pub(super) fn each_run_near(text: &[u8], range: &Range<usize>, found: &mut dyn FnMut(Range<usize>)) {
    let around = |more: usize| range.start.saturating_sub(more)..text.len().min(range.end + more);
    if next_wide(text, range.clone()).is_some() {
        return found(around(2 * WIDE));
    }
    let wide = around(2 * BESIDE);
    let mut from = range.start;
    while let Some(run) = run::next(text, from..range.end, &mut |_| ()) {
        from = run.source.end;
        found(run.source.start.max(wide.start)..run.source.end.min(wide.end));
    }
}

/// Calls `add` with everything that may be encoded in the range, decoded, and with the name of the encoding. Runs of fewer
/// than `shortest` characters are left out, and strings of UTF-16 of a text that is also read as UTF-16.
pub(super) fn each_decoded(
    text: &[u8],
    range: &Range<usize>,
    shortest: usize,
    is_wide_apart: bool,
    add: &mut dyn FnMut(&Decoded, &'static str),
) {
    let mut from = range.start;
    while let Some(run) = run::next(text, from..range.end, &mut |_| ()) {
        from = run.source.end;
        if run.text.len() < shortest {
            continue;
        }
        let first = run.text_of(range.start).saturating_sub(BESIDE);
        let last = run.text.len().min(run.text_of(range.end) + BESIDE);
        for start in (first..last).take(base64::GROUP.0) {
            add(&base64::decode(&run, &(start..last)), "base64");
        }
        let mut start = first;
        while start < last {
            let length = run.text[start..last].iter().take_while(|byte| hex::is_digit(**byte)).count();
            if length >= SHORTEST_HEX {
                for start in start..start + 2 {
                    add(&hex::decode(&run, &(start..start + length - 1)), "hex");
                }
            }
            start += length + 1;
        }
    }
    if is_wide_apart {
        return;
    }
    let mut from = range.start;
    while let Some(at) = next_wide(text, from..range.end) {
        let (decoded, order) = utf16::string_around(text, at, WIDE);
        from = decoded.end().max(at + 2);
        add(&decoded, order.name());
    }
}

/// Where two characters of UTF-16 begin.
fn next_wide(text: &[u8], range: Range<usize>) -> Option<usize> {
    let is_pair =
        |four: &[u8]| four[1] == 0 && four[3] == 0 && is_ascii_text(four[0]) && is_ascii_text(four[2]);
    let mut from = range.start;
    while let Some(zero) = memchr::memchr(0, text.get(from..range.end.min(text.len()))?) {
        let at = (from + zero).saturating_sub(1);
        if text.get(at..at + 4).is_some_and(is_pair) {
            return Some(at);
        }
        from += zero + 1;
    }
    None
}
