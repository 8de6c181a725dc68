//! Every rule × every way its keys are written × every context: found once, whole, in the right place, by the right
//! rule.

use skanner::testing::rule::Edges;

use super::{
    harness::{self, Cell, Subject, place_after},
    known::is_ambiguous,
    table::{CONTEXTS, Context, Glue},
};

/// Keys a cell tries: lengths and last characters vary.
const ROUNDS: u64 = 4;

/// Puts the key into the context; nothing where the context does not concern such keys.
pub(crate) fn cell(subject: &Subject, context: &Context, seed: u64, key: String) -> Option<Cell> {
    let concerns = match context.glue {
        Glue::None => true,
        Glue::Word => subject.form.edges != Edges::Strict,
        Glue::Letter => subject.form.edges == Edges::Open,
    };
    let (before, after) = context.template.split_once("{key}").unwrap();
    // Twice the same key.
    let doubles_itself = subject.shape.prefix() == key.as_bytes() && before.contains("{prefix}");
    // Without a prefix, what stands in base64 or behind a prefix is no key of its own.
    let is_base64 = |neighbor: char| "+/=#-_".contains(neighbor);
    let is_inside = subject.shape.prefix().is_empty()
        && (before.contains("{prefix}") || before.ends_with(is_base64) || after.starts_with(is_base64));
    if !concerns || doubles_itself || is_inside || is_ambiguous(subject, after) {
        return None;
    }
    let prefix = str::from_utf8(subject.shape.prefix()).unwrap();
    let mut before = before.replace("{prefix}", prefix).replace("{word}", subject.word());
    if subject.form.requires_context {
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        // A byte order mark stays first.
        let line = if before[line..].starts_with('\u{feff}') { line + '\u{feff}'.len_utf8() } else { line };
        before.insert_str(line, &format!("{}\n", subject.word()));
    }
    let start = place_after(before.strip_prefix('\u{feff}').unwrap_or(&before));
    let end = (start.0, start.1 + key.len() as u64);
    let text = format!("{before}{key}{after}").into_bytes();
    Some(Cell {
        column: context.name.to_owned(),
        seed,
        key,
        text,
        text_start: before.len(),
        start,
        end: Some(end),
        encoding: Vec::new(),
        names_issuer: subject.form.requires_context || context.template.contains("{word}"),
    })
}

#[test]
fn every_key_is_found_in_every_context() {
    assert!(CONTEXTS.len() >= 120, "only {} contexts", CONTEXTS.len());
    harness::run("contexts", &Subject::all(), 24_000, |bench, subject| {
        let (mut cells, mut failures) = (0, Vec::new());
        for context in CONTEXTS {
            let made = (0..ROUNDS).filter_map(|round| {
                let seed = subject.seed(context.name, round);
                cell(subject, context, seed, subject.key(seed))
            });
            let made: Vec<Cell> = made.collect();
            cells += usize::from(!made.is_empty());
            // One failing key a cell is enough to read.
            failures.extend(made.iter().find_map(|cell| bench.check(subject, cell).err()));
        }
        (cells, failures)
    });
}

/// `-` and `_` are ordinary last characters of a base64url key: a word boundary would cut them off.
#[test]
fn keys_that_end_in_a_dash_or_underscore_are_found_whole() {
    const TRIES: u64 = 1_000;
    harness::run("last characters", &Subject::all(), 9_500, |bench, subject| {
        let (mut cells, mut failures) = (0, Vec::new());
        for tail in ['-', '_'] {
            // A shape whose last characters cannot be these has no such key.
            let found = (0..TRIES).map(|seed| (seed, subject.key(seed))).find(|(_, key)| key.ends_with(tail));
            let Some((seed, key)) = found else { continue };
            for context in CONTEXTS {
                let Some(cell) = cell(subject, context, seed, key.clone()) else { continue };
                cells += 1;
                failures.extend(bench.check(subject, &cell).err());
            }
        }
        (cells, failures)
    });
}
