//! Many repositories: a list of them, a line for each, what an interruption leaves, and parts that become one again.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
// skanner:allow-file unused-suppression: these are texts of tests

#[path = "../support/mod.rs"]
mod support;

mod damage;
mod lines;
mod resume;
mod sarif;
mod shards;

use std::fs;

use serde_json::Value;

use support::{Run, Sandbox, key, openai_key};

/// Every format of a merged report.
const FORMATS: &[&str] = &[
    "text",
    "concise",
    "json",
    "jsonl",
    "html",
    "sarif",
    "github",
    "gitlab",
    "gitlab-codequality",
    "junit",
    "rdjson",
];

/// Repositories of many kinds, some of which cannot be read, and a list of them that is in no order.
fn places() -> (Sandbox, Vec<&'static str>) {
    let sandbox = Sandbox::new();
    let (one, shared) = (openai_key(1), key("sk-ant-api03-{B:93}AA", 3));
    sandbox.repository("src/z", &[("a.py", &one), ("b.py", &shared)]);
    sandbox.repository("src/clean", &[]);
    sandbox.repository("src/allowed", &[("a.py", &format!("k = '{shared}'  # skanner:allow: a reason\n"))]);
    sandbox.repository(
        "src/own",
        &[("a.py", &openai_key(4)), ("skanner.toml", "exclude-rules = [\"openai-project-key\"]\n")],
    );
    sandbox.repository("src/a b", &[("x.py", &format!("{shared}\n{}\n", openai_key(5)))]);
    sandbox.repository("src/damaged", &[("a.py", &openai_key(7))]);
    let id = sandbox.git("src/damaged", &["rev-parse", "HEAD^{tree}"]);
    let id = id.trim();
    fs::remove_file(sandbox.path(format!("src/damaged/.git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    sandbox.git("", &["clone", "-q", "--bare", "src/z", "mirror.git"]);
    sandbox.git("", &["init", "-q", "empty"]);
    fs::create_dir(sandbox.path("plain")).unwrap();
    sandbox.write("note.txt", openai_key(8));
    let list = vec![
        "src/z",
        "src/clean",
        "missing",
        "mirror.git",
        "src/allowed",
        "plain",
        "src/own",
        "src/a b",
        "empty",
        "src/damaged",
        "note.txt",
    ];
    sandbox.write("list.txt", list.iter().map(|line| format!("{line}\n")).collect::<String>());
    (sandbox, list)
}

fn audit(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.skanner(&[&["audit"], arguments].concat())
}

/// The reports and the summary.
#[track_caller]
fn parsed(text: &str) -> (Vec<Value>, Value) {
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = lines.pop().unwrap();
    assert!(summary["summary"].is_object(), "{text}");
    (lines, summary["summary"].clone())
}

/// The names of the repositories of lines.
fn names(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["repositories"][0]["name"].as_str().unwrap()).collect()
}
