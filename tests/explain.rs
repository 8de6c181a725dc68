//! `skanner explain` of a key: by its place, by its fingerprint, in files, a history or a report.
// skanner:allow-file unused-suppression: these are texts of tests
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::fs;

use serde_json::{Value, json};
use support::{NAMES, Run, Sandbox, openai_key};

fn fingerprint(seed: u64) -> String {
    skanner::testing::finding::Secret::new(openai_key(seed).as_bytes(), 0).fingerprint()
}

fn explain(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let run = sandbox.skanner(&[&["explain"], arguments].concat());
    for seed in 0..20 {
        let body = &openai_key(seed)[8..30];
        assert!(!run.stdout.contains(body) && !run.stderr.contains(body), "{run:?}");
    }
    run
}

/// It is shown with these words, in this order.
#[track_caller]
fn assert_shows(run: &Run, words: &[&str]) {
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let mut rest = run.stdout.as_str();
    for word in words {
        let at = rest.find(word).unwrap_or_else(|| panic!("{word} in {}", run.stdout));
        rest = &rest[at + word.len()..];
    }
}

fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet"]);
    sandbox
}

fn commit(sandbox: &Sandbox) {
    sandbox.git(".", &["add", "--all"]);
    sandbox.git(".", &["commit", "--quiet", "--message", "a change"]);
}

#[test]
fn every_language_has_its_line() {
    let sandbox = Sandbox::new();
    for (seed, (file, before, after, expected)) in [
        ("a.py", "key = \"", "\"", "key = os.environ[\"OPENAI_API_KEY\"]"),
        ("a.ts", "const key = '", "';", "const key = process.env.OPENAI_API_KEY;"),
        ("a.go", "key := \"", "\"", "key := os.Getenv(\"OPENAI_API_KEY\")"),
        ("a.rb", "TEAM_KEY = '", "'", "TEAM_KEY = ENV.fetch(\"TEAM_KEY\")"),
        ("a.sh", "export KEY=\"", "\"", "export KEY=\"${OPENAI_API_KEY:?is not set}\""),
        (".github/workflows/a.yml", "  KEY: ", "", "KEY: ${{ secrets.OPENAI_API_KEY }}"),
        ("main.tf", "api_key = \"", "\"", "api_key = var.openai_api_key"),
        ("public/app.js", "k(\"", "\")", "k(process.env.OPENAI_API_KEY)"),
    ]
    .iter()
    .enumerate()
    {
        let line = format!("{before}{}{after}\n", openai_key(seed as u64));
        sandbox.write(file, format!("\n{line}"));
        let run = explain(&sandbox, &[&format!("{file}:2")]);
        assert_shows(
            &run,
            &[
                "critical[openai-project-key]: OpenAI",
                &format!("--> {file}:2:"),
                &format!("fingerprint: {}", fingerprint(seed as u64)),
                "What somebody can do with it",
                "What to write instead",
                expected,
                "The variable is ",
                "What to do",
                "1. Revoke the key at https://platform.openai.com/api-keys",
            ],
        );
        let is_public = run.stdout.contains("What its place means\n  Every visitor");
        assert_eq!(is_public, file.starts_with("public"), "{run:?}");
    }
    assert_shows(
        &explain(&sandbox, &["openai-project-key"]),
        &["openai-project-key: ", "What it looks like"],
    );
}

#[test]
fn a_fingerprint_finds_every_occurrence() {
    let sandbox = repository();
    sandbox.write("src/a.py", format!("a = '{}'\n", openai_key(1)));
    sandbox.write("b.txt", format!("{}\n{}\n", openai_key(2), openai_key(1)));
    let whole = fingerprint(1);
    for start in [&whole[..8], &whole[..20], &whole] {
        assert_shows(&explain(&sandbox, &[start]), &["--> b.txt:2:1", "also at: src/a.py:1:6", "What to do"]);
    }
    // From any directory, as in the report of the whole.
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.current_dir(sandbox.path("src")).args(["explain", &whole]);
    assert_shows(&Run::of(&mut command), &["--> b.txt:2:1"]);
    // What is suppressed is shown with what suppresses it.
    sandbox.write("b.txt", format!("{} # skanner:allow: a test\n", openai_key(1)));
    let run = explain(&sandbox, &[&whole]);
    assert_shows(
        &run,
        &[
            "critical[",
            "--> src/a.py:1:6",
            "suppressed[",
            "--> b.txt:1:1",
            "by b.txt:1: a test",
            "What to do",
        ],
    );
    assert_eq!(run.stdout.matches("What to do").count(), 1);
    assert_eq!(sandbox.skanner(&["baseline", "create"]).code, 0);
    assert_shows(
        &explain(&sandbox, &["src/a.py:1:6"]),
        &["suppressed: by .skanner-baseline:4", "What to do"],
    );
}

