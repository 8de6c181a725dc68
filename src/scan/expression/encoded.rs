//! Tries expressions on a text and on what is encoded in it: base64, hex and UTF-16.
//!
//! Keywords are too many to search for all their encodings. So long runs and UTF-16 are decoded whole. Only runs with such
//! rules pay for that.

use std::ops::Range;

use super::{
    progress::ExpressionProgress,
    reach::{Asked, Paths},
    search::{ExpressionSearch, ExpressionWindow},
};
use crate::{
    bytes::is_ascii_text,
    decode::{Decoded, base64, hex, run, utf16},
    rule::LONGEST_MATCH,
    scan::{encoded::add_decoded, scratch::Scratch, shape_match::ShapeMatch},
};

/// How many nested encodings are decoded.
const DEEPEST: usize = 2;

/// How much of a run is decoded before and behind the range that is searched, in characters: what the longest match takes
/// that is found in hex.
const BESIDE: usize = LONGEST_MATCH;

/// How far a UTF-16 string is decoded to either side, in bytes.
const WIDE: usize = LONGEST_MATCH / 2;

/// The shortest run of hex digits that may hold a key, in characters.
const SHORTEST_HEX: usize = 32;

impl ExpressionSearch {
    /// Adds all matches of a window that begin in `range`, with those of the windows before it that are still in memory.
    pub(in crate::scan) fn scan_window(
        &self,
        text: &[u8],
        range: &Range<usize>,
        paths: Paths,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let mut progress = std::mem::take(&mut scratch.expressions);
        let window = ExpressionWindow { text, starts_end: range.end, paths, asked: Asked::All };
        self.scan(window, &mut progress, scratch, matches);
        scratch.context.clear();
        scratch.expressions = progress;
        self.scan_encoded(text, range, paths, 0, scratch, matches);
    }

    /// Adds the matches that are encoded at or around a range.
    pub(super) fn scan_encoded_near(
        &self,
        text: &[u8],
        range: &Range<usize>,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let wide = around(text, range, 2 * WIDE);
        if next_wide(text, range.clone()).is_some() {
            return self.scan_encoded(text, &wide, Paths::Any, 0, scratch, matches);
        }
        let wide = around(text, range, 2 * BESIDE);
        let mut from = range.start;
        while let Some(run) = run::next(text, from..range.end, &mut |_| ()) {
            from = run.source.end;
            let part = run.source.start.max(wide.start)..run.source.end.min(wide.end);
            self.scan_encoded(text, &part, Paths::Any, 0, scratch, matches);
        }
    }

    fn scan_encoded(
        &self,
        text: &[u8],
        range: &Range<usize>,
        paths: Paths,
        depth: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        if depth == DEEPEST {
            return;
        }
        let is_wide_apart = depth == 0 && scratch.wide_apart;
        let mut add = |decoded: &Decoded, name: &'static str| {
            let whole = 0..decoded.text.len();
            if whole.len() < self.shortest {
                return;
            }
            let (mut own, mut inner) = (ExpressionProgress::default(), Vec::new());
            let window =
                ExpressionWindow { text: &decoded.text, starts_end: whole.end, paths, asked: Asked::All };
            self.scan(window, &mut own, scratch, &mut inner);
            scratch.context.clear();
            self.scan_encoded(&decoded.text, &whole, paths, depth + 1, scratch, &mut inner);
            inner.retain(|one| range.contains(&decoded.source(&one.span).start));
            add_decoded(decoded, inner, matches, |_| vec![name]);
        };
        let mut from = range.start;
        while let Some(run) = run::next(text, from..range.end, &mut |_| ()) {
            from = run.source.end;
            if run.text.len() < self.shortest {
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
}

/// A range with so many bytes more on either side.
fn around(text: &[u8], range: &Range<usize>, more: usize) -> Range<usize> {
    range.start.saturating_sub(more)..text.len().min(range.end + more)
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
