//! `--since-scan`: whatever happens between two scans, nothing is missed and nothing is claimed that was not read.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
// skanner:allow-file unused-suppression: these are texts of tests

mod audit;
mod history;
#[cfg(unix)]
mod hostile;
#[path = "../support/mod.rs"]
mod support;

use support::{Run, Sandbox};

/// A sandbox with a repository of a few commits, packed, and the state of its first scan.
fn scanned(keys: &[String]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "-q", "-b", "main"]);
    for at in 0..12 {
        sandbox.write("notes.txt", format!("line {at}\n").repeat(40));
        sandbox.write(format!("src/{at}.txt"), format!("file {at}\n"));
        commit(&sandbox, &format!("change {at}"));
    }
    for (at, key) in keys.iter().enumerate() {
        sandbox.write(format!("old{at}.env"), format!("OPENAI_API_KEY={key}\n"));
        commit(&sandbox, "a key");
    }
    sandbox.git(".", &["gc", "-q"]);
    let run = scan(&sandbox);
    assert!(run.stderr.contains("does not exist yet"), "{}", run.stderr);
    sandbox
}

fn commit(sandbox: &Sandbox, message: &str) {
    sandbox.git(".", &["add", "-A"]);
    sandbox.git(".", &["commit", "-q", "-m", message]);
}

fn state(sandbox: &Sandbox) -> String {
    sandbox.tree().parent().unwrap().join("scan.state").display().to_string()
}

fn scan(sandbox: &Sandbox) -> Run {
    scan_with(sandbox, &[])
}

fn scan_with(sandbox: &Sandbox, more: &[&str]) -> Run {
    let state = state(sandbox);
    let words = [&["scan", "--history", "--format", "json", "--since-scan", &state], more].concat();
    sandbox.skanner(&words)
}

/// Whether only what is new was read.
fn is_carried(run: &Run) -> bool {
    run.report().json["since_scan"].is_object()
}

/// The findings of a scan that knows of no other.
fn whole(sandbox: &Sandbox) -> serde_json::Value {
    sandbox.skanner(&["scan", "--history", "--format", "json"]).report().json["findings"].clone()
}

type Change = fn(&Sandbox);
