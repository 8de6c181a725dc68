//! From lines and columns, as the engine reports them, back to bytes.

use std::ops::Range;

use crate::{cold::ColdSort, finding::Span};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The ranges of a text that these spans are, in bytes, in the order of the spans. Takes one pass over the text.
pub(crate) fn byte_ranges(text: &[u8], spans: &[Span]) -> Vec<Range<usize>> {
    // Line, column, and which end of which span.
    let ends = |(at, span): (usize, &Span)| {
        [(span.line, span.column, at, false), (span.end_line, span.end_column, at, true)]
    };
    let mut wanted: Vec<(u64, u64, usize, bool)> = spans.iter().enumerate().flat_map(ends).collect();
    wanted.cold_sort();
    let mut ranges = vec![0..0; spans.len()];
    // The mark is no column.
    let mut at = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let (mut line, mut column) = (1, 1);
    for (to_line, to_column, of, is_end) in wanted {
        while line < to_line {
            let Some(end) = memchr::memchr(b'\n', &text[at..]) else { break };
            at += end + 1;
            (line, column) = (line + 1, 1);
        }
        while column < to_column && at < text.len() {
            at += character(&text[at..]);
            column += 1;
        }
        match is_end {
            false => ranges[of].start = at,
            true => ranges[of].end = at,
        }
    }
    ranges
}

/// The length of the first character, in bytes, as the engine counts columns: a byte that is not part of valid UTF-8 is one.
fn character(text: &[u8]) -> usize {
    let more = match text[0] {
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf4 => 3,
        _ => 0,
    };
    1 + text[1..].iter().take(more).take_while(|byte| matches!(byte, 0x80..=0xbf)).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::Cursor;

    proptest! {
        #[test]
        fn spans_lead_back_to_where_they_come_from(
            text in "\u{feff}?[a\n\r é汉🦀]{0,40}",
            stray in prop::collection::vec((any::<prop::sample::Index>(), 0x80..=0xffu8), 0..4),
            cuts: [prop::sample::Index; 6],
        ) {
            let mut text = text.into_bytes();
            for (at, byte) in stray {
                text.insert(at.index(text.len() + 1), byte);
            }
            let mut borders = vec![if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }];
            while let Some(at) = borders.last().copied().filter(|at| *at < text.len()) {
                borders.push(at + character(&text[at..]));
            }
            let cuts = cuts.map(|cut| borders[cut.index(borders.len())]);
            let ranges: Vec<_> = cuts.chunks(2).map(|pair| pair[0].min(pair[1])..pair[0].max(pair[1])).collect();
            let spans: Vec<Span> = ranges.iter().map(|range| Cursor::default().span(&text, range)).collect();
            prop_assert_eq!(byte_ranges(&text, &spans), ranges);
        }
    }
}
