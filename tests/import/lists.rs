//! Whole lists: afterward a scan is clean, and a new key is still found.

use std::{fs, time::Instant};

use serde_json::json;

use super::harness::*;

#[test]
fn after_an_import_only_new_keys_are_found() {
    for format in FORMATS {
        let sandbox = repository();
        sandbox.write(".gitignore", format!("{}\n", format.file()));
        let secrets: Vec<Listed> =
            [("a.py", 1), ("b.py", 2), ("src/c.py", 3)].map(|(path, seed)| openai(path, 2, seed)).to_vec();
        secrets.iter().zip(1..).for_each(|(one, seed)| plant(&sandbox, one.path, 2, seed));
        format.write(&sandbox, &secrets);
        let run = import(&sandbox, &[]);
        assert_eq!(run.code, 0, "{format:?}: {run:?}");
        assert_says(
            &run,
            &[
                "  3         3        0       0               0\n",
                "Added 0 entries to skanner.toml and 3 entries to .skanner-baseline.",
                "OpenAI, 3 keys: https://platform.openai.com/api-keys",
            ],
        );
        assert_eq!(listed(&sandbox), ["a.py", "b.py", "src/c.py"], "{format:?}");
        sandbox.scan(&[]).assert_clean();
        plant(&sandbox, "new.py", 1, 9);
        assert_eq!(sandbox.scan(&[]).paths(), ["new.py"]);
        let run = import(&sandbox, &[]);
        assert_eq!(run.code, 1, "{format:?}: {run:?}");
        assert_says(
            &run,
            &["1 key is in none of these lists, so scans report it:\n  openai-project-key in new.py:1\n"],
        );
    }
}

#[test]
fn the_list_itself_is_reported_if_it_holds_keys() {
    let sandbox = repository();
    plant(&sandbox, "a.py", 2, 1);
    Format::Report.write(&sandbox, &[openai("a.py", 2, 1)]);
    let run = import(&sandbox, &[]);
    assert_eq!((run.code, sandbox.scan(&[]).paths()), (1, vec!["gitleaks-baseline.json".to_owned()]));
    assert_says(&run, &["openai-project-key in gitleaks-baseline.json:", "1 key is in none"]);
}

