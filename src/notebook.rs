//! Which lines of a Jupyter notebook are output. See the format: <https://nbformat.readthedocs.io/en/latest/format_description.html>.

use std::ops::Range;

/// Larger notebooks are not looked into, in bytes.
pub(crate) const LARGEST: u64 = 64 << 20;

/// A position in a text: line and column, both 1-based. Columns count code points.
pub(crate) type TextPosition = (u64, u64);

/// Whether a file of this name is a notebook.
#[must_use]
pub(crate) fn is_notebook(path: &[u8]) -> bool {
    path.ends_with(b".ipynb")
}

/// What the walk is in.
#[derive(Clone, Copy)]
enum Nesting {
    /// An array.
    Array,
    /// An object, and the key whose value comes next.
    Object(MemberName),
}

/// A key of an object, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MemberName {
    Cells,
    Outputs,
    Other,
}

/// The values of `outputs` of all cells, in the order of the text. What is not JSON has none, or fewer.
#[must_use]
pub(crate) fn outputs(text: &[u8]) -> Vec<Range<TextPosition>> {
    let mut outputs: Vec<Range<TextPosition>> = Vec::new();
    let mut levels: Vec<Nesting> = Vec::new();
    let (mut line, mut column) = (1, 0);
    let mut open: Option<(TextPosition, usize)> = None;
    // The string that is being read, from its quotation mark, and the last one that was read.
    let (mut string, mut is_escaped, mut last) = (None, false, MemberName::Other);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'\n' => (line, column) = (line + 1, 0),
            // All but the first byte of a character.
            0x80..=0xbf => {}
            _ => column += 1,
        }
        if let Some(start) = string {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => {
                    last = match &text[start + 1..at] {
                        b"cells" => MemberName::Cells,
                        b"outputs" => MemberName::Outputs,
                        _ => MemberName::Other,
                    };
                    string = None;
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => string = Some(at),
            b':' => {
                if let Some(Nesting::Object(key)) = levels.last_mut() {
                    *key = last;
                }
            }
            b'[' | b'{' => {
                let is_output = matches!(
                    levels[..],
                    [
                        ..,
                        Nesting::Object(MemberName::Cells),
                        Nesting::Array,
                        Nesting::Object(MemberName::Outputs)
                    ]
                );
                if is_output && open.is_none() {
                    open = Some(((line, column), levels.len()));
                }
                levels.push(if *byte == b'[' { Nesting::Array } else { Nesting::Object(MemberName::Other) });
            }
            b']' | b'}' => {
                levels.pop();
                if let Some((start, _)) = open.filter(|(_, depth)| *depth == levels.len()) {
                    outputs.push(start..(line, column));
                    open = None;
                }
            }
            _ => {}
        }
    }
    outputs
}

/// Whether a position is in one of the values that [`outputs`] returned.
#[must_use]
pub(crate) fn is_in(outputs: &[Range<TextPosition>], position: TextPosition) -> bool {
    let after = outputs.partition_point(|range| range.start <= position);
    after > 0 && outputs[after - 1].contains(&position)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// Where the marks are that a walk finds in outputs, and elsewhere.
    fn marks(text: &str) -> (usize, usize) {
        let ranges = outputs(text.as_bytes());
        let (mut inside, mut outside) = (0, 0);
        for (line, number) in text.split('\n').zip(1..) {
            for (at, _) in line.match_indices("MARK") {
                let column = line[..at].chars().count() as u64 + 1;
                if is_in(&ranges, (number, column)) { inside += 1 } else { outside += 1 }
            }
        }
        (inside, outside)
    }

    fn notebook(source: &str, output: &str) -> Value {
        json!({ "cells": [
            { "cell_type": "markdown", "source": ["# é \"outputs\": [ MARK"], "metadata": { "outputs": ["MARK"] } },
            { "cell_type": "code", "source": [source], "outputs": [
                { "output_type": "stream", "text": ["汉 \\\"\n", output] },
                { "data": { "text/html": [output], "cells": [{ "outputs": output }] } },
            ], "metadata": {} },
            { "cell_type": "code", "outputs": [], "source": source },
        ], "outputs": ["MARK"], "nbformat": 4 })
    }

    #[test]
    fn what_is_output_is_told_from_what_is_not() {
        let value = notebook("print('MARK') # \"outputs\": [", "MARK \"cells\": [{ ");
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            assert_eq!(marks(&text), (3, 5), "{text}");
            assert_eq!(marks(&text.replace("\"outputs\"", "\"output\"")), (0, 8));
        }
        // Version 3 of the format has worksheets.
        let old =
            json!({ "worksheets": [{ "cells": [{ "outputs": [{ "text": "MARK" }], "input": "MARK" }] }] });
        assert_eq!(marks(&old.to_string()), (1, 1));
    }

    proptest! {
        #[test]
        fn any_text_in_any_place_is_told_apart(source in ".{0,20}", output in ".{0,20}", is_pretty: bool) {
            let value = notebook(&format!("{source}MARK"), &format!("{output}MARK"));
            let text = if is_pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
            prop_assert_eq!(marks(&text), (3, 5));
        }

        #[test]
        fn nothing_makes_it_fail(text in "[\\[\\]{}\":,a\\\\\n]{0,60}") {
            let ranges = outputs(text.as_bytes());
            prop_assert!(ranges.iter().all(|range| range.start < range.end));
            let _ = is_in(&ranges, (1, 1));
        }
    }
}
