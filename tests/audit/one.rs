//! The verdict on one repository.
// skanner:allow-file unused-suppression: these are texts of tests

use std::fs;

use serde_json::{Value, json};

use crate::support::{Report, Run, Sandbox, key, openai_key};

/// A repository with two commits and no key.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    for number in 0..2 {
        sandbox.write("src/main.c", format!("int x = {number};\n"));
        sandbox.write(".gitignore", "ignored/\n");
        commit(&sandbox, &format!("commit {number}"));
    }
    sandbox
}

fn commit(sandbox: &Sandbox, message: &str) {
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", message]);
}

/// A commit that is gone from all refs and reflogs.
fn take_back(sandbox: &Sandbox) {
    sandbox.git("", &["reset", "-q", "--hard", "HEAD~"]);
    fs::remove_dir_all(sandbox.path(".git/logs")).unwrap();
}

fn audit(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.skanner(&[&["audit"], arguments].concat())
}

fn audit_json(sandbox: &Sandbox, arguments: &[&str]) -> Report {
    audit(sandbox, &[&["--format", "json"], arguments].concat()).report()
}

/// The verdict in the last line, without what was looked for and what was read.
#[track_caller]
fn verdict(run: &Run) -> String {
    let line = run.stdout.lines().last().unwrap_or_else(|| panic!("{run:?}"));
    let (verdict, _) = line.split_once("; files, index and history: ").unwrap_or_else(|| panic!("{line}"));
    assert!(verdict.contains("; other secrets were not looked for"), "{line}");
    let parts = verdict.split("; ").filter(|part| {
        let is_scope = *part == "other secrets were not looked for";
        !is_scope && !part.starts_with("refs: ") && !part.starts_with("pull requests were not fetched")
    });
    parts.collect::<Vec<_>>().join("; ")
}

const SAFE: &str = "safe to publish: no keys of the sk- family or of AI services";

#[track_caller]
fn assert_audit(report: &Report, verdict: &str, numbers: [u64; 5]) {
    let [keys, at_head, uncommitted, only_in_history, unreachable] = numbers;
    let expected = json!({
        "verdict": verdict, "keys": keys, "at_head": at_head, "uncommitted": uncommitted,
        "only_in_history": only_in_history, "only_in_pull_requests": 0, "unreachable": unreachable
    });
    assert_eq!(report.json["audit"], expected);
}

const HEAD: (&str, [u64; 5]) = ("1 still at HEAD", [1, 1, 0, 0, 0]);
const UNCOMMITTED: (&str, [u64; 5]) = ("1 in uncommitted files", [1, 0, 1, 0, 0]);
const HISTORY: (&str, [u64; 5]) = ("1 only in history", [1, 0, 0, 1, 0]);
const STORE: (&str, [u64; 5]) = ("1 only in objects that no ref reaches", [1, 0, 0, 0, 1]);

/// What a place is called, how a key gets there, and what is said of it.
type Row = (&'static str, fn(&Sandbox, &str), (&'static str, [u64; 5]));

