//! The rules themselves: complete, proven by their own examples, and never losing a key by chance.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use skanner::testing::{
    blob::Content,
    rule::{Confidence, RuleSet},
    scan::{Engine, Scratch},
};
use support::Sandbox;

#[test]
fn every_rule_proves_itself() {
    let run = Sandbox::new().skanner(&["rules", "test"]);
    assert!(run.code == 0 && run.stdout.contains("all as expected"), "{}", run.stdout);
}

#[test]
fn every_rule_says_what_people_need() {
    let mut titles = BTreeSet::new();
    for rule in RuleSet::builtin().iter() {
        let id = &rule.id;
        assert!(
            id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{id}"
        );
        assert!(titles.insert(&rule.title), "{id}: the title is there twice");
        assert!(rule.impact.ends_with('.') && rule.impact.len() > 20, "{id}: {:?}", rule.impact);
        assert!(
            rule.revoke_url.is_empty() || rule.revoke_url.starts_with("https://"),
            "{id}: {}",
            rule.revoke_url
        );
        assert!(rule.examples().1.len() >= 2, "{id} has few counter-examples");
        for form in &rule.forms {
            assert!(!form.why.ends_with('.') && !form.why.is_empty(), "{id}: {:?}", form.why);
        }
    }
    assert!(titles.len() >= 90, "only {} rules", titles.len());
}

#[test]
fn rules_are_listed_for_machines_too() {
    let sandbox = Sandbox::new();
    let list: serde_json::Value =
        serde_json::from_str(&sandbox.skanner(&["rules", "list", "--format", "json"]).stdout).unwrap();
    let ids: Vec<&str> = list.as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let text = sandbox.skanner(&["rules", "list"]).stdout;
    assert_eq!(ids.len(), text.lines().count());
    for id in ids {
        assert!(text.contains(id));
        let page = sandbox.skanner(&["explain", id]).stdout;
        assert!(page.contains("What it looks like") && page.contains("What to do"), "{page}");
    }
}

/// Whatever chance puts into a key, a placeholder test must not take it for made up. `SKANNER_CAMPAIGN=full` tries
/// fifteen times as many keys.
#[test]
fn no_random_key_is_taken_for_a_placeholder() {
    let each = support::cases(20_000, 300_000) as usize;
    let engine = Engine::new(Confidence::Possible);
    let rules: Vec<_> = RuleSet::builtin().iter().collect();
    let next = AtomicUsize::new(0);
    let lost = Mutex::new(Vec::new());
    let work = || {
        let mut scratch = Scratch::default();
        while let Some(rule) = rules.get(next.fetch_add(1, Ordering::Relaxed)) {
            let seed = rule.id.bytes().fold(42, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte));
            let mut rng = fastrand::Rng::with_seed(seed);
            let forms = rule.forms.iter().flat_map(|form| form.shapes.iter().map(move |shape| (form, shape)));
            let forms: Vec<_> = forms.collect();
            for at in 0..each {
                let (form, shape) = forms[at % forms.len()];
                let key = shape.generate(&mut rng);
                let context = if form.requires_context { rule.context[0].shown.as_str() } else { "" };
                let text = format!("{context} {key}");
                let mut found = false;
                engine.scan(Content::Bytes(text.as_bytes()), &mut scratch, &mut 0, |_| found = true).unwrap();
                if !found {
                    let which = format!("{}: {} key number {at}", rule.id, shape.source());
                    lost.lock().unwrap().push(which);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        (0..workers).for_each(|_| drop(scope.spawn(work)));
    });
    let lost = lost.into_inner().unwrap();
    assert!(lost.is_empty(), "{} keys are lost:\n{}", lost.len(), lost.join("\n"));
}
