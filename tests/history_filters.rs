//! `--since`, `--ref` and `--path`: which keys of a history are asked for, and that those left out are counted.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{collections::BTreeMap, fs};

use serde_json::{Value, json};
use support::{Report, Run, Sandbox, openai_key};

/// Commits everything at a time, in seconds since 1970.
fn commit_at(sandbox: &Sandbox, folder: &str, seconds: i64, message: &str) {
    sandbox.git(folder, &["add", "-A"]);
    let date = format!("@{seconds} +0200");
    let mut command = sandbox.command("git");
    command.args(["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty"]);
    // The author says another time, as after a rebase; it does not count.
    command.args(["-m", message]).env("GIT_COMMITTER_DATE", date).env("GIT_AUTHOR_DATE", "@1000000000 +0000");
    let run = Run::of(command.current_dir(sandbox.path(folder)));
    assert_eq!(run.code, 0, "{run:?}");
}

const DAY: i64 = 86_400;
/// 2020-01-01, midnight in UTC.
const START: i64 = 1_577_836_800;

/// Keys by name, each in another corner.
struct Corpus {
    sandbox: Sandbox,
    keys: BTreeMap<&'static str, String>,
}

impl Corpus {
    /// On the first of January 2020 `old` comes in, and goes out two days later; `kept` comes in with it and stays. On
    /// the tenth come `new`, in a folder, and `message`. `topic` is on a branch of the twentieth, `tag` in a tag,
    /// `stash` in the second stash; `loose` is in an object alone, `config` in a file of git's.
    fn new() -> Self {
        let names = ["old", "kept", "new", "message", "topic", "tag", "stash", "loose", "config"];
        let keys: BTreeMap<_, _> = names.into_iter().zip((0..).map(openai_key)).collect();
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q"]);
        sandbox.write("old.env", &keys["old"]);
        sandbox.write("kept.txt", &keys["kept"]);
        commit_at(&sandbox, "", START, "first");
        fs::remove_file(sandbox.path("old.env")).unwrap();
        commit_at(&sandbox, "", START + 2 * DAY, "second");
        sandbox.write("src/deep/new.env", &keys["new"]);
        commit_at(&sandbox, "", START + 9 * DAY, &format!("third\n\nuse {}", keys["message"]));
        sandbox.git("", &["checkout", "-q", "-b", "release/topic"]);
        sandbox.write("topic.txt", &keys["topic"]);
        commit_at(&sandbox, "", START + 19 * DAY, "topic");
        sandbox.git("", &["checkout", "-q", "main"]);
        let mut tag = sandbox.command("git");
        tag.args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.org",
            "tag",
            "-a",
            "v1",
            "-m",
            &keys["tag"],
            "main~2",
        ]);
        assert_eq!(Run::of(tag.env("GIT_COMMITTER_DATE", format!("@{} +0000", START + DAY))).code, 0);
        for content in [keys["stash"].as_str(), "other"] {
            sandbox.write("kept.txt", content);
            sandbox.git("", &["stash", "-q"]);
        }
        sandbox.write("loose.txt", &keys["loose"]);
        sandbox.git("", &["add", "-A"]);
        sandbox.git("", &["reset", "-q", "--hard"]);
        sandbox.git("", &["config", "remote.x.url", &format!("https://{}@example.org", keys["config"])]);
        // They hold the summaries of commits.
        fs::remove_dir_all(sandbox.path(".git/logs/refs/heads")).unwrap();
        fs::remove_file(sandbox.path(".git/logs/HEAD")).unwrap();
        fs::remove_file(sandbox.path(".git/COMMIT_EDITMSG")).unwrap();
        let stash = sandbox.path(".git/logs/refs/stash");
        let entries = fs::read_to_string(&stash).unwrap();
        let entries: String =
            entries.lines().map(|line| line.split('\t').next().unwrap().to_owned() + "\tx\n").collect();
        fs::write(stash, entries).unwrap();
        Self { sandbox, keys }
    }

    fn history(&self, arguments: &[&str]) -> Report {
        self.sandbox.scan(&[&["--history", "--show-secrets"], arguments].concat())
    }

    /// The names of the keys that are reported.
    #[track_caller]
    fn names(&self, report: &Report) -> Vec<&'static str> {
        assert_eq!(report.not_scanned(), Vec::<String>::new());
        let findings = report.json["findings"].as_array().unwrap();
        let is_found = |key: &String| findings.iter().any(|finding| finding["secret"] == **key);
        let names: Vec<_> =
            self.keys.iter().filter(|(_, key)| is_found(key)).map(|(name, _)| *name).collect();
        assert_eq!(names.len(), findings.len());
        names
    }

    /// With these options, these keys are reported, and all others are counted.
    #[track_caller]
    fn assert_kept(&self, arguments: &[&str], kept: &[&str]) {
        let report = self.history(arguments);
        let mut kept = kept.to_vec();
        kept.sort_unstable();
        assert_eq!(self.names(&report), kept, "{arguments:?}");
        let excluded = report.json["left_out"].as_object();
        let excluded: u64 = excluded.map_or(0, |map| map.values().map(|count| count.as_u64().unwrap()).sum());
        assert_eq!(excluded as usize, self.keys.len() - kept.len(), "{arguments:?}");
        assert_eq!(report.code, i32::from(!kept.is_empty()), "{arguments:?}");
    }
}

