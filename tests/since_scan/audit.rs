//! `skanner audit --since-scan`, which also reads files and the index, of one repository and of many.

use std::fs;

use serde_json::Value;

use super::{Change, commit, is_carried, scanned, state};
use crate::support::{Run, Sandbox, openai_key};

fn audit(sandbox: &Sandbox, more: &[&str]) -> Run {
    let state = state(sandbox);
    sandbox.skanner(&[&["audit", "--format", "json", "--since-scan", &state], more].concat())
}

/// The findings and the verdict of an audit that knows of no other.
fn whole(sandbox: &Sandbox) -> (Value, String) {
    parts(&sandbox.skanner(&["audit", "--format", "json"]))
}

fn parts(run: &Run) -> (Value, String) {
    let report = run.report().json;
    (report["findings"].clone(), report["audit"]["verdict"].as_str().unwrap().to_owned())
}

/// What there is at one time, and what happens until the next.
const CHANGES: &[(&str, Change, Change, bool)] = &[
    ("nothing", |_| {}, |_| {}, true),
    (
        "a commit",
        |_| {},
        |sandbox| {
            sandbox.write("new.txt", "new\n");
            commit(sandbox, "new");
        },
        true,
    ),
    ("a changed file", |_| {}, |sandbox| drop(sandbox.write("new.txt", "new\n")), true),
    (
        "a key in a file",
        |_| {},
        |sandbox| drop(sandbox.write("new.env", format!("OPENAI_API_KEY={}\n", openai_key(5)))),
        false,
    ),
    (
        "a file with a key is deleted",
        |sandbox| drop(sandbox.write("new.env", format!("OPENAI_API_KEY={}\n", openai_key(5)))),
        |sandbox| fs::remove_file(sandbox.path("new.env")).unwrap(),
        false,
    ),
    (
        "a key is staged",
        |_| {},
        |sandbox| {
            let file = sandbox.write("new.env", format!("OPENAI_API_KEY={}\n", openai_key(5)));
            sandbox.git(".", &["add", "new.env"]);
            fs::remove_file(file).unwrap();
        },
        false,
    ),
    (
        "a suppressed key is deleted",
        |sandbox| drop(sandbox.write("a.env", format!("A={} # skanner:allow: a test\n", openai_key(5)))),
        |sandbox| fs::remove_file(sandbox.path("a.env")).unwrap(),
        false,
    ),
    (
        "a key that was only in the history",
        |sandbox| {
            sandbox.write("new.env", format!("OPENAI_API_KEY={}\n", openai_key(5)));
            commit(sandbox, "a key");
            fs::remove_file(sandbox.path("new.env")).unwrap();
            commit(sandbox, "no key");
        },
        |_| {},
        true,
    ),
    (
        "a file that could not be read",
        |sandbox| drop(sandbox.write("cut.gz", b"\x1f\x8b\x08\0\0")),
        |sandbox| fs::remove_file(sandbox.path("cut.gz")).unwrap(),
        false,
    ),
    (
        "a comment that suppresses nothing",
        |_| {},
        |sandbox| drop(sandbox.write("a.py", "a = 1  # skanner:allow: nothing\n")),
        true,
    ),
    (
        "content of Git LFS",
        |sandbox| drop(large_file(sandbox, "text\n")),
        // Git LFS would refuse it, but it is what a checkout gives.
        |sandbox| {
            let content = format!("A={}\n", openai_key(5));
            fs::write(large_file(sandbox, "text\n"), content.as_bytes()).unwrap();
        },
        false,
    ),
];

/// Commits a pointer, with content beside it.
fn large_file(sandbox: &Sandbox, content: &str) -> std::path::PathBuf {
    let name = "0".repeat(62) + "11";
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize {}\n", content.len());
    sandbox.write("large.bin", pointer);
    sandbox.git(".", &["add", "-A"]);
    sandbox.git(".", &["commit", "-q", "--allow-empty", "-m", "large"]);
    sandbox.write(format!(".git/lfs/objects/00/00/{name}"), content)
}

#[test]
fn a_verdict_is_that_of_a_whole_audit() {
    for (what, before, change, is_nothing_new) in CHANGES {
        let sandbox = scanned(&[]);
        before(&sandbox);
        audit(&sandbox, &[]);
        change(&sandbox);
        let run = audit(&sandbox, &[]);
        let ((mut found, verdict), (mut all, whole)) = (parts(&run), whole(&sandbox));
        assert_eq!(is_carried(&run), *is_nothing_new, "{what}: {}", run.stderr);
        if is_carried(&run) {
            let findings = [&mut found, &mut all].into_iter().flat_map(|all| all.as_array_mut().unwrap());
            findings.for_each(|finding| drop(finding.as_object_mut().unwrap().remove("history")));
        }
        assert_eq!(found, all, "{what}");
        let expected = if is_carried(&run) && whole == "safe" { "nothing_new" } else { &whole };
        assert_eq!(verdict, expected, "{what}");
        assert_eq!(run.code, sandbox.skanner(&["audit"]).code, "{what}");
        let again = audit(&sandbox, &[]);
        assert_eq!(parts(&again).0, parts(&run).0, "{what}, once more");
    }
}

