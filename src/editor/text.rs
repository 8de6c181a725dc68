//! A text in an editor: its lines and columns, and changes of parts of it.

use std::ops::Range;

use memchr::memchr2_iter;

use super::encoding::PositionEncoding;
use crate::finding::Span;

/// A line and a column, both 0-based. What a column counts is agreed with the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EditorPosition {
    /// The line. `\n`, `\r\n` and `\r` each end one.
    pub(crate) line: usize,
    /// The column.
    pub(crate) column: usize,
}

/// A text, and where its lines begin.
#[derive(Clone, Debug)]
pub(crate) struct EditorText {
    text: String,
    /// In bytes, beginning with 0.
    lines: Vec<usize>,
    encoding: PositionEncoding,
}

impl EditorText {
    /// Finds the lines of a text whose columns are counted like this.
    pub(crate) fn new(text: String, encoding: PositionEncoding) -> Self {
        let lines = line_starts(&text);
        Self { text, lines, encoding }
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Replaces the text between two positions.
    pub(crate) fn change(&mut self, range: Range<EditorPosition>, with: &str) {
        let start = self.offset(range.start);
        let end = self.offset(range.end).max(start);
        self.text.replace_range(start..end, with);
        self.lines = line_starts(&self.text);
    }

    /// Where a position is, in bytes. Behind a line it is the end of the line, and behind the text that of the text.
    pub(crate) fn offset(&self, position: EditorPosition) -> usize {
        let Some(start) = self.lines.get(position.line) else { return self.text.len() };
        start + self.encoding.bytes(&self.text[self.content(position.line)], position.column)
    }

    /// The position of an offset in bytes, which must be between two characters.
    pub(crate) fn position(&self, offset: usize) -> EditorPosition {
        let line = self.lines.partition_point(|start| *start <= offset) - 1;
        // Between `\r` and `\n`, the line has ended.
        let content = self.content(line);
        let column = self.encoding.units(&self.text[content.start..offset.min(content.end)]);
        EditorPosition { line, column }
    }

    /// The line that an offset is in, in bytes and without its end.
    pub(crate) fn line_around(&self, offset: usize) -> Range<usize> {
        self.content(self.lines.partition_point(|start| *start <= offset) - 1)
    }

    /// The part of the text that the engine means, in bytes. Its lines end with `\n` alone, its columns count code points,
    /// and a byte order mark is none.
    pub(crate) fn range_of(&self, span: &Span) -> Range<usize> {
        let start = self.offset_of_span(span.line, span.column);
        start..self.offset_of_span(span.end_line, span.end_column).max(start)
    }

    fn offset_of_span(&self, line: u64, column: u64) -> usize {
        let before = usize::try_from(line.saturating_sub(2)).unwrap_or(usize::MAX);
        let start = match line {
            0 | 1 if self.text.starts_with('\u{feff}') => '\u{feff}'.len_utf8(),
            0 | 1 => 0,
            _ => memchr::memchr_iter(b'\n', self.text.as_bytes())
                .nth(before)
                .map_or(self.text.len(), |at| at + 1),
        };
        let columns = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
        let rest = &self.text[start..];
        let line = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest, |end| &rest[..end]);
        start + PositionEncoding::Utf32.bytes(line, columns)
    }

    /// A line without its end, in bytes.
    fn content(&self, line: usize) -> Range<usize> {
        let start = self.lines[line];
        let end = self.lines.get(line + 1).copied().unwrap_or(self.text.len());
        let content = &self.text[start..end];
        let without = content.strip_suffix('\n').unwrap_or(content);
        let without = without.strip_suffix('\r').unwrap_or(without);
        start..start + without.len()
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = memchr2_iter(b'\n', b'\r', bytes);
    let ends = ends.filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
    std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENCODINGS: [PositionEncoding; 3] =
        [PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32];

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        let text = EditorText::new("a\nb\r\nc\rd\r\r\n\ne".to_owned(), PositionEncoding::Utf16);
        let starts: Vec<&str> = (0..text.lines.len()).map(|line| &text.text[text.content(line)]).collect();
        assert_eq!(starts, ["a", "b", "c", "d", "", "", "e"]);
        let at = |line, column| text.offset(EditorPosition { line, column });
        // Behind a line, behind the text.
        assert_eq!((at(1, 9), at(6, 1), at(7, 0), at(99, 9)), (3, 13, 13, 13));
        assert_eq!(text.position(4), EditorPosition { line: 1, column: 1 });
    }

    #[test]
    fn the_engine_counts_otherwise() {
        let range = |text: &str, line, column, end_line, end_column| {
            EditorText::new(text.to_owned(), PositionEncoding::Utf16).range_of(&Span {
                line,
                column,
                end_line,
                end_column,
            })
        };
        assert_eq!(range("🦀 key", 1, 3, 1, 6), 5..8);
        assert_eq!(range("\u{feff}key", 1, 1, 1, 4), 3..6);
        assert_eq!(range("a\rb key\n", 1, 5, 1, 8), 4..7);
        assert_eq!(range("a\r\n\r\nkey", 3, 1, 3, 4), 5..8);
        assert_eq!(range("ab\ncd", 1, 2, 2, 2), 1..4);
        assert_eq!(range("ab", 7, 2, 9, 2), 2..2);
        assert_eq!(range("ab", 1, 9, 1, 3), 2..2);
    }

    proptest! {
        #[test]
        fn a_position_leads_back(text in "[a\n\ré汉🦀\u{301}]{0,40}") {
            for encoding in ENCODINGS {
                let text = EditorText::new(text.clone(), encoding);
                for (at, _) in text.text.char_indices().chain([(text.text.len(), ' ')]) {
                    let back = text.offset(text.position(at));
                    let is_inside_line_end = text.text[..at].ends_with('\r') && text.text[at..].starts_with('\n');
                    prop_assert_eq!(back, if is_inside_line_end { at - 1 } else { at });
                }
            }
        }

        #[test]
        fn a_change_is_that_of_the_bytes(
            text in "[a\n\ré🦀]{0,30}", with in "[b\n\r汉]{0,10}", from: prop::sample::Index, to: prop::sample::Index
        ) {
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let (from, to) = (ends[from.index(ends.len())], ends[to.index(ends.len())]);
            let (from, to) = (from.min(to), from.max(to));
            let is_inside = |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
            prop_assume!(!is_inside(from) && !is_inside(to));
            for encoding in ENCODINGS {
                let mut changed = EditorText::new(text.clone(), encoding);
                changed.change(changed.position(from)..changed.position(to), &with);
                let expected = [&text[..from], &with, &text[to..]].concat();
                prop_assert_eq!(&changed.text, &expected);
                prop_assert_eq!(&changed.lines, &EditorText::new(expected, encoding).lines);
            }
        }

        #[test]
        fn no_position_is_too_strange(text in "[a\n\ré🦀]{0,20}", line in 0usize..30, column: usize, end in 0usize..30) {
            for encoding in ENCODINGS {
                let mut text = EditorText::new(text.clone(), encoding);
                let at = |line, column| EditorPosition { line, column };
                text.change(at(line, column)..at(end, column / 2), "x");
            }
        }
    }
}