const ALL: &[&str] = &["old", "kept", "new", "message", "topic", "tag", "stash", "loose", "config"];

#[test]
fn since_leaves_out_what_is_only_in_older_commits_and_tags() {
    let corpus = Corpus::new();
    // Whatever a newer commit holds, or has no date, stays.
    let always = ["kept", "stash", "loose", "config"];
    let since = |date: &str, kept: &[&str]| corpus.assert_kept(&["--since", date], &[&always, kept].concat());
    let rest = ["new", "message", "topic"];
    corpus.assert_kept(&[], ALL);
    corpus.assert_kept(&["--since", "1970-01-01"], ALL);
    since("2020-01-01", &[&rest[..], &["old", "tag"]].concat());
    since("2020-01-01T00:00:00Z", &[&rest[..], &["old", "tag"]].concat());
    since("2020-01-01T02:00:00+02:00", &[&rest[..], &["old", "tag"]].concat());
    since("2020-01-01T00:00:01Z", &[&rest[..], &["tag"]].concat());
    since("2020-01-02", &[&rest[..], &["tag"]].concat());
    since("2020-01-03", &rest);
    since("2020-01-10", &rest);
    // `new` is in all commits above it.
    since("2020-01-11", &["new", "topic"]);
    since("2020-01-20", &["new", "topic"]);
    // The stashes were made just now, and hold what HEAD holds.
    since("2020-01-21", &["new"]);
    corpus.assert_kept(&["--since", "9999-12-31"], &["loose", "config"]);
}

#[test]
fn one_place_without_a_date_is_enough_to_stay() {
    let corpus = Corpus::new();
    corpus.sandbox.write("again.txt", format!("once more: {}", corpus.keys["old"]));
    corpus.sandbox.git("", &["hash-object", "-w", "again.txt"]);
    corpus.assert_kept(&["--since", "9999-12-31"], &["old", "loose", "config"]);
    // A commit whose date is damaged.
    let tree = corpus.sandbox.git("", &["rev-parse", "v1^{tree}"]);
    let person = "A <a@example.org>";
    let text =
        format!("tree {tree}author {person} 1 +0000\ncommitter {person} today\n\n{}\n", corpus.keys["tag"]);
    corpus.sandbox.write("commit", text);
    corpus.sandbox.git("", &["hash-object", "-w", "-t", "commit", "--literally", "commit"]);
    corpus.assert_kept(&["--since", "9999-12-31"], &["old", "kept", "tag", "loose", "config"]);
}

