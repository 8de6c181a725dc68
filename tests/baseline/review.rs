//! `skanner baseline review`: questions at a terminal, and what becomes of the answers.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use super::harness::*;
use crate::{support::NAMES, terminal::OnTerminal};

/// A review on a terminal.
fn start(sandbox: &Sandbox, arguments: &[&str]) -> OnTerminal {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    OnTerminal::start_typing(command.args(["baseline", "review", "--color", "never"]).args(arguments), 100)
}

/// How the questions end.
const QUESTIONS: [&str; 3] = ["? help: ", "secret one? ", "no end) "];

/// Waits for a question, and answers it.
fn answer(run: &mut OnTerminal, seen: &mut usize, text: &str) {
    let before = *seen;
    run.wait_until("a question", |shown| {
        shown.len() > before && QUESTIONS.iter().any(|end| shown.ends_with(end))
    });
    *seen = run.shown().len();
    run.type_text(text);
}

/// A review that is given one answer after the other, each once it is asked for.
fn review(sandbox: &Sandbox, arguments: &[&str], answers: &[&str]) -> (i32, String) {
    let mut run = start(sandbox, arguments);
    let mut seen = 0;
    answers.iter().for_each(|text| answer(&mut run, &mut seen, text));
    let (status, shown) = run.finish();
    (status.code().unwrap_or(-1), shown)
}

fn config(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.path("skanner.toml")).unwrap_or_default()
}

fn fingerprint(key: &str) -> String {
    skanner::testing::finding::Secret::new(key.as_bytes(), 0).fingerprint()
}

/// Three new keys in three files.
fn three() -> Sandbox {
    let sandbox = repository();
    for (file, seed) in [("a.py", 1), ("b.py", 2), ("c.py", 3)] {
        sandbox.write(file, format!("k = '{}'\n", openai_key(seed)));
    }
    sandbox
}

#[test]
fn every_answer_does_what_it_says_and_a_scan_is_clean_afterward() {
    let sandbox = three();
    let (code, shown) =
        review(&sandbox, &[], &["f\n", "made up for \"tests\"\n", "d\n", "\n", "d\n", "2999-12-31\n"]);
    assert_eq!(code, 0, "{shown}");
    for text in [
        "--> a.py:1:6",
        "1 of 3: f false positive",
        "Allowed in skanner.toml.",
        "Listed in .skanner-baseline.",
        "Listed in .skanner-baseline until 2999-12-31.",
        "1 false positive allowed in skanner.toml, 2 entries in .skanner-baseline (2 added, 0 removed), 0 skipped",
        "Revoke them, if they still work:\n  OpenAI, 2 keys: https://platform.openai.com/api-keys",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    let expected = format!(
        "[[allow]]\nfingerprints = [\"{}\"] # openai-project-key in a.py\nreason = \"made up for \\\"tests\\\"\"\n",
        fingerprint(&openai_key(1))
    );
    assert_eq!(config(&sandbox), expected);
    assert_eq!(places(&sandbox), ["b.py", "c.py"]);
    assert!(fs::read_to_string(sandbox.path(FILE)).unwrap().contains("# until=2999-12-31\n"));
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), unused(&report)), ((0, 3), vec![]));
    // Nothing new is left to ask about; both entries are.
    let (code, shown) = review(&sandbox, &[], &["\n", "k\n"]);
    assert!(code == 0 && shown.contains("1 of 2: k keep") && shown.contains("until 2999-12-31"), "{shown}");
}

#[test]
fn what_is_not_decided_stays_a_finding() {
    let sandbox = three();
    let (code, shown) = review(&sandbox, &[], &["s\n", "\n", "q\n"]);
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("2 skipped; stopped before 1 more"), "{shown}");
    let (code, shown) = review(&sandbox, &[], &["d\n", "\n", "\x04"]);
    assert_eq!(code, 1, "{shown}");
    assert_eq!((places(&sandbox), config(&sandbox)), (vec!["a.py".to_owned()], String::new()));
    assert_eq!(counts(&sandbox.scan(&[])), (2, 1));
}

