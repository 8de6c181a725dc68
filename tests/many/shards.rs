//! Parts of a list, and the one report of all of them.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use crate::{FORMATS, audit, names, parsed, places, support::Sandbox};

/// Writes the shards of the list of a sandbox to files, and returns their names.
fn shards(sandbox: &Sandbox, of: u64) -> Vec<String> {
    let mut files = Vec::new();
    for number in 1..=of {
        let file = format!("shard-{number}-of-{of}.jsonl");
        let (shard, output) = (format!("{number}/{of}"), format!("reports={file}"));
        let run = audit(sandbox, &["--repositories", "list.txt", "--shard", &shard, "--output", &output]);
        assert!(run.stdout.contains(&format!("this is shard {shard} of 11 repositories")), "{run:?}");
        files.push(file);
    }
    files
}

#[test]
fn all_shards_are_the_whole_in_every_format_and_any_order() {
    let (sandbox, list) = places();
    let whole = audit(&sandbox, &["--repositories", "list.txt", "--output", "reports=whole.jsonl"]);
    assert_eq!(whole.code, 2, "{whole:?}");
    let mut random = fastrand::Rng::with_seed(3);
    for of in [1, 2, 3, 5, 20] {
        let mut files = shards(&sandbox, of);
        let mut found = Vec::new();
        for file in &files {
            let (lines, summary) = parsed(&fs::read_to_string(sandbox.path(file)).unwrap());
            assert_eq!(summary["shard"]["of"], json!(of));
            assert_eq!(summary["list"]["repositories"], json!(list.len()));
            // The order is that of the list.
            let positions: Vec<_> =
                names(&lines).iter().map(|name| list.iter().position(|one| one == name).unwrap()).collect();
            assert!(positions.is_sorted(), "{positions:?}");
            found.extend(positions);
        }
        found.sort_unstable();
        assert_eq!(found, (0..list.len()).collect::<Vec<_>>(), "{of}");
        for format in FORMATS {
            let expected = sandbox.skanner(&["report", "whole.jsonl", "--format", format]);
            assert_eq!(expected.code, 2, "{expected:?}");
            for _ in 0..2 {
                random.shuffle(&mut files);
                let files: Vec<&str> = files.iter().map(String::as_str).collect();
                let merged = sandbox.skanner(&[&["report", "--format", format], &files[..]].concat());
                assert_eq!((merged.code, &merged.stdout), (2, &expected.stdout), "{of} {format} {files:?}");
            }
        }
        // One after another in one file, and through a pipe.
        let text: String = files.iter().map(|file| fs::read_to_string(sandbox.path(file)).unwrap()).collect();
        sandbox.write("all.jsonl", text);
        let json = sandbox.skanner(&["report", "whole.jsonl", "--format", "json"]).stdout;
        assert_eq!(sandbox.skanner(&["report", "all.jsonl", "--format", "json"]).stdout, json);
        let mut command = sandbox.command("sh");
        let script = format!("{} report - --format json < all.jsonl", env!("CARGO_BIN_EXE_skanner"));
        assert_eq!(crate::Run::of(command.args(["-c", &script])).stdout, json);
        // As when all of them are audited for one report.
        assert_eq!(audit(&sandbox, &["--repositories", "list.txt", "--format", "json"]).stdout, json);
    }
}

#[test]
fn a_repository_stays_in_its_shard() {
    let sandbox = Sandbox::new();
    for folder in ["src/app", "a", "src/web"] {
        sandbox.repository(folder, &[]);
    }
    // `printf src/app | sha256sum`, the first 16 digits as a number, modulo 3, plus 1, and so on.
    sandbox.write("list.txt", "src/app/\n./a\n");
    for (shard, expected) in [("1/3", &[][..]), ("2/3", &["a"]), ("3/3", &["src/app"])] {
        let run = audit(&sandbox, &["--repositories", "list.txt", "--shard", shard]);
        let (lines, _) = parsed(&run.stdout);
        assert_eq!((names(&lines), run.code), (expected.to_vec(), 0), "{shard}");
    }
}