#[test]
fn several_lists_are_one_import() {
    let sandbox = repository();
    plant(&sandbox, "a.py", 2, 1);
    plant(&sandbox, "b.py", 2, 2);
    Format::Ignore.write(&sandbox, &[openai("a.py", 2, 1)]);
    Format::DetectSecrets.write(&sandbox, &[openai("a.py", 2, 1), openai("b.py", 2, 2)]);
    sandbox.write(".secretlintignore", "x\n");
    let run = import(&sandbox, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_says(
        &run,
        &[
            "list                                entries  baseline  allowed  before  not taken over\n",
            ".gitleaksignore (gitleaks)                1         1        0       0               0\n",
            ".secrets.baseline (detect-secrets)        2         2        0       0               0\n",
            "Recognized: 2 by secret, 1 by line.",
            ".secretlintignore: this version cannot read it",
            "2 entries to .skanner-baseline.",
        ],
    );
    let run = import(&sandbox, &["--check"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_says(
        &run,
        &[".secrets.baseline (detect-secrets)        2         0        0       2               0\n"],
    );
}

#[test]
fn false_positives_are_allowed_and_not_listed() {
    let sandbox = repository();
    plant(&sandbox, "a.py", 2, 1);
    plant(&sandbox, "b.py", 2, 2);
    let no_secret = secrets_baseline(&[openai("a.py", 2, 1)], &json!({ "is_secret": false }));
    sandbox.write(".secrets.baseline", no_secret);
    sandbox.write("audited.json", secrets_baseline(&[openai("b.py", 2, 2)], &json!({ "is_secret": true })));
    // Another list knows the same key; what a person said counts.
    Format::Ignore.write(&sandbox, &[openai("a.py", 2, 1)]);
    let run = import(&sandbox, &[".gitleaksignore", ".secrets.baseline", "audited.json"]);
    assert_eq!(run.code, 0, "{run:?}");
    let config = config(&sandbox);
    assert!(config.starts_with("[[allow]]\nfingerprints = [\""), "{config}");
    assert!(config.contains("# openai-project-key in a.py\n"), "{config}");
    assert!(config.contains("reason = \"imported from detect-secrets: .secrets.baseline:"), "{config}");
    assert_eq!(listed(&sandbox), ["b.py"]);
    sandbox.scan(&[]).assert_clean();
    // An entry of the baseline is of no use then.
    let sandbox = repository();
    plant(&sandbox, "a.py", 2, 1);
    assert_eq!(sandbox.skanner(&["baseline", "create"]).code, 0);
    sandbox.write(
        ".secrets.baseline",
        secrets_baseline(&[openai("a.py", 2, 1)], &json!({ "is_secret": false })),
    );
    assert_eq!(import(&sandbox, &[]).code, 0);
    assert_eq!((listed(&sandbox), sandbox.scan(&[]).code), (vec![], 0));
}

#[test]
fn what_is_configured_stays_as_it_is() {
    let sandbox = repository();
    plant(&sandbox, "a.py", 2, 1);
    plant(&sandbox, "old.py", 2, 2);
    let before = "# ours\n[[allow]]\npaths = [\"old.py\"] # why\nreason = \"x\"\n";
    sandbox.write("skanner.toml", before);
    sandbox.write(BASELINE, "# a note\n");
    sandbox.write(
        ".secrets.baseline",
        secrets_baseline(&[openai("a.py", 2, 1), openai("old.py", 2, 2)], &json!({ "is_secret": false })),
    );
    let run = import(&sandbox, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_says(&run, &["  2         0        1       1               0\n"]);
    assert!(config(&sandbox).starts_with(before) && config(&sandbox).matches("[[allow]]").count() == 2);
    assert_eq!(fs::read_to_string(sandbox.path(BASELINE)).unwrap(), "# a note\n");
}

#[test]
fn a_list_means_a_key_in_one_file() {
    let sandbox = repository();
    plant(&sandbox, "a.py", 2, 1);
    plant(&sandbox, "copy.py", 2, 1);
    Format::DetectSecrets.write(&sandbox, &[openai("a.py", 2, 1)]);
    for _ in 0..2 {
        let run = import(&sandbox, &[]);
        assert_eq!((run.code, listed(&sandbox)), (1, vec!["a.py".to_owned()]), "{run:?}");
        assert_says(&run, &["openai-project-key in copy.py:2\n"]);
    }
    // A hash of ggshield has no file.
    Format::Ggshield.write(&sandbox, &[openai("a.py", 2, 1)]);
    assert_eq!((import(&sandbox, &[]).code, listed(&sandbox).len()), (0, 2));
    // One line of a list allows one key.
    let sandbox = repository();
    sandbox.write("a.py", format!("a = '{}'; b = '{}'\n", openai_key(1), openai_key(2)));
    sandbox.write(".gitleaksignore", "a.py:openai-api-key:1\n");
    assert_eq!((import(&sandbox, &[]).code, listed(&sandbox).len()), (1, 1));
    sandbox.write(".gitleaksignore", "a.py:openai-api-key:1\na.py:generic-api-key:1\n");
    assert_eq!((import(&sandbox, &[]).code, listed(&sandbox).len()), (0, 2));
}

#[test]
fn paths_are_understood_wherever_the_tool_ran() {
    let sandbox = repository();
    let root = sandbox.tree().canonicalize().unwrap();
    for (path, seed) in [("a.py", 1), ("src/b.py", 2), ("src/c.py", 3), ("sub/d.py", 4)] {
        plant(&sandbox, path, 2, seed);
    }
    let absolute = format!("{}/src/c.py:openai-api-key:2\n", root.display());
    sandbox.write(
        "sub/.gitleaksignore",
        format!("./a.py:openai-api-key:2\nsrc\\b.py:openai-api-key:2\n{absolute}d.py:openai-api-key:2\n"),
    );
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let run = Run::of(command.current_dir(sandbox.path("sub")).args(["import", ".gitleaksignore"]));
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(listed(&sandbox), ["a.py", "src/b.py", "src/c.py", "sub/d.py"]);
}

#[test]
fn two_thousand_entries_take_seconds() {
    let sandbox = repository();
    let shape = |seed: u64| key("sk-proj-{B:74}T3BlbkFJ{B:72}{Z4}A", 1_000 + seed);
    for file in 0..20 {
        let lines: String = (0..100).map(|line| format!("k = '{}'\n", shape(file * 100 + line))).collect();
        sandbox.write(format!("f{file}.py"), lines);
    }
    let secret = |at: u64, gone: bool| {
        let name = [
            "f0.py", "f1.py", "f2.py", "f3.py", "f4.py", "f5.py", "f6.py", "f7.py", "f8.py", "f9.py",
            "f10.py", "f11.py", "f12.py", "f13.py", "f14.py", "f15.py", "f16.py", "f17.py", "f18.py",
            "f19.py",
        ][(at / 100) as usize];
        let secret = shape(if gone { at + 50_000 } else { at });
        Listed { path: name, line: at % 100 + 1, secret, names: ["openai-api-key", "OpenAI"] }
    };
    for (format, is_gone, more) in [
        (Format::DetectSecrets, false, json!({})),
        (Format::DetectSecrets, false, json!({ "is_secret": false })),
        (Format::DetectSecrets, true, json!({})),
        (Format::Ignore, false, json!({})),
    ] {
        for name in ["skanner.toml", BASELINE, ".secrets.baseline", ".gitleaksignore"] {
            fs::remove_file(sandbox.path(name)).ok();
        }
        let secrets: Vec<Listed> = (0..2_000).map(|at| secret(at, is_gone)).collect();
        let text =
            if format == Format::Ignore { format.text(&secrets) } else { secrets_baseline(&secrets, &more) };
        sandbox.write(format.file(), text);
        let start = Instant::now();
        let run = sandbox.skanner(&["import"]);
        let took = start.elapsed();
        assert_eq!(run.code, i32::from(is_gone), "{}", run.stderr);
        let expected = if is_gone { "2000\n" } else { " 0\n" };
        assert!(
            run.stdout.lines().nth(1).is_some_and(|row| row.ends_with(expected.trim_end())),
            "{}",
            &run.stdout[..300]
        );
        assert!(took.as_secs() < 30, "{format:?} {more} took {took:?}");
    }
}
