//! Keys in base64 and hex. Both stand in long runs of letters and digits; inside one, literals tell where a key may be
//! and how it is aligned, and only the neighbourhood is decoded, once for each alignment.

use std::ops::Range;

use super::anchors::Literals;
use crate::decode::{
    Decoded, Literal, base64, hex,
    run::{self, Run},
};

/// Decoded before a literal, in characters: what stands before a key decides and gives evidence.
const BEFORE: usize = 1 << 10;

/// Decoded after a literal, in characters.
const AFTER: usize = 4 << 10;

/// No encoded key is longer than this, in characters.
const LONGEST_KEY: usize = 1 << 10;

/// Literals that a packed search takes at most, for speed.
const MOST: usize = 60;

/// A group of characters begins at one of so many places.
const PHASES: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codec {
    Base64,
    Hex,
}

/// Searches long runs for encoded anchors.
pub(super) struct RunSearch {
    searches: Vec<(Literals, Vec<(Codec, usize)>)>,
}

impl RunSearch {
    /// Looks for these texts in base64, in base64 of UTF-16, in base64 twice, and in hex.
    pub(super) fn new(plain: &[&str]) -> Self {
        let mut all: Vec<(Literal, Codec)> = Vec::new();
        for text in plain {
            let once = base64::literals(text.as_bytes());
            let twice = once.iter().flat_map(|literal| base64::literals(&literal.bytes));
            let wide: Vec<u8> = text.bytes().flat_map(|byte| [byte, 0]).collect();
            let in_base64 = once.iter().cloned().chain(twice).chain(base64::literals(&wide));
            all.extend(in_base64.map(|literal| (literal, Codec::Base64)));
            all.extend(hex::literals(text.as_bytes()).into_iter().map(|literal| (literal, Codec::Hex)));
        }
        // The search looks at as many bytes at once as its shortest literal has: the short ones keep to themselves.
        all.sort_by(|a, b| (a.0.bytes.len(), &a.0).cmp(&(b.0.bytes.len(), &b.0)));
        all.dedup();
        let searches = all.chunks(MOST).map(|chunk| {
            let literals: Vec<Vec<u8>> = chunk.iter().map(|(literal, _)| literal.bytes.clone()).collect();
            (Literals::new(&literals), chunk.iter().map(|(literal, codec)| (*codec, literal.lead)).collect())
        });
        Self { searches: searches.collect() }
    }

    fn in_run(
        &self,
        run: &Run<'_>,
        range: &Range<usize>,
        decoded: &mut impl FnMut(&'static str, Decoded) -> bool,
    ) {
        let first = run.text_of(range.start);
        let last = run.text_of(range.end);
        // Up to where each phase has been decoded.
        let mut done = [[0; PHASES]; 2];
        for (literals, meanings) in &self.searches {
            let mut at = first;
            while let Some((found, literal)) = literals.next(&run.text, at..last) {
                at = found + 1;
                let (codec, lead) = meanings[literal];
                let Some(group) = found.checked_sub(lead) else { continue };
                let (name, width) = match codec {
                    Codec::Base64 => ("base64", 4),
                    Codec::Hex => ("hex", 2),
                };
                let done = &mut done[usize::from(codec == Codec::Hex)][group % width];
                if found < *done {
                    continue;
                }
                let round = around(run, codec, group, width);
                *done = if round.end == run.text.len() {
                    round.end
                } else {
                    round.end.saturating_sub(LONGEST_KEY).max(at)
                };
                let found = match codec {
                    Codec::Base64 => decoded(name, base64::decode(run, &round)),
                    Codec::Hex => decoded(name, hex::decode(run, &round)),
                };
                if found
                    && codec == Codec::Base64
                    && let Some(more) = with_text_before(run, group)
                {
                    decoded(name, more);
                }
            }
        }
    }
}

/// Decodes round every encoded anchor that begins in `range` of the text, and says how it is encoded. The search is
/// made when the first long run needs it.
pub(super) fn each<'s>(
    search: impl Fn() -> &'s RunSearch,
    text: &[u8],
    range: &Range<usize>,
    mut decoded: impl FnMut(&'static str, Decoded) -> bool,
) {
    let mut from = range.start.saturating_sub(BEFORE);
    while let Some(run) = run::next(text, from..range.end) {
        from = run.source.end;
        search().in_run(&run, range, &mut decoded);
    }
}

/// Decodes round a group once more, with the base64 before the run: it may name the issuer. It belongs to the run if it
/// gives readable text, as in base64 of `?key=…`, but not if it is the folder of a path.
fn with_text_before(run: &Run<'_>, group: usize) -> Option<Decoded> {
    let (whole, before) = run.with_text_before();
    if before == 0 {
        return None;
    }
    let round = around(&whole, Codec::Base64, group + before, 4);
    let decoded = base64::decode(&whole, &round);
    let readable = decoded.text.iter().take_while(|byte| is_text(**byte)).count();
    (round.start + readable * 4 / 3 >= before).then_some(decoded)
}

fn is_text(byte: u8) -> bool {
    // Zeros are the other half of UTF-16.
    matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

/// What of a run to decode: whole groups round the one at `group`.
fn around(run: &Run<'_>, codec: Codec, group: usize, width: usize) -> Range<usize> {
    let mut before = BEFORE.min(group);
    let mut after = AFTER.min(run.text.len() - group);
    if codec == Codec::Hex {
        let (left, right) = run.text.split_at(group);
        before = left.iter().rev().take(before).take_while(|byte| hex::is_digit(**byte)).count();
        after = right.iter().take(after).take_while(|byte| hex::is_digit(**byte)).count();
    }
    group - before / width * width..group + after
}