#[test]
fn a_part_never_looks_like_the_whole() {
    let sandbox = Sandbox::new();
    for number in 0..8 {
        sandbox.repository(&format!("r/{number}"), &[]);
    }
    sandbox.write("list.txt", (0..8).map(|number| format!("r/{number}\n")).collect::<String>());
    for number in 1..=4 {
        let (shard, output) = (format!("{number}/4"), format!("reports={number}.jsonl"));
        let run = audit(&sandbox, &["--repositories", "list.txt", "--shard", &shard, "--output", &output]);
        assert_eq!(run.code, 0, "{run:?}");
    }
    let all = ["1.jsonl", "2.jsonl", "3.jsonl", "4.jsonl"];
    assert_eq!(sandbox.skanner(&[&["report"], &all[..]].concat()).code, 0);
    for (files, expected) in [
        (&["1.jsonl", "2.jsonl", "4.jsonl"][..], "shard 3 of 4"),
        (&["4.jsonl", "2.jsonl"], "shards 1, 3 of 4"),
        (&["2.jsonl"], "shards 1, 3-4 of 4"),
    ] {
        for format in FORMATS {
            let run = sandbox.skanner(&[&["report", "--format", format], files].concat());
            assert_eq!(run.code, 2, "{format} {run:?}");
            let is_told = run.stdout.contains(expected) || ["gitlab-codequality", "rdjson"].contains(format);
            assert!(is_told, "{format} {files:?}: {}", run.stdout);
            assert!(!run.stdout.contains("safe to publish"), "{format}: {}", run.stdout);
        }
        let run = sandbox.skanner(&[&["report", "--format", "json"], files].concat()).report();
        assert_eq!(
            (&run.json["complete"], &run.json["audit"]["verdict"]),
            (&json!(false), &json!("incomplete"))
        );
    }
    for (files, expected) in [
        (&["1.jsonl", "2.jsonl", "1.jsonl"][..], "shard 1/4 of the same list is there twice: 1.jsonl"),
        (
            &["whole.jsonl", "copy.jsonl"],
            "the reports of the same list are there twice: whole.jsonl and copy.jsonl",
        ),
        (&["1.jsonl", "nowhere.jsonl"], "cannot read nowhere.jsonl"),
    ] {
        audit(&sandbox, &["--repositories", "list.txt", "--output", "reports=whole.jsonl"]);
        fs::copy(sandbox.path("whole.jsonl"), sandbox.path("copy.jsonl")).unwrap();
        let run = sandbox.skanner(&[&["report"], files].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}

#[test]
fn what_is_not_whole_is_told_and_the_rest_is_reported() {
    let (sandbox, list) = places();
    sandbox.write("list.txt", "src/z\nsrc/clean\nmirror.git\nsrc/allowed\n");
    drop(list);
    let whole = audit(&sandbox, &["--repositories", "list.txt"]).stdout;
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let report = |text: &str| {
        sandbox.write("some.jsonl", text);
        sandbox.skanner(&["report", "some.jsonl", "--format", "json"])
    };
    assert_eq!(report(&whole).code, 1);
    // Without the last line end, as editors leave it, and with line ends of Windows.
    assert_eq!(report(whole.trim_end()).stdout, report(&whole).stdout);
    assert_eq!(report(&whole.replace('\n', "\r\n")).stdout, report(&whole).stdout);
    for (text, repositories, expected) in [
        (lines[..3].concat(), 3, "its last line, the summary, is missing"),
        (format!("{}{}", lines[..2].concat(), &lines[2][..700]), 2, "its last line, the summary, is missing"),
        (format!("{}{}", lines[..4].concat(), &lines[4][..20]), 4, "its last line, the summary, is missing"),
        (
            [&lines[..2], &lines[3..]].concat().concat(),
            3,
            "it has 3 reports, and its summary is about 4 repositories",
        ),
    ] {
        let run = report(&text);
        assert_eq!(run.code, 2, "{run:?}");
        let json: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(json["repositories"].as_array().unwrap().len(), repositories);
        assert_eq!(json["not_scanned"][0]["what"], "some.jsonl");
        assert!(json["not_scanned"][0]["why"].as_str().unwrap().starts_with(expected), "{json}");
        assert!(json["audit"]["keys"].as_u64().unwrap() > 0 && json["audit"]["verdict"] == "incomplete");
    }
    for (text, expected) in [
        (
            format!("{}{{\"a\":1}}\n{}", lines[..2].concat(), lines[2..].concat()),
            "some.jsonl, line 3: it is not a report",
        ),
        (
            format!("{}{}\n{}", lines[0], &lines[1][..500], lines[2..].concat()),
            "some.jsonl, line 2: it is not a report",
        ),
        (lines[0][..500].to_owned(), "some.jsonl: it ends too soon"),
        (lines[4].to_owned(), "there is no report of any repository"),
        (lines[4].replace("\"errors\"", "\"faults\""), "it is not"),
    ] {
        let run = report(&text);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}

#[test]
fn lines_and_documents_become_one_report() {
    let (sandbox, _) = places();
    sandbox.write("list.txt", "src/z\nsrc/clean\n");
    audit(&sandbox, &["--repositories", "list.txt", "--output", "reports=some.jsonl"]);
    audit(&sandbox, &["mirror.git", "--output", "json=mirror.json"]);
    let merged = |files: &[&str]| sandbox.skanner(&[&["report", "--format", "json"], files].concat());
    let run = merged(&["some.jsonl", "mirror.json"]);
    assert_eq!(run.stdout, merged(&["mirror.json", "some.jsonl"]).stdout);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let names: BTreeSet<_> =
        json["repositories"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["mirror", "src/clean", "src/z"].into());
    let key = json["findings"][0]["fingerprint"].as_str().unwrap();
    let run = sandbox.skanner(&["explain", &key[..8], "--report", "some.jsonl"]);
    assert_eq!(run.code, 0, "{run:?}");
}