const ROWS: &[Row] = &[
    ("an untracked file", |s, key| drop(s.write("new.txt", key)), UNCOMMITTED),
    ("a change in the work tree", |s, key| drop(s.write("src/main.c", key)), UNCOMMITTED),
    ("the name of a file", |s, key| drop(s.write(format!("{key}.txt"), "")), UNCOMMITTED),
    (
        "only staged",
        |s, key| {
            s.write("new.txt", key);
            s.git("", &["add", "new.txt"]);
            fs::remove_file(s.path("new.txt")).unwrap();
        },
        UNCOMMITTED,
    ),
    (
        "staged over a file",
        |s, key| {
            s.write("src/main.c", key);
            s.git("", &["add", "-A"]);
            s.write("src/main.c", "int x;\n");
        },
        UNCOMMITTED,
    ),
    (
        "HEAD and the work tree",
        |s, key| {
            s.write("a.txt", key);
            commit(s, "key");
        },
        HEAD,
    ),
    (
        "HEAD, not the work tree",
        |s, key| {
            s.write("a.txt", key);
            commit(s, "key");
            fs::remove_file(s.path("a.txt")).unwrap();
        },
        HEAD,
    ),
    (
        "HEAD, not the index",
        |s, key| {
            s.write("a.txt", key);
            commit(s, "key");
            s.git("", &["rm", "-q", "a.txt"]);
        },
        HEAD,
    ),
    (
        "ignored, but tracked",
        |s, key| {
            s.write("ignored/a.txt", key);
            s.git("", &["add", "-f", "ignored/a.txt"]);
            s.git("", &["commit", "-qm", "key"]);
        },
        HEAD,
    ),
    (
        "only history",
        |s, key| {
            s.write("a.txt", key);
            commit(s, "key");
            fs::remove_file(s.path("a.txt")).unwrap();
            commit(s, "no key");
        },
        HISTORY,
    ),
    (
        "history, and a file that is not tracked",
        |s, key| {
            s.write("a.txt", key);
            commit(s, "key");
            fs::remove_file(s.path("a.txt")).unwrap();
            commit(s, "no key");
            s.write("b.txt", key);
        },
        UNCOMMITTED,
    ),
    (
        "another branch",
        |s, key| {
            s.git("", &["checkout", "-q", "-b", "topic"]);
            s.write("a.txt", key);
            commit(s, "key");
            s.git("", &["checkout", "-q", "main"]);
        },
        HISTORY,
    ),
    (
        "a message",
        |s, key| {
            s.git("", &["commit", "-q", "--allow-empty", "-m", key]);
            s.git("", &["commit", "-q", "--allow-empty", "-m", "next"]);
        },
        HISTORY,
    ),
    ("the message of HEAD", |s, key| drop(s.git("", &["commit", "-q", "--allow-empty", "-m", key])), HEAD),
    ("a tag", |s, key| drop(s.git("", &["tag", "-a", "v1", "-m", key])), HISTORY),
    ("a note", |s, key| drop(s.git("", &["notes", "add", "-m", key])), HISTORY),
    (
        "a stash",
        |s, key| {
            s.write("src/main.c", key);
            s.git("", &["stash", "-q"]);
        },
        HISTORY,
    ),
    (
        "an older stash",
        |s, key| {
            s.write("src/main.c", key);
            s.git("", &["stash", "-q"]);
            s.write("src/main.c", "other");
            s.git("", &["stash", "-q"]);
        },
        HISTORY,
    ),
    (
        "an unreachable commit",
        |s, key| {
            s.write("a.txt", key);
            commit(s, "key");
            take_back(s);
        },
        STORE,
    ),
    (
        "an unreachable message",
        |s, key| {
            s.git("", &["commit", "-q", "--allow-empty", "-m", key]);
            take_back(s);
            s.write(".git/COMMIT_EDITMSG", "");
        },
        STORE,
    ),
    (
        "an object that nothing leads to",
        |s, key| {
            s.write("a.txt", key);
            s.git("", &["add", "-A"]);
            s.git("", &["reset", "-q", "--hard"]);
        },
        STORE,
    ),
    (
        "the configuration",
        |s, key| drop(s.git("", &["config", "remote.x.url", &format!("https://{key}@example.org")])),
        UNCOMMITTED,
    ),
    ("a hook", |s, key| drop(s.write(".git/hooks/pre-push", format!("export K={key}\n"))), UNCOMMITTED),
];

#[test]
fn the_verdict_says_where_a_key_is() {
    for (seed, (name, put, (words, numbers))) in ROWS.iter().enumerate() {
        let sandbox = repository();
        let secret = openai_key(seed as u64);
        put(&sandbox, &secret);
        let run = audit(&sandbox, &[]);
        assert_eq!(verdict(&run), format!("not safe: 1 key, {words} (1 critical)"), "{name}: {run:?}");
        assert_eq!(run.code, 1, "{name}");
        // Other files may be in a folder that git ignores, though it tracks one there.
        let is_ignored = *name == "ignored, but tracked";
        let end = match *name {
            _ if is_ignored => "not read: 1 ignored path (--no-ignore reads them)\n",
            // Its remote may have pull requests.
            "the configuration" => " s\n",
            _ => " s, nothing left out\n",
        };
        assert!(run.stdout.ends_with(end), "{name}: {run:?}");
        assert_eq!(run.stdout.matches("= history: ").count(), 1, "{name}: {run:?}");
        assert!(!run.stdout.contains(&secret[10..40]), "{name}");
        let report = audit_json(&sandbox, &[]);
        assert_audit(&report, "not_safe", *numbers);
        assert_eq!((report.code, report.not_scanned()), (1, vec![]), "{name}");
        assert_eq!(audit(&sandbox, &["--exit-zero"]).code, 0, "{name}");
    }
}