#[test]
fn answers_that_cannot_be_carried_out_are_asked_for_again() {
    let sandbox = three();
    let answers = [
        "what\n",
        "?\n",
        "F\n",
        "\n",
        "r\n",
        "d\n",
        "tomorrow\n",
        "2001-01-01\n",
        "2027-02-29\n",
        "2999-01-01\n",
        "q\n",
    ];
    let (code, shown) = review(&sandbox, &[], &answers);
    assert_eq!(code, 1, "{shown}");
    for text in [
        "q  Stop (or Ctrl-D)",
        "Nothing was written: an entry without a reason helps nobody.",
        "What to do\n  1. Revoke the key at",
        "What to write instead\n  k = os.environ[\"OPENAI_API_KEY\"]",
        "Write the day as in 2027-03-01.",
        "That day is over.",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    assert_eq!((entries(&sandbox).len(), config(&sandbox)), (1, String::new()));
}

#[test]
fn a_configuration_keeps_its_comments_and_one_that_is_not_understood_is_left_alone() {
    let sandbox = three();
    let text = "# ours\nmin-confidence = \"likely\" # as ever\n\n[[allow]]\npaths = [\"x/**\"]";
    sandbox.write("skanner.toml", text);
    let (_, shown) = review(&sandbox, &[], &["f\n", "made up\n", "q\n"]);
    assert!(
        config(&sandbox).starts_with(text) && config(&sandbox).ends_with("reason = \"made up\"\n"),
        "{shown}"
    );
    let inline = "allow = [{ paths = [\"x/**\"] }]\n";
    sandbox.write("skanner.toml", inline);
    let (code, shown) = review(&sandbox, &[], &["f\n", "made up\n", "d\n", "\n", "q\n"]);
    assert!(shown.contains("nothing was added to skanner.toml; do that yourself:"), "{shown}");
    assert_eq!((code, config(&sandbox).as_str(), entries(&sandbox).len()), (1, inline, 1));
}

#[test]
fn entries_are_kept_removed_or_allowed() {
    let sandbox = three();
    create(&sandbox, &[]);
    sandbox.write("c.py", "gone");
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    let at = |file: &str| {
        let entries: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        entries.iter().position(|line| line.ends_with(file)).unwrap()
    };
    let mut answers = [""; 3];
    answers[at("a.py")] = "k\n";
    answers[at("b.py")] = "x\n";
    answers[at("c.py")] = "x\n";
    let (code, shown) = review(&sandbox, &[], &answers);
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("The entry for openai-project-key in c.py matches nothing."), "{shown}");
    assert!(shown.contains("1 entry in .skanner-baseline (0 added, 2 removed)"), "{shown}");
    assert_eq!(places(&sandbox), ["a.py"]);
    // b.py is new again. What is allowed needs no entry.
    let (code, shown) = review(&sandbox, &[], &["s\n", "f\n", "made up\n"]);
    assert_eq!((code, entries(&sandbox).len()), (1, 0), "{shown}");
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), unused(&report)), ((1, 1), vec![]));
}

#[test]
fn a_false_positive_is_asked_about_once() {
    let sandbox = known(1);
    sandbox.write("b.py", openai_key(1));
    let (code, shown) = review(&sandbox, &[], &["f\n", "made up\n"]);
    assert!(code == 0 && shown.contains("1 of 2") && !shown.contains("2 of 2"), "{shown}");
    assert_eq!(entries(&sandbox).len(), 0);
}

#[test]
fn an_interruption_keeps_what_was_decided() {
    let sandbox = three();
    let mut run = start(&sandbox, &[]);
    let mut seen = 0;
    for text in ["d\n", "\n", "f\n", "made up\n"] {
        answer(&mut run, &mut seen, text);
    }
    run.wait_for("3 of 3");
    kill_process(Pid::from_child(&run.child), Signal::INT).unwrap();
    let (status, shown) = run.finish();
    assert!(!status.success(), "{shown}");
    assert_eq!((places(&sandbox), counts(&sandbox.scan(&[]))), (vec!["a.py".to_owned()], (1, 2)));
}