#[test]
fn a_date_that_is_none_is_refused_with_what_was_expected() {
    let corpus = Corpus::new();
    for date in ["yesterday", "2020", "2020-02-30", "2020-01-01T12:00", "01/02/2020", "1577836800", ""] {
        let run = corpus.sandbox.skanner(&["scan", "--history", "--since", date]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{date}");
        assert!(run.stderr.contains("expected a day such as 2024-02-29, or a time such as"), "{run:?}");
    }
}

#[test]
fn refs_leave_out_what_they_do_not_lead_to() {
    let corpus = Corpus::new();
    let main = ["old", "kept", "new", "message"];
    let topic = [&main[..], &["topic"]].concat();
    let stash = [&main[..], &["stash"]].concat();
    let tag = ["old", "kept", "tag"];
    for (glob, kept) in [
        ("main", &main[..]),
        ("HEAD", &main),
        ("heads/main", &main),
        ("refs/heads/main", &main),
        ("mai?", &main),
        ("release/topic", &topic),
        ("release", &topic),
        ("release/", &topic),
        ("release/*", &topic),
        ("refs/heads/release/t*", &topic),
        ("refs/heads", &topic),
        ("heads/*", &topic),
        ("v1", &tag),
        ("v*", &tag),
        ("refs/tags", &tag),
        ("stash", &stash),
        ("refs/stash", &stash),
        ("*", &[&topic[..], &["stash", "tag"]].concat()),
    ] {
        corpus.assert_kept(&["--ref", glob], kept);
    }
    corpus.assert_kept(&["--ref", "main", "--ref", "v1"], &[&main[..], &["tag"]].concat());
    corpus.sandbox.git("", &["checkout", "-q", "--detach", "main"]);
    corpus.assert_kept(&["--ref", "HEAD"], &main);
}

#[test]
fn a_ref_that_does_not_exist_is_wrong_usage() {
    let corpus = Corpus::new();
    for glob in ["mian", "release/x*", "v[2-9]", "", "main..topic", "-"] {
        let run = corpus.sandbox.skanner(&["scan", "--history", &format!("--ref={glob}"), "--ref=main"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{glob}");
        assert!(run.stderr.contains(&format!("--ref {glob}: no ref has that name")), "{run:?}");
    }
}

#[test]
fn paths_leave_out_what_is_elsewhere() {
    let corpus = Corpus::new();
    for (globs, kept) in [
        (&["old.env"][..], &["old"][..]),
        (&["/old.env"], &["old"]),
        (&["*.env"], &["old", "new"]),
        (&["/*.env"], &["old"]),
        (&["src"], &["new"]),
        (&["src/"], &["new"]),
        (&["src/**"], &["new"]),
        (&["deep/"], &["new"]),
        (&["/deep/"], &[]),
        (&["*.env", "!src/**"], &["old"]),
        (&["kept.txt"], &["kept", "stash"]),
        (&["kept.txt", "topic.txt"], &["kept", "stash", "topic"]),
        (&[".git/"], &["config"]),
        (&["nowhere/"], &[]),
    ] {
        let arguments: Vec<String> = globs.iter().map(|glob| format!("--path={glob}")).collect();
        corpus.assert_kept(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), kept);
    }
    for glob in ["", " ", "# comment", "a{"] {
        let run = corpus.sandbox.skanner(&["scan", "--history", "--path", glob]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{glob}");
        assert!(run.stderr.contains(&format!("--path `{glob}` is not a pattern")), "{run:?}");
    }
}

#[test]
fn all_of_them_must_agree() {
    let corpus = Corpus::new();
    corpus
        .assert_kept(&["--since", "2020-01-05", "--ref", "release/*"], &["kept", "new", "message", "topic"]);
    corpus.assert_kept(&["--since", "2020-01-05", "--ref", "main", "--path", "*.env"], &["new"]);
    let report = corpus.history(&["--since", "2020-01-05", "--ref", "main", "--path", "*.env"]);
    // The first option that leaves a key out counts it.
    assert_eq!(report.json["left_out"], json!({"--since": 2, "--ref": 4, "--path": 2}));
}

#[test]
fn what_is_left_out_is_said_even_by_quiet_runs() {
    let corpus = Corpus::new();
    for quiet in [&[][..], &["-q"]] {
        let arguments =
            [&["scan", "--history", "--path", "nowhere/", "--since", "2020-01-05"], quiet].concat();
        let run = corpus.sandbox.skanner(&arguments);
        let line = "no key found; excluded: 7 keys by --path, 2 keys by --since; ";
        assert!(run.stdout.starts_with(line) && !run.stdout.contains("nothing left out"), "{run:?}");
        assert_eq!(run.code, 0);
    }
    let run = corpus.sandbox.skanner(&["scan", "--history", "--path", "old.env"]);
    let closing = run.stdout.lines().last().unwrap();
    assert!(closing.starts_with("1 key found (1 critical); excluded: 8 keys by --path; "), "{run:?}");
    let lines = corpus.sandbox.skanner(&["scan", "--history", "--format=jsonl", "--path", "old.env"]).stdout;
    let summary: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(summary["left_out"], json!({"--path": 8}));
    // Where nothing was, nothing is said.
    assert_eq!(corpus.history(&["--path", "*", "--path", ".git/"]).json["left_out"], json!({"--path": 3}));
    let all = corpus.history(&["--since", "2000-01-01"]);
    assert_eq!(all.json.get("left_out"), None);
}

/// What is known of a key does not depend on which others are asked for.
#[test]
fn filters_change_nothing_of_what_they_keep() {
    let corpus = Corpus::new();
    let all = corpus.history(&[]);
    for arguments in [&["--since", "2020-01-05"][..], &["--ref", "v1"], &["--path", "*.env"]] {
        let some = corpus.history(arguments);
        let kept = some.json["findings"].as_array().unwrap();
        assert!(!kept.is_empty());
        for finding in kept {
            assert!(all.json["findings"].as_array().unwrap().contains(finding), "{arguments:?}");
        }
        assert_eq!(some.json["scanned"], all.json["scanned"]);
    }
}

#[test]
fn they_go_with_history_alone() {
    let corpus = Corpus::new();
    for option in ["--since=2020-01-01", "--ref=main", "--path=src/", "--allow-shallow"] {
        for mode in [&[][..], &["--staged"], &["--range", "HEAD"]] {
            let run = corpus.sandbox.skanner(&[&["scan", option], mode].concat());
            assert_eq!(run.code, 2, "{option:?} {mode:?}");
            assert!(run.stderr.contains(option.split('=').next().unwrap()), "{run:?}");
        }
    }
    let schema: Value = serde_json::from_str(&corpus.sandbox.skanner(&["schema", "report"]).stdout).unwrap();
    let report = corpus.history(&["--ref", "v1"]);
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&report.json));
}