#[test]
fn without_a_key_it_is_safe_to_publish() {
    let sandbox = repository();
    let run = audit(&sandbox, &[]);
    assert_eq!((verdict(&run).as_str(), run.code), (SAFE, 0), "{run:?}");
    let report = audit_json(&sandbox, &[]);
    report.assert_clean();
    assert_audit(&report, "safe", [0; 5]);
    let scanned = &report.json["scanned"];
    assert_eq!(
        (&scanned["commits"], &scanned["blobs"], &scanned["files"]),
        (&json!(2), &json!(3), &json!(2)),
        "{scanned}"
    );
    let lines = audit(&sandbox, &["--format", "jsonl"]).stdout;
    let summary: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!((&summary["type"], &summary["audit"]["verdict"]), (&json!("summary"), &json!("safe")));
    assert_eq!(sandbox.scan(&["--history"]).json["audit"], Value::Null);
    assert_eq!(audit(&sandbox, &["-q"]).stdout, "");
}

#[test]
fn what_git_ignores_is_not_published() {
    let sandbox = repository();
    sandbox.write("ignored/a.txt", openai_key(1));
    assert_eq!(verdict(&audit(&sandbox, &[])), SAFE);
    let report = audit_json(&sandbox, &["--no-ignore"]);
    assert_eq!(report.paths(), ["ignored/a.txt"]);
    assert_audit(&report, "not_safe", UNCOMMITTED.1);
}

#[test]
fn what_cannot_be_read_is_no_proof() {
    let sandbox = repository();
    let blob = sandbox.git("", &["rev-parse", "HEAD:src/main.c"]);
    let object = sandbox.path(format!(".git/objects/{}/{}", &blob[..2], &blob.trim()[2..]));
    fs::remove_file(&object).unwrap();
    let run = audit(&sandbox, &[]);
    assert_eq!(
        (verdict(&run).as_str(), run.code),
        ("incomplete: 1 input could not be read; no keys of the sk- family or of AI services in the rest", 2),
        "{run:?}"
    );
    sandbox.write("a.txt", openai_key(1));
    let run = audit(&sandbox, &["--exit-zero"]);
    let expected =
        "incomplete: 1 input could not be read; not safe: 1 key, 1 in uncommitted files (1 critical)";
    assert_eq!((verdict(&run).as_str(), run.code), (expected, 2), "{run:?}");
    assert_audit(&audit_json(&sandbox, &[]), "incomplete", UNCOMMITTED.1);
}

#[test]
fn each_part_is_read_though_another_one_cannot_be() {
    let sandbox = repository();
    sandbox.write("a.txt", openai_key(1));
    sandbox.git("", &["commit", "-q", "--allow-empty", "-m", &openai_key(2)]);
    sandbox.write(".git/index", "DIRC, but no index");
    let report = audit_json(&sandbox, &["--no-ignore"]);
    report.assert_not_scanned(&["what is staged: the index"]);
    assert_audit(&report, "incomplete", [2, 1, 1, 0, 0]);

    let sandbox = repository();
    sandbox.write("a.txt", openai_key(1));
    sandbox.write(".git/refs/heads/main", "1234567890123456789012345678901234567890\n");
    let report = audit_json(&sandbox, &[]);
    assert_audit(&report, "incomplete", UNCOMMITTED.1);
    assert!(report.not_scanned().iter().any(|line| line.starts_with("what is staged: ")), "{report:?}");
}

