//! Every rule × every way its keys are written × formats of files that are not text: found once, with the right end,
//! though a length or another string touches it.

use std::collections::BTreeSet;

use skanner::testing::rule::Confidence;

use super::{
    formats::{FORMATS, Format},
    harness::{self, Bench, Subject},
    known,
};

const ROUNDS: u64 = 4;

/// Whether all keys of a shape have one length and need nothing beside them.
fn is_exact(subject: &Subject) -> bool {
    let lengths: BTreeSet<usize> = (0..20).map(|seed| subject.key(seed).len()).collect();
    let form = subject.form;
    lengths.len() == 1 && form.confidence == Confidence::Certain && !form.requires_context
}

/// Says what is wrong with what is found in a file that holds one key.
fn check(bench: &mut Bench, subject: &Subject, format: &Format, seed: u64) -> Option<String> {
    let key = subject.key(seed);
    let strings = ["name", subject.word(), &key, "tail of it", "x"];
    let text = (format.write)(&strings);
    subject.levels().iter().find_map(|level| {
        let found: Vec<String> = bench.scan(*level, &text).iter().map(|one| one.secret.reveal()).collect();
        let is_right = found == [key.clone()];
        // Lengths only: a key must not stand in a log.
        let lengths: Vec<usize> = found.iter().map(String::len).collect();
        (!is_right).then(|| {
            format!(
                "{} {} in [{}] seed {seed} at {level}: {} bytes, found {lengths:?}",
                subject.rule.id,
                subject.shape.source(),
                format.name,
                key.len()
            )
        })
    })
}

#[test]
fn every_key_is_found_in_files_that_are_not_text() {
    let mut subjects = Subject::all();
    // Where only a floor fits, a length that chance writes may be taken for that of the key.
    subjects.retain(|subject| !known::cannot_be_touched(subject) && is_exact(subject));
    harness::run("binary files", &subjects, 1_500, |bench, subject| {
        let (mut cells, mut failures) = (0, Vec::new());
        for format in FORMATS.iter().filter(|format| format.tells_end || is_exact(subject)) {
            cells += 1;
            let seeds = (0..ROUNDS).map(|round| subject.seed(format.name, round));
            failures.extend(seeds.into_iter().find_map(|seed| check(bench, subject, format, seed)));
        }
        (cells, failures)
    });
}
