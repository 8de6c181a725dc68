//! Keys in base64 and hex. Both are in long runs of letters and digits. Inside a run, literals tell where a
//! key may be and how it is aligned. Only the neighborhood is decoded, once for each alignment.

use std::{borrow::Cow, ops::Range};

use super::{
    containers::{self, TokenStarts},
    ngrams::{self, GramPattern, GramSearch},
};
use crate::{
    blob::Wrapping,
    bytes::is_ascii_text,
    decode::{
        Decoded, Literal, base64, escape, hex,
        run::{self, EncodedRun},
    },
};

/// How many characters are decoded before a literal: the edge of the key and its context.
const BEFORE: usize = 1 << 10;

/// How many characters must be decoded after a literal: a key, possibly in UTF-16, and its context. Anything
/// that begins later is decoded again.
const NEEDED: usize = 5 << 9;

/// How many characters are decoded after a literal at first.
const AFTER: usize = 4 << 10;

/// The maximum if literals follow each other closely, so that little is decoded twice.
const MOST_AFTER: usize = 32 << 10;

/// What most keys begin with.
const MOST_KEYS: &[u8] = b"sk";

/// An encoding of runs.
struct RunCodec {
    name: &'static str,
    /// The characters of a group.
    width: usize,
    /// The bytes that a group encodes.
    bytes: usize,
    decode: fn(&EncodedRun<'_>, &Range<usize>) -> Decoded,
    /// Whether a character belongs to the codec, for runs that may contain others.
    knows: Option<fn(u8) -> bool>,
}

const CODECS: [RunCodec; ngrams::CODECS] = [
    RunCodec { name: "base64", width: 4, bytes: 3, decode: base64::decode, knows: None },
    RunCodec { name: "hex", width: 2, bytes: 1, decode: hex::decode, knows: Some(hex::is_digit) },
];
const BASE64: usize = 0;
const HEX: usize = 1;

/// Something that a long run contains.
pub(super) enum FoundInRun {
    /// Text around an encoded anchor, and how many bytes of it to search for anchors; the rest will be decoded again.
    Text { codec: &'static str, decoded: Decoded, own: usize },
    /// Where a container may begin.
    Container { wrapping: Wrapping, at: usize },
}

/// Searches long runs for encoded anchors.
pub(super) struct RunSearch {
    search: GramSearch,
    /// Literals that containers begin with, sorted.
    containers: Vec<Vec<u8>>,
}

impl RunSearch {
    /// Searches for these texts in base64, in base64 of base64 and of UTF-16, and in hex. What most keys begin with is
    /// searched for in more pairs of encodings: each literal is paid for where the search is built.
    pub(super) fn new(plain: &[Cow<'_, str>]) -> Self {
        let pattern = |(literal, codec): (Literal, usize)| GramPattern {
            literal: literal.bytes,
            codec,
            group_offset: literal.group_offset,
        };
        let in_base64 = |text: &[u8]| base64::literals(text).into_iter().map(|literal| (literal, BASE64));
        let in_hex = |text: &[u8]| hex::literals(text).into_iter().map(|literal| (literal, HEX));
        let mut patterns = Vec::new();
        let most = plain.iter().map(|text| text.as_bytes()).filter(|text| text.starts_with(MOST_KEYS));
        let mut inner: Vec<Vec<u8>> = escape::escaped_starts(most).into_iter().collect();
        for text in plain {
            let text = text.as_bytes();
            let once = base64::literals(text);
            let wide: Vec<u8> = text.iter().flat_map(|byte| [*byte, 0]).collect();
            if text.starts_with(MOST_KEYS) {
                inner.extend(once.iter().chain(&hex::literals(text)).map(|literal| literal.bytes.clone()));
                inner.push(wide);
            } else {
                let twice = once.iter().flat_map(|literal| in_base64(&literal.bytes));
                patterns.extend(twice.chain(in_base64(&wide)).map(pattern));
            }
            patterns
                .extend(once.into_iter().map(|literal| (literal, BASE64)).chain(in_hex(text)).map(pattern));
        }
        // Hex of anything else than the key itself is rare, and every literal of hex makes the search in hex slower.
        patterns.extend(inner.iter().flat_map(|text| in_base64(text)).map(pattern));
        // Containers in base64 of base64, and in hex. Those in base64 are found without a run.
        let twice = containers::IN_BASE64.iter().flat_map(|text| base64::literals(text.as_bytes()));
        let in_hex = containers::IN_HEX.iter().flat_map(|magic| hex::literals(magic));
        let all = twice.map(|literal| (literal, BASE64)).chain(in_hex.map(|literal| (literal, HEX)));
        let start = patterns.len();
        patterns.extend(all.map(pattern));
        let mut containers: Vec<Vec<u8>> =
            patterns[start..].iter().map(|pattern| pattern.literal.clone()).collect();
        containers.sort();
        patterns.sort();
        patterns.dedup();
        Self { search: GramSearch::new(patterns), containers }
    }

    fn in_run(&self, run: &EncodedRun<'_>, range: &Range<usize>, found: &mut impl FnMut(FoundInRun) -> bool) {
        let range = run.text_of(range.start)..run.text_of(range.end);
        // Where the last decoded part ended, and how much to decode after the next literal.
        let (mut last, mut after) = (0, AFTER);
        self.search.each(&run.text, &range, |pattern, group| {
            if self.containers.binary_search(&pattern.literal).is_ok() {
                let wrapping = if pattern.codec == BASE64 { Wrapping::Base64 } else { Wrapping::Hex };
                found(FoundInRun::Container { wrapping, at: run.source_of(group) });
                return group + pattern.group_offset + 1;
            }
            let codec = &CODECS[pattern.codec];
            let is_dense = last > 0 && group < last + AFTER;
            after = if is_dense { MOST_AFTER.min(after * 2) } else { AFTER };
            // Anything after the range is left to the next window, except for the ends of keys.
            let limit = run.text.len().min(range.end + AFTER).min(group + after);
            let round = around(run, codec, group, limit);
            last = round.end;
            let is_cut = round.end == limit && limit < run.text.len();
            // The clue itself must be done.
            let done = if is_cut {
                limit.saturating_sub(NEEDED).max(group + pattern.group_offset + 1)
            } else {
                round.end
            };
            // Two more groups, so that it does not matter where exactly the text of a clue begins.
            let groups = (done - round.start) / codec.width + 2;
            let own = if is_cut { groups * codec.bytes } else { usize::MAX };
            let decoded = (codec.decode)(run, &round);
            if found(FoundInRun::Text { codec: codec.name, decoded, own })
                && pattern.codec == BASE64
                && let Some(more) = with_text_before(run, group)
            {
                found(FoundInRun::Text { codec: codec.name, decoded: more, own: usize::MAX });
            }
            done
        });
    }
}

/// Decodes the text around every encoded anchor that begins in `range`, and passes it to `found`. Calls `search` only if
/// there is a long run. Returns whether there is one, or a container may begin here.
pub(super) fn each<'s>(
    search: impl Fn() -> &'s RunSearch,
    text: &[u8],
    range: &Range<usize>,
    mut found: impl FnMut(FoundInRun) -> bool,
) -> bool {
    let mut is_any = false;
    let mut from = range.start.saturating_sub(BEFORE);
    let mut starts = TokenStarts::new(from);
    loop {
        let mut note = |at| {
            is_any = true;
            found(FoundInRun::Container { wrapping: Wrapping::Base64, at });
        };
        let run = run::next(text, from..range.end, &mut |at| starts.look(text, at, &mut note));
        let Some(run) = run else { break };
        run.starts().for_each(|at| starts.look(text, at, &mut note));
        is_any = true;
        from = run.source.end;
        if range.contains(&run.source.start) && containers::is_zlib_in_hex(&run.text) {
            found(FoundInRun::Container { wrapping: Wrapping::Hex, at: run.source.start });
        }
        search().in_run(&run, range, &mut found);
    }
    is_any
}

/// Whether there is a long run in `range`, or a container in base64 may begin there.
pub(super) fn is_any(text: &[u8], range: &Range<usize>) -> bool {
    let mut starts = TokenStarts::new(range.start);
    let mut may_begin = false;
    let run = run::next(text, range.clone(), &mut |at| starts.look(text, at, &mut |_| may_begin = true));
    run.is_some() || may_begin
}

/// Decodes the text around a group again, together with the base64 before the run, which may name the issuer.
/// That base64 belongs to the run if it decodes to readable text, such as `?key=…`, but not if it is the
/// directory of a path.
fn with_text_before(run: &EncodedRun<'_>, group: usize) -> Option<Decoded> {
    let (whole, before) = run.with_text_before();
    if before == 0 {
        return None;
    }
    let round = around(&whole, &CODECS[BASE64], group + before, whole.text.len().min(group + before + AFTER));
    let decoded = base64::decode(&whole, &round);
    let readable = decoded.text.iter().take_while(|byte| is_text(**byte)).count();
    (round.start + readable * 4 / 3 >= before).then_some(decoded)
}

fn is_text(byte: u8) -> bool {
    // Zeros are the other half of UTF-16.
    byte == 0 || is_ascii_text(byte)
}

/// The part of a run to decode: whole groups around the one at `group`, up to `limit`.
fn around(run: &EncodedRun<'_>, codec: &RunCodec, group: usize, limit: usize) -> Range<usize> {
    let mut before = BEFORE.min(group);
    let mut after = limit - group;
    if let Some(knows) = codec.knows {
        before = run.text[..group].iter().rev().take(before).take_while(|byte| knows(**byte)).count();
        after = run.text[group..limit].iter().take_while(|byte| knows(**byte)).count();
    }
    group - before / codec.width * codec.width..group + after
}