#[test]
fn a_shallow_clone_is_no_proof_unless_it_is_meant() {
    let sandbox = repository();
    let url = format!("file://{}", sandbox.tree().display());
    sandbox.git("..", &["clone", "-q", "--depth=1", &url, "clone"]);
    let clone = sandbox.path("../clone");
    let clone = clone.to_str().unwrap();
    let report = audit_json(&sandbox, &[clone]);
    report.assert_not_scanned(&["shallow clone"]);
    assert_audit(&report, "incomplete", [0; 5]);
    assert_eq!(report.json["shallow"], Value::Null);

    let run = audit(&sandbox, &["--allow-shallow", clone]);
    let expected = format!(
        "{SAFE}; single-branch clone: other branches were not fetched; shallow clone: older commits were not read"
    );
    assert_eq!((verdict(&run), run.code), (expected.clone(), 0), "{run:?}");
    assert!(!run.stdout.contains("nothing left out"), "{run:?}");
    assert_eq!(verdict(&audit(&sandbox, &["--allow-shallow", "-q", clone])), expected, "-q does not hide it");
    assert_eq!(audit_json(&sandbox, &["--allow-shallow", clone]).json["shallow"], true);
    let scan = sandbox.skanner(&["scan", "--history", "--allow-shallow", clone]);
    assert!(scan.stdout.contains("; shallow clone: older commits"), "{scan:?}");
    let whole = audit(&sandbox, &["--allow-shallow"]);
    assert_eq!(verdict(&whole), SAFE);
}

#[test]
fn a_bare_repository_has_its_history_alone_and_says_so() {
    let sandbox = repository();
    sandbox.write("a.txt", openai_key(1));
    commit(&sandbox, "key");
    sandbox.git("..", &["clone", "-q", "--bare", "tree", "bare"]);
    let bare = sandbox.path("../bare");
    let bare = bare.to_str().unwrap();
    let run = audit(&sandbox, &[bare]);
    let last = run.stdout.lines().last().unwrap();
    assert!(last.starts_with("not safe: 1 key, 1 still at HEAD (1 critical); other secrets"), "{run:?}");
    let expected =
        "; only the history, because a bare repository has no files and no index: 4 blobs, 3 commits";
    assert!(last.contains(expected), "{run:?}");
    assert_eq!(run.code, 1);
    sandbox.git("../bare", &["update-ref", "refs/heads/main", "main~"]);
    sandbox.git("../bare", &["gc", "-q", "--prune=now"]);
    let run = audit(&sandbox, &[bare]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.starts_with(SAFE) && run.stdout.contains("; only the history, because a bare repository"),
        "{run:?}"
    );
}

#[test]
fn a_repository_without_configuration_is_bare_as_for_git() {
    let sandbox = repository();
    sandbox.write("a.txt", openai_key(1));
    sandbox.git("..", &["clone", "-q", "--bare", "tree", "outside/bare"]);
    sandbox.write("../outside/bare/beside.txt", "");
    sandbox.write("../outside/other.txt", openai_key(2));
    fs::remove_file(sandbox.path("../outside/bare/config")).unwrap();
    assert_eq!(sandbox.git("../outside/bare", &["rev-parse", "--is-bare-repository"]), "true\n");
    for path in ["../outside/bare", "../outside/bare/objects"] {
        let run = audit(&sandbox, &[path]);
        assert!(run.stdout.starts_with(SAFE) && run.stdout.contains("; only the history"), "{run:?}");
    }
    // One with a work tree stays one.
    fs::remove_file(sandbox.path(".git/config")).unwrap();
    assert_eq!(audit_json(&sandbox, &["src"]).paths(), ["a.txt"]);
}

#[test]
fn an_empty_repository_or_none_is_no_proof() {
    let sandbox = Sandbox::new();
    let run = audit(&sandbox, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr
            .contains(". is not in a git repository, and none is below it, so there is no history to audit"),
        "{run:?}"
    );
    let run = audit(&sandbox, &["missing"]);
    assert_eq!((run.code, run.stderr.as_str()), (2, "skanner: missing: no such file or directory\n"));

    sandbox.git("", &["init", "-q"]);
    let report = audit_json(&sandbox, &[]);
    report.assert_not_scanned(&["contains no objects"]);
    assert_audit(&report, "incomplete", [0; 5]);
    // What is there is read all the same.
    sandbox.write("a.txt", openai_key(1));
    let run = audit(&sandbox, &[]);
    assert!(verdict(&run).ends_with("; not safe: 1 key, 1 in uncommitted files (1 critical)"));
    sandbox.git("", &["add", "-A"]);
    let report = audit_json(&sandbox, &[]);
    assert_eq!((report.code, report.places().len()), (1, 3), "file, index and blob: {report:?}");
}

