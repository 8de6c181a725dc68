//! Masks keys in a text, and leaves every other byte as it is.

mod continued;
mod spans;

use std::ops::Range;

use memchr::memmem;

use crate::{
    bytes::char_floor,
    cold::ColdSort,
    finding::{Finding, Occurrence, Secret, Span},
};

pub(crate) use spans::byte_ranges;

/// What to show in place of a part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MaskEdit {
    /// The part, in bytes.
    pub(crate) range: Range<usize>,
    /// What is shown instead.
    pub(crate) shown: String,
}

/// What is shown of an encoded key that cannot be told apart from what is around it.
const HIDDEN: &str = "…";

/// The shortest run of characters that may hold compressed data, in bytes: a shorter one is not opened.
const SHORTEST_RUN: usize = 32;

/// For how many keys the rest of a text is looked through. An output with more of them is made to take time.
const MOST_COPIED: usize = 256;

/// What to write in place of the keys of a text, in order and without overlaps. A key that was found somewhere in the text is
/// masked everywhere in it, even where nothing tells that it is one.
pub(crate) fn edits(text: &[u8], findings: &[Finding]) -> Vec<MaskEdit> {
    let plain = findings.iter().flat_map(|finding| {
        let places = finding.occurrences.iter().filter(|place| is_in_text(place));
        places.map(|place| (place.span, &finding.secret))
    });
    let (spans, secrets): (Vec<Span>, Vec<&Secret>) = plain.unzip();
    let ranges = byte_ranges(text, &spans).into_iter().zip(secrets);
    let mut edits: Vec<_> =
        ranges.map(|(range, secret)| MaskEdit { range, shown: secret.masked() }).collect();
    for (number, finding) in findings.iter().enumerate() {
        let shown = finding.secret.masked();
        // Of a value that is only known by its name, there is no text.
        let secret = finding
            .secret
            .name()
            .is_none()
            .then(|| finding.secret.bytes())
            .filter(|secret| std::str::from_utf8(secret).is_ok());
        if let Some(secret) = secret.filter(|secret| !secret.is_empty() && number < MOST_COPIED) {
            let copies = memmem::find_iter(text, secret);
            edits.extend(copies.map(|at| MaskEdit { range: at..at + secret.len(), shown: shown.clone() }));
        }
    }
    let places = || findings.iter().flat_map(|finding| &finding.occurrences);
    if places().any(|place| place.archive.is_some()) {
        edits.extend(encoded_runs(text));
    }
    if places().any(is_wide) {
        return all(text);
    }
    let ends = edits.iter().map(|edit| edit.range.end).collect();
    let hidden = |range| MaskEdit { range, shown: HIDDEN.to_owned() };
    edits.extend(continued::lines(text, ends).into_iter().map(hidden));
    without_overlaps(edits)
}

/// How much of a text is looked at again to either side of what was masked, in bytes: what the engine looks at around a place.
const BESIDE: usize = 8 << 10;

/// The parts of a text around what was masked, as they are then. What is far from all of it has not changed.
pub(crate) fn around(text: &str, edits: &[MaskEdit]) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = edits;
    while let Some(first) = rest.first() {
        let is_close = |pair: &&[MaskEdit]| pair[1].range.start <= pair[0].range.end + 2 * BESIDE;
        let count = 1 + rest.windows(2).take_while(is_close).count();
        let group;
        (group, rest) = rest.split_at(count);
        let mut part = String::new();
        let mut at = char_floor(text, first.range.start.saturating_sub(BESIDE));
        for edit in group {
            part.push_str(&text[at..edit.range.start]);
            part.push_str(&edit.shown);
            at = edit.range.end;
        }
        part.push_str(&text[at..char_floor(text, at + BESIDE)]);
        parts.push(part);
    }
    parts
}

/// Hides a text as a whole.
pub(crate) fn all(text: &[u8]) -> Vec<MaskEdit> {
    vec![MaskEdit { range: 0..text.len(), shown: HIDDEN.to_owned() }]
}

/// Whether a place is one of the text itself, and not of something in it that was opened.
fn is_in_text(place: &Occurrence) -> bool {
    place.archive.is_none() && !is_wide(place)
}

/// Whether the text as a whole was read as UTF-16, so that the place is one of what it was decoded to.
fn is_wide(place: &Occurrence) -> bool {
    place.encoding.first().is_some_and(|encoding| encoding.starts_with("utf-16"))
}

/// All that compressed data in base64 or hex may be.
pub(crate) fn encoded_runs(text: &[u8]) -> impl Iterator<Item = MaskEdit> {
    let is_digit =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_');
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let start = at;
            at += text[at..].iter().take_while(|byte| is_digit(**byte)).count();
            let range = start..at;
            at += 1;
            if range.len() >= SHORTEST_RUN {
                return Some(MaskEdit { range, shown: HIDDEN.to_owned() });
            }
        }
        None
    })
}

pub(crate) fn without_overlaps(mut edits: Vec<MaskEdit>) -> Vec<MaskEdit> {
    // Of two that begin together, the longer one comes first.
    edits.cold_sort_by_key(|edit| (edit.range.start, usize::MAX - edit.range.end));
    let mut kept: Vec<MaskEdit> = Vec::with_capacity(edits.len());
    for edit in edits.into_iter().filter(|edit| !edit.range.is_empty()) {
        match kept.last_mut() {
            Some(last) if edit.range.start < last.range.end => {
                last.range.end = last.range.end.max(edit.range.end);
            }
            _ => kept.push(edit),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overlaps_is_replaced_once() {
        let edit = |start, end, shown: &str| MaskEdit { range: start..end, shown: shown.to_owned() };
        let edits =
            vec![edit(5, 9, "b"), edit(0, 3, "short"), edit(0, 4, "a"), edit(8, 12, "c"), edit(20, 20, "d")];
        assert_eq!(without_overlaps(edits), [edit(0, 4, "a"), edit(5, 12, "b")]);
    }

    #[test]
    fn what_is_near_is_looked_at_again() {
        let text = format!("{}KEY1{}KEY2é{}KEY3", "é".repeat(BESIDE), "b".repeat(9), "c".repeat(3 * BESIDE));
        let edit = |name: &str| {
            let at = text.find(name).unwrap();
            MaskEdit { range: at..at + 4, shown: "…".to_owned() }
        };
        let all = [edit("KEY1"), edit("KEY2"), edit("KEY3")];
        let parts = around(&text, &all);
        assert_eq!(parts.len(), 2);
        let expected = format!("{}…{}…é{}", "é".repeat(BESIDE / 2), "b".repeat(9), "c".repeat(BESIDE - 2));
        assert_eq!(parts[0], expected);
        assert_eq!(parts[1], format!("{}…", "c".repeat(BESIDE)));
        assert_eq!(around(&text, &[]), Vec::<String>::new());
    }

    #[test]
    fn long_runs_may_be_encoded() {
        let text = format!("a {} {}", "A".repeat(SHORTEST_RUN), "é".repeat(SHORTEST_RUN));
        let ranges: Vec<_> =
            encoded_runs(text.as_bytes()).map(|edit| (edit.range.start, edit.range.end)).collect();
        assert_eq!(ranges, [(2, 2 + SHORTEST_RUN)]);
    }
}
