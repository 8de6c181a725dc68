//! Keys with nothing between them, or with one letter or digit: both are found, for every pair of shapes, and neither is
//! shown.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::BTreeSet;

use skanner::testing::{
    blob::Content,
    finding::Detection,
    rule::{Confidence, Rule, RuleSet, Shape},
    scan::{Engine, Scratch},
};

struct Subject {
    rule: &'static Rule,
    shape: &'static Shape,
    is_exact: bool,
}

/// The shapes that need no context, at a confidence.
fn subjects(least: Confidence) -> Vec<Subject> {
    let mut all = Vec::new();
    for rule in RuleSet::builtin().iter() {
        for form in rule.forms.iter().filter(|form| form.confidence >= least && !form.requires_context) {
            all.extend(form.shapes.iter().map(|shape| {
                // The same for every seed.
                let lengths: BTreeSet<usize> =
                    (0..20).map(|seed| shape.generate(&mut fastrand::Rng::with_seed(seed)).len()).collect();
                Subject { rule, shape, is_exact: lengths.len() == 1 }
            }));
        }
    }
    all
}

fn scan(engine: &Engine, scratch: &mut Scratch, text: &[u8]) -> Vec<Detection> {
    let mut found = Vec::new();
    engine.scan(Content::Bytes(text), scratch, &mut 0, |one| found.push(one)).unwrap();
    found
}

/// Any 13 bytes of a body that are shown.
fn shown(found: &[Detection], key: &str, public: usize) -> Option<String> {
    let pieces: Vec<&str> =
        (public..key.len().saturating_sub(12)).filter_map(|at| key.get(at..at + 13)).collect();
    let piece = |one: &Detection| pieces.iter().find(|piece| one.excerpt.text.contains(**piece)).copied();
    found.iter().find_map(piece).map(str::to_owned)
}

#[test]
fn both_of_two_keys_are_found_and_masked() {
    let least = Confidence::Likely;
    let engine = Engine::new(least);
    let mut scratch = Scratch::default();
    let subjects = subjects(least);
    let (mut failures, mut tried, mut ambiguous) = (Vec::new(), 0, 0);
    for (row, first) in subjects.iter().enumerate().filter(|(_, one)| one.is_exact) {
        for (column, second) in subjects.iter().enumerate() {
            let mut rng = fastrand::Rng::with_seed((row * 1000 + column) as u64);
            // A letter before another prefix may as well be what is left of a line feed, and nothing tells where a key
            // without a prefix begins.
            let is_bare = [first, second].iter().any(|one| one.shape.prefix().is_empty());
            if is_bare || second.shape.prefix() == b"csk-" {
                continue;
            }
            let [a, b] = [first, second].map(|one| one.shape.generate(&mut rng));
            let alone = |key: &str, scratch: &mut Scratch| {
                scan(&engine, scratch, format!("x = {key} ").as_bytes())
                    .iter()
                    .any(|one| one.secret.reveal() == key)
            };
            // Few keys are taken for made-up ones, and some shapes cannot be told from others.
            if !alone(&a, &mut scratch) || !alone(&b, &mut scratch) {
                continue;
            }
            for between in ["", "n"] {
                tried += 1;
                let text = format!("x = {a}{between}{b} ");
                let found = scan(&engine, &mut scratch, text.as_bytes());
                let secrets: Vec<String> = found.iter().map(|one| one.secret.reveal()).collect();
                let leak = shown(&found, &a, first.shape.prefix().len()).or(shown(
                    &found,
                    &b,
                    second.shape.prefix().len(),
                ));
                // Both together may be as long as a key of a third issuer, whose length is exact, too, or chance
                // may write the two letters before `sk_` that make it Pinecone's. Nobody can tell.
                let is_third = |one: &&Detection| {
                    subjects.iter().any(|subject| subject.is_exact && subject.rule.id == one.rule.id)
                };
                let holds_the_seam = |one: &Detection| {
                    one.rule.id != second.rule.id && one.secret.reveal().starts_with("pcsk_")
                };
                let is_whole =
                    secrets == [format!("{a}{between}{b}")] && found.first().filter(is_third).is_some();
                let is_shifted = secrets.concat() == format!("{a}{between}{b}")
                    && found.last().is_some_and(holds_the_seam);
                if is_whole || is_shifted {
                    ambiguous += 1;
                    continue;
                }
                if secrets != [a.clone(), b.clone()] || leak.is_some() {
                    failures.push(format!(
                        "{} {} + {between:?} + {} {}: {secrets:?} {leak:?}",
                        first.rule.id,
                        first.shape.source(),
                        second.rule.id,
                        second.shape.source()
                    ));
                }
            }
        }
    }
    // The more shapes there are, the more of them may be the third.
    let most = tried * subjects.len() / 100_000;
    assert!(tried > 5_000 && ambiguous <= most, "{tried}, {ambiguous} of {most}");
    let some: Vec<&String> = failures.iter().step_by(1 + failures.len() / 40).collect();
    assert!(failures.is_empty(), "{} of {tried}: {some:#?}", failures.len());
}