#[test]
fn a_work_tree_without_files_is_no_hole() {
    let sandbox = repository();
    sandbox.git("..", &["clone", "-q", "--no-checkout", "tree", "clone"]);
    let clone = sandbox.path("../clone");
    assert_eq!(verdict(&audit(&sandbox, &[clone.to_str().unwrap()])), SAFE);
}

#[test]
fn one_entry_a_secret_the_most_dangerous_first() {
    let sandbox = repository();
    // By path, they would come in the opposite order.
    let medium = key("sk_test_{A:99}", 1);
    let (store, history, head) = (openai_key(1), openai_key(2), openai_key(3));
    sandbox.write("a.txt", &store);
    commit(&sandbox, "key");
    take_back(&sandbox);
    sandbox.write("b.txt", &history);
    commit(&sandbox, "key");
    fs::remove_file(sandbox.path("b.txt")).unwrap();
    sandbox.write("c.txt", &head);
    sandbox.write("_.txt", format!("stripe = {medium}\n"));
    commit(&sandbox, "more");
    sandbox.write("0.txt", openai_key(4));

    let run = audit(&sandbox, &["--show-secrets"]);
    let shown: Vec<&str> =
        run.stdout.lines().filter_map(|line| Some(line.split_once("= secret: ")?.1)).collect();
    // Neither HEAD nor a ref holds the untracked one and the unreachable one: by path.
    assert_eq!(shown, [&head, &history, &openai_key(4), &store, &medium]);
    let expected = "not safe: 5 keys, 2 still at HEAD, 1 in uncommitted files, 1 only in history, 1 only \
                    in objects that no ref reaches";
    assert!(verdict(&run).starts_with(expected), "{run:?}");

    // Machines get the order of every report.
    let report = audit_json(&sandbox, &[]);
    assert_audit(&report, "not_safe", [5, 2, 1, 1, 1]);
    let places: Vec<&str> = report.json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["occurrences"][0]["path"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["0.txt", "_.txt", "a.txt", "b.txt", "c.txt"]);
    let lives: Vec<&Value> =
        report.json["findings"].as_array().unwrap().iter().map(|one| &one["history"]["at_head"]).collect();
    assert_eq!(lives, [&Value::Null, &json!(true), &json!(false), &json!(false), &json!(true)]);
    let kinds: Vec<&str> = report.json["findings"][4]["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| place["source"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["file", "blob"]);
}

#[test]
fn the_report_is_the_same_from_wherever_it_is_asked_for() {
    let sandbox = repository();
    sandbox.write("src/deep/a.txt", openai_key(1));
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["config", "remote.x.url", &format!("https://{}@example.org", openai_key(2))]);
    let here = audit_json(&sandbox, &[]);
    // The staged blob is in no folder yet.
    assert_eq!(here.paths(), ["", ".git/config", "src/deep/a.txt"]);
    for (folder, path) in [("src/deep", "."), ("src", "deep"), ("..", "tree"), ("../home", "../tree/src")] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.current_dir(sandbox.path(folder)).args(["audit", "--format", "json", path]);
        // Another repository's hook may call it.
        command.env("GIT_INDEX_FILE", "../home/none").env("GIT_DIR", "../home");
        let run = Run::of(command.args(["--output", "json=report.json"]));
        assert_eq!(run.report().json, here.json, "{folder} {path}");
        let file = sandbox.path(folder).join("report.json");
        assert_eq!(fs::read_to_string(&file).unwrap(), run.stdout);
        fs::remove_file(file).unwrap();
    }
}

#[test]
fn linked_worktrees_and_submodules_are_parts_of_it() {
    let sandbox = repository();
    sandbox.git("", &["worktree", "add", "-q", "../linked"]);
    sandbox.write("../linked/new.txt", openai_key(1));
    let linked = sandbox.path("../linked");
    let report = audit_json(&sandbox, &[linked.to_str().unwrap()]);
    assert_eq!((report.paths(), report.code), (vec!["new.txt".to_owned()], 1), "{report:?}");
    assert_audit(&report, "not_safe", UNCOMMITTED.1);

    sandbox.git("..", &["init", "-q", "library"]);
    sandbox.write("../library/gone.txt", openai_key(2));
    for step in
        [&["add", "."][..], &["commit", "-qm", "x"], &["rm", "-q", "gone.txt"], &["commit", "-qm", "y"]]
    {
        sandbox.git("../library", step);
    }
    sandbox.git("", &["submodule", "--quiet", "add", "../library", "vendor"]);
    commit(&sandbox, "vendor");
    let report = audit_json(&sandbox, &[]);
    assert_audit(&report, "not_safe", HISTORY.1);
}