#[test]
fn nobody_is_asked_where_nobody_can_answer() {
    let sandbox = three();
    let run = sandbox.skanner(&["baseline", "review"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("standard input is no terminal"), "{run:?}");
    assert!(
        run.stderr.contains("`skanner baseline update --add`") && run.stderr.contains("[[allow]]"),
        "{run:?}"
    );
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.args(["baseline", "review"]).env("CI", "true");
    let (status, shown) = OnTerminal::start_typing(&mut command, 100).finish();
    assert!(status.code() == Some(2) && shown.contains("the variable CI is set"), "{shown}");
    assert!(!sandbox.path(FILE).exists() && !sandbox.path("skanner.toml").exists());
    let (code, shown) = review(&sandbox, &["--isolated"], &[]);
    assert!(code == 2 && shown.contains("--isolated cannot be used"), "{shown}");
}

#[test]
fn what_could_not_be_read_removes_nothing() {
    let sandbox = known(1);
    sandbox.write("damaged.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\0garbage");
    sandbox.write("b.py", openai_key(2));
    let (code, shown) = review(&sandbox, &[], &["d\n", "\n", "x\n", "f\n", "made up\n"]);
    assert_eq!(code, 2, "{shown}");
    for text in ["not scanned: damaged.gz", "no entry is removed", "so the entry stays"] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    assert_eq!(places(&sandbox), ["b.py", "src/a.py"]);
    assert!(config(&sandbox).contains(&fingerprint(&openai_key(1))));
}

#[test]
fn keys_of_the_history_are_asked_about_with_it() {
    let sandbox = repository();
    sandbox.write("a.py", openai_key(1));
    commit(&sandbox, "one");
    sandbox.write("a.py", "gone");
    commit(&sandbox, "two");
    assert_eq!(review(&sandbox, &[], &[]).0, 0);
    let (code, shown) = review(&sandbox, &["--history"], &["d\n", "\n"]);
    assert!(code == 0 && shown.contains("introduced by") && shown.contains("removed by"), "{shown}");
    assert_eq!(places(&sandbox), ["<history> a.py"]);
    let (code, shown) = review(&sandbox, &[], &[]);
    assert!(code == 0 && shown.contains("not asked about 1, which this run cannot judge"), "{shown}");
    assert_eq!(places(&sandbox), ["<history> a.py"]);
}

/// Neither the terminal nor a file gets a key or a control sequence from names, lines and reasons.
#[test]
fn nothing_hostile_reaches_the_terminal_or_the_files() {
    let sandbox = repository();
    let keys: Vec<String> = (0..NAMES.len() as u64).map(openai_key).collect();
    for (name, key) in NAMES.iter().zip(&keys) {
        sandbox.write(name, format!("\x1b]0;title\x07 \u{202e} k = '{key}' \u{9b}31m\n"));
    }
    let in_name = openai_key(99);
    sandbox.write(format!("{in_name}.txt"), "nothing");
    let reason = format!("it is {in_name}\n");
    let mut answers = Vec::new();
    for at in 0..=NAMES.len() {
        answers.extend(if at % 2 == 0 { ["f\n", reason.as_str()] } else { ["d\n", "\n"] });
    }
    let (code, shown) = review(&sandbox, &[], &answers);
    // What the terminal echoes was typed there.
    let shown = shown.replace(reason.trim(), "");
    assert_eq!(code, 0, "{shown}");
    let files = [config(&sandbox), fs::read_to_string(sandbox.path(FILE)).unwrap()];
    for text in files.iter().chain([&shown]) {
        for key in keys.iter().chain([&in_name]) {
            assert!(!text.contains(&key[8..40]), "{text}");
        }
        let is_hostile = |one: char| {
            one.is_control() && !matches!(one, '\n' | '\r' | '\t') || matches!(one, '\u{202e}' | '\u{9b}')
        };
        assert!(!text.contains(is_hostile), "{text:?}");
    }
    assert_eq!(counts(&sandbox.scan(&[])).0, 0);
}

#[test]
fn an_entry_counts_until_its_day() {
    let sandbox = known(1);
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    let entry = text.lines().find(|line| !line.starts_with('#')).unwrap();
    sandbox.write(FILE, format!("# until=2999-12-31 rotated in May\n{entry}\n"));
    let run = sandbox.skanner(&["scan", "--show-suppressed"]);
    assert!(
        run.code == 0 && run.stdout.contains("by .skanner-baseline:2 until 2999-12-31: rotated in May"),
        "{run:?}"
    );
    sandbox.write(FILE, format!("# until=2020-01-01\n{entry}\n"));
    let report = sandbox.scan(&[]);
    assert_eq!(
        (counts(&report), unused(&report)),
        ((1, 0), vec!["openai-project-key in src/a.py".to_owned()])
    );
    let run = sandbox.skanner(&["baseline", "check"]);
    assert!(
        run.code == 1 && run.stdout.contains("the key was accepted until 2020-01-01; revoke it"),
        "{run:?}"
    );
    // The key is new again, for a review and for an update.
    let (code, shown) = review(&sandbox, &[], &["d\n", "2999-12-31\n"]);
    assert_eq!((code, entries(&sandbox).len()), (0, 1), "{shown}");
    assert!(!fs::read_to_string(sandbox.path(FILE)).unwrap().contains("2020"));
    assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
    sandbox.write(FILE, format!("# until=2020-01-01\n{entry}\n"));
    let run = sandbox.skanner(&["baseline", "update"]);
    assert!(run.code == 1 && run.stderr.contains("removed, since its last day is over"), "{run:?}");
    assert_eq!(entries(&sandbox).len(), 0);
    sandbox.write(FILE, format!("# until=2020-01-01\n{entry}\n"));
    assert_eq!(sandbox.skanner(&["baseline", "update", "--add"]).code, 0);
    assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
    sandbox.write(FILE, format!("# until=someday\n{entry}\n"));
    let run = sandbox.skanner(&["scan"]);
    assert!(
        run.code == 2 && run.stderr.contains(".skanner-baseline:1: expected a day after `until=`"),
        "{run:?}"
    );
}
