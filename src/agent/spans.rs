//! From lines and columns, as the engine reports them, back to bytes.

use std::ops::Range;

use crate::{cold::ColdSort, finding::Span};

/// The ranges of a text that these spans are, in bytes, in the order of the spans. Takes one pass over the text.
pub(crate) fn byte_ranges(text: &str, spans: &[Span]) -> Vec<Range<usize>> {
    // Line, column, and which end of which span.
    let ends = |(at, span): (usize, &Span)| {
        [(span.line, span.column, at, false), (span.end_line, span.end_column, at, true)]
    };
    let mut wanted: Vec<(u64, u64, usize, bool)> = spans.iter().enumerate().flat_map(ends).collect();
    wanted.cold_sort();
    let mut ranges = vec![0..0; spans.len()];
    let (mut at, mut line, mut column) = (0, 1, 1);
    for (to_line, to_column, of, is_end) in wanted {
        while line < to_line {
            let Some(end) = memchr::memchr(b'\n', &text.as_bytes()[at..]) else { break };
            at += end + 1;
            (line, column) = (line + 1, 1);
        }
        let count = usize::try_from(to_column.saturating_sub(column)).unwrap_or(usize::MAX);
        at += text[at..].char_indices().nth(count).map_or(text.len() - at, |(within, _)| within);
        column = column.max(to_column);
        match is_end {
            false => ranges[of].start = at,
            true => ranges[of].end = at,
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::Cursor;

    proptest! {
        #[test]
        fn spans_lead_back_to_where_they_come_from(text in "[a\n\r é汉🦀]{0,40}", cuts: [prop::sample::Index; 6]) {
            let borders: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            let cuts = cuts.map(|cut| borders[cut.index(borders.len())]);
            let ranges: Vec<_> = cuts.chunks(2).map(|pair| pair[0].min(pair[1])..pair[0].max(pair[1])).collect();
            let spans: Vec<Span> =
                ranges.iter().map(|range| Cursor::default().span(text.as_bytes(), range)).collect();
            prop_assert_eq!(byte_ranges(&text, &spans), ranges);
        }
    }
}