#[test]
fn what_options_leave_out_is_no_quiet_safety() {
    let sandbox = repository();
    sandbox.write("a.txt", openai_key(1));
    let run = audit(&sandbox, &["-q", "--exclude-rule", "openai-project-key"]);
    let expected = "safe to publish except for what was excluded: no other keys of the sk- family or of AI services; excluded: 1 key by \
                    --exclude-rule";
    assert_eq!((verdict(&run).as_str(), run.code), (expected, 0), "{run:?}");
}

#[test]
fn all_formats_work_and_keep_the_secret() {
    let sandbox = repository();
    sandbox.write("a.txt", openai_key(1));
    commit(&sandbox, "key");
    let schema: Value = serde_json::from_str(&sandbox.skanner(&["schema", "report"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&audit_json(&sandbox, &[]).json));
    for format in ["text", "json", "jsonl", "sarif"] {
        let run = audit(&sandbox, &["--format", format]);
        assert_eq!((run.code, run.stderr.as_str()), (1, ""), "{format}");
        assert!(
            run.stdout.contains("openai-project-key") && !run.stdout.contains(&openai_key(1)),
            "{format}"
        );
        let once = audit(&sandbox, &["--format", format, "-j1"]).stdout;
        if format != "text" {
            assert_eq!(once, run.stdout, "{format}");
        }
    }
}

/// A baseline is a list of known debt: a published repository gives those keys away.
#[test]
fn a_baseline_makes_nothing_safe() {
    let sandbox = repository();
    sandbox.write("a.txt", openai_key(1));
    commit(&sandbox, "a");
    sandbox.write("b.txt", openai_key(2));
    commit(&sandbox, "b");
    fs::remove_file(sandbox.path("b.txt")).unwrap();
    commit(&sandbox, "gone");
    assert_eq!(sandbox.skanner(&["baseline", "create", "--history"]).code, 0);
    commit(&sandbox, "baseline");
    assert_eq!(sandbox.skanner(&["scan", "."]).code, 0);

    let report = audit_json(&sandbox, &[]);
    assert_audit(&report, "not_safe", [2, 1, 0, 1, 0]);
    assert_eq!((report.code, report.json["suppressed"].clone()), (1, json!(0)));
    for finding in report.json["findings"].as_array().unwrap() {
        assert_eq!(finding["allowed_by"]["kind"], "baseline", "{finding}");
    }
    let run = audit(&sandbox, &[]);
    assert!(run.stdout.contains("= baseline: listed by .skanner-baseline:"), "{run:?}");

    let run = audit(&sandbox, &["--accept-baseline"]);
    let expected = "safe to publish except for what the baseline accepts: no other keys of the sk- family or of AI services, 2 suppressed (2 \
                    by .skanner-baseline)";
    assert_eq!((verdict(&run).as_str(), run.code), (expected, 0), "{run:?}");
    // A new place of a known key is as bad as any.
    sandbox.write("c.txt", openai_key(1));
    assert_eq!(audit(&sandbox, &["--accept-baseline"]).code, 1);
    assert_audit(&audit_json(&sandbox, &[]), "not_safe", [2, 1, 0, 1, 0]);
}

#[test]
fn what_is_said_to_be_no_secret_is_listed_with_its_reason() {
    let sandbox = repository();
    sandbox.write("a.txt", format!("{} # skanner:allow: only a sample\n", openai_key(1)));
    sandbox.write("b.txt", openai_key(2));
    sandbox.write("skanner.toml", "[[allow]]\npaths = [\"b.txt\"]\nreason = \"revoked in May\"\n");
    commit(&sandbox, "a");
    let run = audit(&sandbox, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    for line in [
        "suppressed: 1 key by a.txt:1: only a sample\n",
        "suppressed: 1 key by skanner.toml:1: revoked in May\n",
        ", 2 suppressed (1 by skanner.toml, 1 by a comment in a.txt)",
    ] {
        assert!(run.stdout.contains(line), "{line}: {run:?}");
    }
    let listed = &audit_json(&sandbox, &[]).json["suppressions"];
    assert_eq!(
        (&listed[0]["reason"], &listed[1]["reason"]),
        (&json!("only a sample"), &json!("revoked in May"))
    );
    assert_eq!((&listed[0]["keys"], &listed[2]), (&json!(1), &Value::Null));
}

#[test]
fn the_refs_that_were_read_are_named_and_those_that_are_missing() {
    let sandbox = repository();
    sandbox.git("", &["branch", "other"]);
    sandbox.git("", &["tag", "v1"]);
    sandbox.git("", &["update-ref", "refs/notes/x", "HEAD"]);
    let run = audit(&sandbox, &[]);
    assert!(run.stdout.contains("; refs: 2 branches, 1 tag, 1 other ref; "), "{run:?}");
    assert!(!run.stdout.contains("pull requests") && run.stdout.ends_with("nothing left out\n"), "{run:?}");

    // A key that only a pull request brought.
    sandbox.git("", &["checkout", "-q", "--detach"]);
    sandbox.write("a.txt", openai_key(1));
    commit(&sandbox, "request");
    sandbox.git("", &["update-ref", "refs/pull/7/head", "HEAD"]);
    sandbox.git("", &["checkout", "-q", "main"]);
    sandbox.git("..", &["clone", "-q", "--no-local", "--single-branch", "tree", "single"]);
    sandbox.git("..", &["clone", "-q", "--mirror", "tree", "mirror"]);
    let single = sandbox.path("../single");
    let run = audit(&sandbox, &[single.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{run:?}");
    for words in [
        "; refs: 1 branch, 1 remote branch, 1 tag; ",
        "; single-branch clone: other branches were not fetched; ",
        "; pull requests were not fetched: `git fetch origin '+refs/pull/*:refs/pull/*'` fetches them; ",
    ] {
        assert!(run.stdout.contains(words), "{words}: {run:?}");
    }
    let refs = &audit_json(&sandbox, &[single.to_str().unwrap()]).json["refs"];
    assert_eq!((&refs["single_branch"], &refs["tags"]), (&json!(true), &json!(1)));
    // Just as it says.
    sandbox.git("../single", &["fetch", "-q", "origin", "+refs/pull/*:refs/pull/*"]);
    for clone in ["../single", "../mirror"] {
        let clone = sandbox.path(clone);
        let report = audit_json(&sandbox, &[clone.to_str().unwrap()]);
        assert_eq!(
            (report.code, &report.json["audit"]["only_in_pull_requests"]),
            (1, &json!(1)),
            "{clone:?}"
        );
        let run = audit(&sandbox, &[clone.to_str().unwrap()]);
        assert!(
            run.stdout.contains("reached only from pull-request refs, which a push cannot remove"),
            "{run:?}"
        );
        assert!(!run.stdout.contains("pull requests were not fetched"), "{run:?}");
    }
}

#[test]
fn every_report_says_what_was_looked_for() {
    let sandbox = repository();
    sandbox.write("aws.txt", "nothing that skanner knows\n");
    commit(&sandbox, "aws");
    for command in
        [&["audit"][..], &["scan", "."], &["scan", "--history"], &["scan", "--range", "HEAD~..HEAD"]]
    {
        let json = sandbox.skanner(&[command, &["--format", "json"]].concat()).report().json;
        assert_eq!(json["scope"]["families"][0]["id"], "sk", "{command:?}");
        assert_eq!(json["scope"]["families"][1]["id"], "ai", "{command:?}");
        assert_eq!(json["scope"]["other_secrets"], false, "{command:?}");
        assert!(json["scope"]["rules"].as_u64().unwrap() > 90, "{command:?}");
        let run = sandbox.skanner(&[command, &["--format", "sarif"]].concat());
        let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(sarif["runs"][0]["properties"]["scope"]["families"][0]["id"], "sk", "{command:?}");
        assert!(run.stdout.contains("Other secrets were not looked for."), "{command:?}");
        let text = sandbox.skanner(command).stdout;
        let names_both = text.contains("keys of the sk- family") && text.contains("of AI services");
        assert!(names_both, "{command:?}: {text}");
    }
    let help = sandbox.skanner(&["--help"]).stdout;
    assert!(help.contains("Other secrets, such as cloud credentials"), "{help}");
}