/// Whatever the format, nobody is told that everything was read.
#[test]
fn nothing_new_is_not_safe_to_publish() {
    let sandbox = scanned(&[]);
    let text = |format: &str| audit_as(&sandbox, format).stdout.to_lowercase();
    let first = text("text");
    assert!(first.contains("safe to publish") && first.contains("nothing left out"), "{first}");
    let second = text("text");
    assert!(second.contains("nothing new since") && second.contains("before"), "{second}");
    for format in ["text", "concise", "json", "jsonl", "html", "sarif", "github", "gitlab", "junit", "rdjson"]
    {
        // Another call reads everything once.
        text(format);
        let text = text(format);
        for claim in ["safe to publish", "nothing left out", "everything was read", "\"safe\""] {
            assert!(!text.contains(claim), "{format}: {claim}");
        }
    }
}

fn audit_as(sandbox: &Sandbox, format: &str) -> Run {
    sandbox.skanner(&["audit", "--format", format, "--since-scan", &state(sandbox)])
}

#[test]
fn what_cannot_be_is_refused() {
    let sandbox = scanned(&[]);
    let directory = sandbox.tree().parent().unwrap().join("states");
    fs::create_dir(&directory).unwrap();
    let directory = directory.display().to_string();
    let file = state(&sandbox);
    for (words, expected) in [
        (vec!["audit", "--since-scan", &directory], "it is a directory, and one repository needs a file"),
        (vec!["audit", ".", "src", "--since-scan", &file], "several repositories need a directory"),
        (vec!["audit", "--since-scan", "here.state"], "in the repository that is scanned"),
        (vec!["audit", "--since-scan", &file, "--plan", "../plan"], "cannot be used with"),
        (vec!["audit", "--since-scan", &file, "--agents"], "cannot be used with"),
    ] {
        let run = sandbox.skanner(&words);
        assert_eq!(run.code, 2, "{words:?}: {}", run.stdout);
        assert!(run.stderr.contains(expected), "{words:?}: {}", run.stderr);
    }
}

/// Ten repositories, of which one gets a key.
#[test]
fn of_many_repositories_only_those_with_news_are_read_whole() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..10).map(|at| format!("r{at}")).collect();
    for name in &names {
        sandbox.git(".", &["init", "-q", "-b", "main", name]);
        sandbox.write(format!("{name}/a.txt"), "a\n");
        sandbox.git(name, &["add", "-A"]);
        sandbox.git(name, &["commit", "-q", "-m", "one"]);
    }
    sandbox.write("list", names.join("\n"));
    let run = |words: &[&str]| sandbox.skanner(&[&["audit", "--repositories", "list"], words].concat());
    let since = |words: &[&str]| run(&[&["--since-scan", "states"], words].concat());
    let verdicts = |run: &Run| -> Vec<String> {
        let lines = run.stdout.lines().filter(|line| !line.starts_with("{\"summary\""));
        let verdict = |line: &str| {
            let report: Value = serde_json::from_str(line).unwrap();
            report["audit"]["verdict"].as_str().unwrap().to_owned()
        };
        lines.map(verdict).collect()
    };
    let first = since(&[]);
    assert_eq!(verdicts(&first), vec!["safe"; 10]);
    assert!(
        first.stderr.lines().count() == 1 && first.stderr.contains("(and 9 like it)"),
        "{}",
        first.stderr
    );
    assert_eq!(verdicts(&since(&[])), vec!["nothing_new"; 10]);
    let text = since(&["--format", "text"]);
    assert!(text.stdout.contains("nothing new since states of"), "{}", text.stdout);
    assert!(!text.stdout.contains("safe"), "{}", text.stdout);
    sandbox.write("r3/b.env", format!("OPENAI_API_KEY={}\n", openai_key(5)));
    sandbox.git("r3", &["add", "-A"]);
    sandbox.git("r3", &["commit", "-q", "-m", "two"]);
    let lines = since(&[]);
    let mut expected = vec!["nothing_new"; 10];
    expected[3] = "not_safe";
    assert_eq!((lines.code, verdicts(&lines)), (1, expected.into_iter().map(str::to_owned).collect()));
    // Together they say how much of it is new.
    let text = since(&["--format", "text"]);
    assert!(
        text.stdout.contains("not safe: 1 key")
            && text.stdout.contains("in some repositories, nothing new since states"),
        "{}",
        text.stdout
    );
    sandbox.write("reports", &lines.stdout);
    let report = sandbox.skanner(&["report", "reports"]);
    assert!(report.stdout.contains("in some repositories, nothing new since states"), "{}", report.stdout);
    assert_eq!(
        run(&["--format", "json"]).report().json["findings"],
        since(&["--format", "json"]).report().json["findings"]
    );
}
