//! Reports of many repositories that somebody or something has changed, or that do not belong together.

use std::fs;

use crate::{
    audit, places,
    support::{Run, Sandbox, openai_key},
};

/// Four repositories, of which the second has a key, and the reports of them in a file.
fn four() -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::new();
    let key = openai_key(1);
    for name in ["a", "b", "c", "d"] {
        let files = [("k.py", &*key)];
        sandbox.repository(name, if name == "b" { &files } else { &[] });
    }
    sandbox.write("list.txt", "a\nb\nc\nd\n");
    let run = audit(&sandbox, &["--repositories", "list.txt", "--output", "reports=all.jsonl"]);
    assert_eq!(run.code, 1, "{run:?}");
    let text = fs::read_to_string(sandbox.path("all.jsonl")).unwrap();
    (sandbox, text.lines().map(str::to_owned).collect())
}

fn report(sandbox: &Sandbox, lines: &[&str]) -> Run {
    sandbox.write("changed.jsonl", lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    sandbox.skanner(&["report", "changed.jsonl"])
}

#[test]
fn no_repository_is_lost_or_counted_twice() {
    let (sandbox, lines) = four();
    let [a, b, c, d, end] = [0, 1, 2, 3, 4].map(|at| lines[at].as_str());
    let fewer = end.replacen("\"repositories\":4", "\"repositories\":3", 1);
    let clean = end.replace("\"with_keys\":1,\"findings\":1", "\"with_keys\":0,\"findings\":0");
    assert!(fewer != end && clean != end);
    assert_eq!(report(&sandbox, &[a, b, c, d, end]).code, 1);
    for (what, lines, expected) in [
        (
            "doubled in place of another",
            vec![a, a, c, d, end],
            "line 2 is about a repository that a line before",
        ),
        ("left out", vec![a, c, d, end], "it has 3 reports, and its summary is about 4"),
        ("left out, with a summary to fit", vec![a, c, d, &fewer], "does not count what its other lines say"),
        ("a summary without the key", vec![a, b, c, d, &clean], "does not count what its other lines say"),
        ("a line without a key instead", vec![a, c, d, end, b], "is missing"),
    ] {
        let run = report(&sandbox, &lines);
        assert_eq!(run.code, 2, "{what}: {run:?}");
        assert!(run.stdout.contains(expected), "{what}: {run:?}");
    }
    // Whoever also changes the counts of the summary still does not have the list.
    let both = fewer.replace("\"with_keys\":1,\"findings\":1", "\"with_keys\":0,\"findings\":0");
    let bytes: u64 = [a, c, d]
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["scanned"]["bytes"].as_u64().unwrap()
        })
        .iter()
        .sum();
    let old = both.split_once("\"bytes\":").unwrap().1.split_once(',').unwrap().0;
    let both = both.replace(&format!("\"bytes\":{old}"), &format!("\"bytes\":{bytes}"));
    let run = report(&sandbox, &[a, c, d, &both]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stdout.contains("the list has 4 repositories, and there are 3 reports"), "{run:?}");
}

#[test]
fn a_changed_line_is_refused_by_report_and_by_resume() {
    let (sandbox, lines) = four();
    for (old, new) in [
        ("\"findings\":[", "\"fXndings\":["),
        ("\"keys\":{\"critical\":1}", "\"keys\":{\"critical\":0}"),
        ("\"keys\":{\"critical\":1}", "\"keys\":{}"),
        ("\"severity\":\"critical\"", "\"severity\":\"low\""),
        ("\"verdict\":\"not_safe\"", "\"verdict\":\"safe\""),
        ("\"complete\":true", "\"complete\":false"),
        ("\"at_head\":1", "\"at_head\":0"),
    ] {
        let changed = lines[1].replacen(old, new, 1);
        assert_ne!(changed, lines[1], "{old}");
        let text = format!("{}\n{changed}\n{}\n", lines[0], lines[2]);
        let written = sandbox.write("all.jsonl", &text);
        let run =
            audit(&sandbox, &["--repositories", "list.txt", "--output", "reports=all.jsonl", "--resume"]);
        assert_eq!(run.code, 2, "{new}: {run:?}");
        assert!(run.stderr.contains("line 2"), "{new}: {run:?}");
        assert_eq!(fs::read_to_string(&written).unwrap(), text, "{new}: nothing is changed");
        let run = report(&sandbox, &[&lines[0], &changed, &lines[2], &lines[3], &lines[4]]);
        assert_eq!(run.code, 2, "{new}: {run:?}");
    }
}

#[test]
fn parts_of_other_calls_or_divisions_are_refused() {
    let (sandbox, _) = places();
    let shard = |number: u64, more: &[&str]| {
        let file = format!("{number}-{}.jsonl", more.len());
        let (shard, output) = (format!("{number}/2"), format!("reports={file}"));
        let words = ["--repositories", "list.txt", "--shard", &shard, "--output", &output];
        audit(&sandbox, &[&words[..], more].concat());
        file
    };
    let (one, two) = (shard(1, &[]), shard(2, &[]));
    let other = shard(2, &["--exclude-rule", "openai-project-key"]);
    audit(&sandbox, &["--repositories", "list.txt", "--output", "reports=whole.jsonl"]);
    for (files, expected) in [
        ([&one, &other], "made with other options"),
        ([&one, &"whole.jsonl".to_owned()], "divided in other ways"),
    ] {
        let run = sandbox.skanner(&["report", files[0], files[1]]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(expected), "{run:?}");
    }
    assert!(sandbox.skanner(&["report", &one, &two]).stderr.is_empty());
}

/// Names that are shown alike are names of different repositories.
#[test]
fn names_that_look_alike_are_kept_apart() {
    use std::os::unix::ffi::OsStringExt;
    let sandbox = Sandbox::new();
    let name = |byte| std::ffi::OsString::from_vec(vec![b'n', byte]);
    let key = openai_key(1);
    for byte in [0xfe, 0xff] {
        let files = [("k.py", &*key)];
        sandbox.repository("new", if byte == 0xfe { &files } else { &[] });
        fs::rename(sandbox.path("new"), sandbox.path(name(byte))).unwrap();
    }
    let words = ["--repositories", "list.txt", "--output", "reports=all.jsonl"];
    sandbox.write("list.txt", b"n\xff\n");
    assert_eq!(audit(&sandbox, &words).code, 0);
    sandbox.write("list.txt", b"n\xfe\n");
    let run = audit(&sandbox, &[&words[..], &["--resume"]].concat());
    assert_eq!(run.code, 2, "{run:?}");
    fs::remove_file(sandbox.path("all.jsonl")).unwrap();
    sandbox.write("list.txt", b"n\xff\nn\xfe\n");
    assert_eq!(audit(&sandbox, &words).code, 1);
    let run = sandbox.skanner(&["report", "all.jsonl"]);
    assert_eq!(run.code, 1, "{run:?}");
}
