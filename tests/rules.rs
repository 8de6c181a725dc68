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
    rule::{Confidence, Guidance, RuleSet},
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

/// The sentences of a text, without their full stops.
fn sentences(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .map(|line| line.trim().trim_start_matches(|one: char| one.is_ascii_digit() || one == '.'));
    let all =
        lines.flat_map(|line| line.split(". ").map(|one| one.trim().trim_end_matches('.').to_lowercase()));
    all.filter(|sentence| sentence.contains(' ')).collect()
}

/// Whether two sentences have most of their words in common.
fn say_the_same(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
    let (one, other) = (words(one), words(other));
    one.intersection(&other).count() * 10 >= one.union(&other).count() * 7
}

/// What is wrong with an address; nothing if it is fine.
fn fault(url: &str) -> Option<&'static str> {
    let Some(rest) = url.strip_prefix("https://") else { return Some("does not begin with https://") };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = host.split('.').count() >= 2
        && host.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
    let is_plain = rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"`{}|^\\".contains(&byte));
    match (is_host, is_plain, rest.ends_with('.')) {
        (false, ..) => Some("has no host"),
        (_, false, _) => Some("has characters that do not belong there"),
        (.., true) => Some("ends with a full stop"),
        _ => None,
    }
}

#[test]
fn every_rule_knows_what_to_do_with_a_leaked_key() {
    for rule in RuleSet::builtin().iter() {
        let id = &rule.id;
        let Some(guidance) = rule.guidance() else {
            assert!(rule.shared, "{id} has no remedy");
            continue;
        };
        assert!(rule.shared || guidance.github.is_some(), "{id}: whom does GitHub tell?");
        let page = rule.revoke_url.trim_start_matches("https://").trim_end_matches('/');
        let is_home = !page.contains('/');
        assert!(!is_home || !guidance.revoke.is_empty(), "{id}: {:?} is no page for keys", rule.revoke_url);
        for url in [&rule.revoke_url, &guidance.usage_url] {
            assert!(url.is_empty() || fault(url).is_none(), "{id}: {url} {}", fault(url).unwrap());
        }
        let Guidance { revoke, usage, breaks, limits, leaked, rotate, .. } = guidance;
        for text in
            [revoke, usage, breaks, limits, leaked, rotate].into_iter().filter(|text| !text.is_empty())
        {
            let is_sentence = text.ends_with('.') && text.len() > 20 && !text.contains("  ");
            let begins = text.starts_with(|first: char| first.is_ascii_uppercase());
            let is_ours = !text.contains("Todo") && !text.contains('\n');
            assert!((is_sentence && begins || text.starts_with("xAI")) && is_ours, "{id}: {text:?}");
        }
    }
}

/// People read the page when they are in a hurry.
#[test]
fn no_page_says_anything_twice() {
    let sandbox = Sandbox::new();
    let mut twice = Vec::new();
    for rule in RuleSet::builtin().iter() {
        let page = sandbox.skanner(&["explain", &rule.id]).stdout;
        let steps = page.split("\nWhat to do\n").nth(1).unwrap();
        let sentences = sentences(steps);
        for (at, one) in sentences.iter().enumerate() {
            for other in &sentences[at + 1..] {
                if say_the_same(one, other) {
                    twice.push(format!("{}: {one:?} and {other:?}", rule.id));
                }
            }
        }
    }
    assert!(twice.is_empty(), "{twice:#?}");
}

#[test]
fn the_page_of_a_rule_has_the_steps_in_their_order() {
    let sandbox = Sandbox::new();
    let page = sandbox.skanner(&["explain", "openai-project-key"]).stdout;
    let places = [
        "1. Revoke the key at https://platform.openai.com/api-keys.",
        "Create a new one",
        "Usage is shown at https://platform.openai.com/settings/organization/usage.",
        "monthly spend limit",
        "GitHub tells OpenAI",
    ]
    .map(|text| page.find(text).unwrap_or_else(|| panic!("{text:?} is not in {page}")));
    assert!(places.is_sorted(), "{page}");
    let closed = sandbox.skanner(&["explain", "picatic-api-key"]).stdout;
    assert!(closed.contains("nothing left to revoke") && !closed.contains("Create a new one"), "{closed}");
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