#[test]
fn what_is_not_there_is_said_with_what_to_try() {
    let sandbox = repository();
    sandbox.write("a.py", format!("\n{}\n\n{}\n", openai_key(1), openai_key(2)));
    sandbox.write(".gitignore", "b.py\n");
    sandbox.write("b.py", openai_key(3));
    commit(&sandbox);
    for (arguments, expected) in [
        (&["00000000"][..], "no key in the work tree"),
        (
            &["00000000"],
            "begins with 00000000; --history searches the index and the history, too, --no-ignore searches",
        ),
        (&["00000000", "--history", "--no-ignore"], "begins with 00000000; --report FILE reads a report"),
        (&["a.py:1"], "no key in a.py is on line 1 of a.py; there are some on lines 2, 4"),
        (&["a.py:2:500"], "is on line 2, column 500 of a.py"),
        (&["b.py:7"], "there is one on line 1"),
        (&["gone.py:1"], "there is no file gone.py; --history"),
        (&[".:1"], ". is a directory"),
        (
            &["no-such-rule"],
            "expected the id of a rule, PATH:LINE, or eight digits or more of a fingerprint: there is no rule",
        ),
        (&["0000000"], "expected the id of a rule"),
        (&["00000000", "--report", "gone.json"], "cannot read gone.json"),
    ] {
        let run = explain(&sandbox, arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(expected), "{expected}: {run:?}");
    }
    assert_shows(&explain(&sandbox, &["--no-ignore", &fingerprint(3)]), &["--> b.py:1:1"]);
    // Two keys on one line are both meant, unless a column says which.
    sandbox.write("c.py", format!("{} {}\n", openai_key(4), openai_key(5)));
    assert_shows(&explain(&sandbox, &["c.py:1"]), &["c.py:1:1", "What to do", "c.py:1:", "What to do"]);
    assert_eq!(explain(&sandbox, &["c.py:1:3"]).stdout.matches("What to do").count(), 1);
}

#[test]
fn the_history_and_a_report_have_keys_that_no_file_has() {
    let sandbox = repository();
    sandbox.write("src/a.py", format!("a = '{}'\n", openai_key(1)));
    commit(&sandbox);
    fs::remove_file(sandbox.path("src/a.py")).unwrap();
    commit(&sandbox);
    let whole = fingerprint(1);
    assert_eq!(explain(&sandbox, &[&whole]).code, 2);
    for arguments in [&[whole.as_str(), "--history"][..], &["src/a.py:1", "--history"]] {
        assert_shows(
            &explain(&sandbox, arguments),
            &["--> src/a.py:1:6", "history: introduced by", "What to do"],
        );
    }
    let report = sandbox.skanner(&["audit", "--format", "json"]);
    sandbox.write("../report.json", &report.stdout);
    for what in [whole.as_str(), "src/a.py:1", "./src/a.py:1:7"] {
        let run = explain(&sandbox, &[what, "--report", "../report.json"]);
        assert_shows(&run, &["--> src/a.py:1:6", "history: introduced by", "What to do"]);
    }
    let run = explain(&sandbox, &["src/a.py:2", "--report", "../report.json"]);
    assert!(
        run.code == 2 && run.stderr.contains("no key in the report ../report.json is on line 2"),
        "{run:?}"
    );
    let unmasked = sandbox.skanner(&["audit", "--format", "json", "--show-secrets"]);
    sandbox.write("../report.json", &unmasked.stdout);
    let run = explain(&sandbox, &[&whole, "--report", "../report.json"]);
    assert!(run.code == 2 && run.stderr.contains("--show-secrets"), "{run:?}");
}

#[test]
fn what_could_not_be_read_is_not_passed_over() {
    let sandbox = repository();
    sandbox.write("a.py", openai_key(1));
    sandbox.write("damaged.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\0garbage");
    let run = explain(&sandbox, &[&fingerprint(1)]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stdout.contains("What to do") && run.stderr.contains("1 input could not be read"), "{run:?}");
}

#[test]
fn names_and_lines_do_not_steer_the_terminal() {
    let sandbox = Sandbox::new();
    for (seed, name) in NAMES.iter().enumerate() {
        sandbox.write(name, format!("\x1b]0;title\x07\u{202e} k = '{}'\u{9b}31m\n", openai_key(seed as u64)));
        let run = explain(&sandbox, &[&fingerprint(seed as u64)]);
        let is_hostile = |one: char| {
            one.is_control() && !matches!(one, '\n' | '\t') || matches!(one, '\u{202e}' | '\u{9b}')
        };
        assert!(run.code == 0 && !run.stdout.contains(is_hostile), "{run:?}");
    }
}

/// A notebook with texts in its source and in its output, and with so much else in its output.
fn notebook(source: &str, output: &str, more: usize) -> Value {
    json!({
        "cells": [{
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "outputs": [
                { "output_type": "display_data", "data": { "image/png": "iVBORw0KGgo ".repeat(more / 12) } },
                { "output_type": "stream", "name": "stdout", "text": [format!("{output}\n")] },
            ],
            "source": [format!("{source}\n")],
        }],
        "nbformat": 4,
    })
}

#[test]
fn a_key_that_only_outputs_show_has_its_own_advice() {
    let key = openai_key(1);
    let read = "key = os.environ['OPENAI_API_KEY']";
    for more in [0, 700_000] {
        for (source, output, expected) in [
            (read, format!("key is {key}"), "Only outputs show it: clear them with"),
            (&format!("key = '{key}'"), "nothing".to_owned(), "A notebook keeps outputs: clear them as well"),
            (
                &format!("key = '{key}'"),
                format!("key is {key}"),
                "A notebook keeps outputs: clear them as well",
            ),
        ] {
            for is_pretty in [true, false] {
                let value = notebook(source, &output, more);
                let text =
                    if is_pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
                let sandbox = repository();
                sandbox.write("a.ipynb", &text);
                commit(&sandbox);
                let run = explain(&sandbox, &[&fingerprint(1)]);
                assert_shows(&run, &["--> a.ipynb:", "What its place means", expected, "What to do"]);
                let has_line = run.stdout.contains("What to write instead");
                assert_eq!(has_line, source != read, "{run:?}");
                // In the history it is the same.
                fs::remove_file(sandbox.path("a.ipynb")).unwrap();
                commit(&sandbox);
                let run = explain(&sandbox, &[&fingerprint(1), "--history"]);
                assert_shows(&run, &["--> a.ipynb:", "What its place means", expected, "What to do"]);
            }
        }
    }
}
