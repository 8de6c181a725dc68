//! What these tests share.

use std::fs;

use serde_json::Value;

pub(crate) use crate::support::{Report, Run, Sandbox, openai_key};

pub(crate) const FILE: &str = ".skanner-baseline";

/// A repository without a commit.
pub(crate) fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet"]);
    sandbox
}

/// The same, with a key in `src/a.py` that is known.
pub(crate) fn known(seed: u64) -> Sandbox {
    let sandbox = repository();
    sandbox.write("src/a.py", format!("k = '{}'\n", openai_key(seed)));
    create(&sandbox, &[]);
    sandbox
}

#[track_caller]
pub(crate) fn create(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let run = sandbox.skanner(&[&["baseline", "create"], arguments].concat());
    assert_eq!(run.code, 0, "{run:?}");
    run
}

pub(crate) fn commit(sandbox: &Sandbox, message: &str) {
    sandbox.git(".", &["add", "--all"]);
    sandbox.git(".", &["commit", "--quiet", "--allow-empty", "--message", message]);
}

/// The entries of the baseline, without its header.
pub(crate) fn entries(sandbox: &Sandbox) -> Vec<String> {
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// Their places alone.
pub(crate) fn places(sandbox: &Sandbox) -> Vec<String> {
    let mut places: Vec<String> =
        entries(sandbox).iter().map(|line| line.splitn(3, ' ').nth(2).unwrap().to_owned()).collect();
    places.sort();
    places
}

/// How many keys were found, and how many were known.
pub(crate) fn counts(report: &Report) -> (usize, u64) {
    assert!(report.not_scanned().is_empty(), "{:?}", report.not_scanned());
    let counts =
        (report.json["findings"].as_array().unwrap().len(), report.json["suppressed"].as_u64().unwrap());
    assert_eq!(report.code, i32::from(counts.0 > 0));
    counts
}

/// Entries that are said to match nothing.
pub(crate) fn unused(report: &Report) -> Vec<String> {
    let list = report.json["unused_suppressions"].as_array().cloned().unwrap_or_default();
    list.iter().map(|one: &Value| one["what"].as_str().unwrap().to_owned()).collect()
}

/// Another key, by one character in its middle.
pub(crate) fn with_one_other_character(key: &str) -> String {
    let at = key.len() - 20;
    let other = if &key[at..=at] == "a" { "b" } else { "a" };
    format!("{}{other}{}", &key[..at], &key[at + 1..])
}
