//! Every rule × every way its keys are written × every encoding × some contexts: found once, the encoding named, the
//! place that of the first source byte.

use std::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{
    contexts,
    harness::{self, Bench, Cell, Subject, place_after},
    known,
    table::{CONTEXTS, Context},
    writing::{ENCODINGS, Encoding, Plain},
};

/// Contexts of all kinds; the others differ in what stands beside a key, which decoding does not change.
const SOME: &[&str] = &[
    "alone",
    "double quotes",
    ".env",
    "JSON",
    "header",
    "URL query",
    "YAML list",
    "before . at the end",
    "doubled own prefix",
];

fn some_contexts() -> impl Iterator<Item = &'static Context> {
    SOME.iter().map(|name| CONTEXTS.iter().find(|context| context.name == *name).unwrap())
}

/// The context's cell with its text written in the encoding; nothing where that changes nothing, or cannot be.
fn cell(subject: &Subject, encoding: &Encoding, context: &Context, round: u64) -> Option<Cell> {
    let column = format!("{}, {}", encoding.name, context.name);
    let seed = subject.seed(&column, round);
    let plain = contexts::cell(subject, context, seed, subject.key(seed))?;
    if known::cannot_be_encoded(subject, &plain.key, encoding) {
        return None;
    }
    let text = str::from_utf8(&plain.text).unwrap();
    let start = plain.text_start;
    let (before, rest) = text.split_at(start);
    let (key, after) = rest.split_at(plain.key.len());
    let written = (encoding.write)(&Plain { before, key, after });
    let (mut start, mut end, mut chain) = (plain.start, plain.end, encoding.chain);
    if let Some(range) = written.key {
        // Bytes count as columns where they are no UTF-8.
        let text = String::from_utf8(written.bytes.clone())
            .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect());
        let byte = |at: usize| {
            let is_utf8 = text.len() == written.bytes.len();
            if is_utf8 { at } else { text.char_indices().nth(at).map_or(text.len(), |(at, _)| at) }
        };
        let text_of_key = &text[byte(range.start)..byte(range.end)];
        let up_to = |at: usize| place_after(&text[..byte(at)]);
        let wide = chain.first().is_some_and(|name| name.starts_with("utf-16"));
        let decoded: String = text.chars().filter(|character| *character != '\0').collect();
        let up_to_wide = |at: usize| place_after(&decoded[..at]);
        (start, end) = if wide {
            (up_to_wide(range.start), Some(up_to_wide(range.end)))
        } else {
            (up_to(range.start), Some(up_to(range.end)))
        };
        // Nothing of the key needed writing otherwise.
        if !wide && text_of_key == plain.key {
            if encoding.is_escape {
                return None;
            }
            chain = &[];
        }
    }
    Some(Cell { column, seed, text: written.bytes, start, end, encoding: chain.to_vec(), ..plain })
}

/// How a cell fails. Where something that may also stand behind a key is written inside one, such as an escape or the end
/// of a line, chance makes a whole key of its first piece now and then, so a cell fails if more than half of eight keys do.
fn failure(
    bench: &mut Bench,
    subject: &Subject,
    encoding: &Encoding,
    made: &[Cell],
    context: &Context,
) -> Option<String> {
    const MORE: Range<u64> = ROUNDS..8;
    let mut failed: Vec<String> = made.iter().filter_map(|cell| bench.check(subject, cell).err()).collect();
    if !failed.is_empty() {
        let more = MORE.filter_map(|round| cell(subject, encoding, context, round));
        failed.extend(more.filter_map(|cell| bench.check(subject, &cell).err()));
        if failed.len() <= 4 {
            CHANCE.fetch_add(1, Ordering::Relaxed);
            return None;
        }
    }
    failed.into_iter().next()
}

/// The cells that failed with a key, and not with most.
static CHANCE: AtomicUsize = AtomicUsize::new(0);

/// How many keys each cell has.
const ROUNDS: u64 = 2;

#[test]
fn every_key_is_found_in_every_encoding() {
    /// Of the cells in which chance makes a whole key of a piece, one in so many at most.
    const RARE: usize = 1_000;
    const LEAST_CELLS: usize = 230_000;
    assert!(ENCODINGS.len() >= 45 && SOME.len() >= 8, "{} encodings", ENCODINGS.len());
    harness::run("encodings", &Subject::all(), LEAST_CELLS, |bench, subject| {
        let (mut cells, mut failures) = (0, Vec::new());
        for encoding in ENCODINGS {
            for context in some_contexts() {
                let made: Vec<Cell> =
                    (0..ROUNDS).filter_map(|round| cell(subject, encoding, context, round)).collect();
                cells += usize::from(!made.is_empty());
                failures.extend(failure(bench, subject, encoding, &made, context));
            }
        }
        (cells, failures)
    });
    let chance = CHANCE.load(Ordering::Relaxed);
    println!("encodings: {chance} cells failed with some of eight keys, half of them at most");
    assert!(chance <= LEAST_CELLS / RARE, "{chance}");
}
