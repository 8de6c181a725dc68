//! `skanner report`: reports that are read back, converted and merged.

use std::fs;

use serde_json::Value;

use crate::{
    html::Element,
    repository::Repository,
    support::{Run, Sandbox, openai_key},
};

/// What a run writes in a format, but for the time.
fn timeless(text: &str) -> String {
    let has_time =
        |line: &&str| ["start_time", "end_time", " time=\""].iter().any(|word| line.contains(word));
    let lines = text.lines().filter(|line| !has_time(line)).map(|line| match line.split_once(" read in ") {
        Some((before, after)) => format!("{before} read{}\n", after.split_once(" s").unwrap().1),
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn a_report_becomes_every_other_format() {
    let all = Repository::of_all_kinds();
    let ways: [&[&str]; 5] = [
        &["audit"],
        &["audit", "--show-suppressed"],
        &["audit", "--show-secrets"],
        &["scan", "."],
        &["scan", "--history", "--show-suppressed"],
    ];
    for way in ways {
        let json = all.run(&[way, &["--format", "json"]].concat());
        all.sandbox.write("../report.json", &json.stdout);
        let back = all.run(&["report", "../report.json", "--format", "json"]);
        assert!(back.stdout == json.stdout, "{way:?}");
        assert_eq!(back.code, json.code, "{way:?}");
        for format in
            ["concise", "jsonl", "html", "gitlab", "gitlab-codequality", "junit", "rdjson", "github"]
        {
            let (direct, back) = (
                all.run(&[way, &["--format", format]].concat()),
                all.run(&["report", "../report.json", "--format", format]),
            );
            assert_eq!((back.code, &back.stderr), (direct.code, &direct.stderr), "{way:?} {format}");
            if !way.contains(&"--show-secrets") || format != "jsonl" {
                assert!(timeless(&back.stdout) == timeless(&direct.stdout), "{way:?} {format}");
            }
        }
    }
}

#[test]
fn a_report_goes_to_files_and_through_pipes() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", format!("k = '{}'\n", openai_key(1)));
    let json = sandbox.skanner(&["scan", "a.py", "--format", "json"]).stdout;
    sandbox.write("a.json", &json);
    let run = sandbox.skanner(&[
        "report",
        "a.json",
        "--output",
        "html=a.html",
        "--output",
        "json=b.json",
        "--exit-zero",
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("1 key found") && !run.stdout.contains(" in 0.00 s"), "{}", run.stdout);
    assert_eq!(fs::read_to_string(sandbox.path("b.json")).unwrap(), json);
    let page = fs::read_to_string(sandbox.path("a.html")).unwrap();
    assert_eq!(Element::parse(&page).named("h1").next().unwrap().text(), "1 key found");
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.args(["report", "-", "--format", "json"]).stdin(fs::File::open(sandbox.path("a.json")).unwrap());
    assert_eq!(Run::of(&mut command).stdout, json);
}

#[test]
fn several_reports_become_one() {
    let sandbox = Sandbox::new();
    let [shared, one, two] = [1, 2, 3].map(openai_key);
    sandbox.write("one/a.py", format!("k = '{shared}'\nl = '{one}'\n"));
    sandbox.write("two/b.py", format!("k = '{shared}'\nl = '{two}'\n"));
    sandbox.write("none/c.py", "nothing\n");
    let scan = |arguments: &[&str], file: &str| {
        let run = sandbox.skanner(&[&["scan", "--format", "json"], arguments].concat());
        sandbox.write(file, &run.stdout);
    };
    scan(&["one"], "one.json");
    scan(&["two"], "two.json");
    scan(&["none"], "none.json");
    scan(&["missing"], "missing.json");
    let merged = |files: &[&str]| {
        let run = sandbox.skanner(&[&["report", "--format", "json"], files].concat());
        (serde_json::from_str::<Value>(&run.stdout).unwrap(), run.code)
    };
    let (report, code) = merged(&["one.json", "two.json", "none.json"]);
    assert_eq!((code, &report["complete"], &report["scanned"]["files"]), (1, &true.into(), &3.into()));
    let findings = report["findings"].as_array().unwrap();
    let places: Vec<Vec<String>> = findings
        .iter()
        .map(|key| {
            let places = key["occurrences"].as_array().unwrap().iter();
            places.map(|place| format!("{}:{}", place["path"].as_str().unwrap(), place["line"])).collect()
        })
        .collect();
    assert_eq!(places, [vec!["one/a.py:1", "two/b.py:1"], vec!["one/a.py:2"], vec!["two/b.py:2"]]);
    // In any order, and with a report twice.
    let same = |files: &[&str]| merged(files).0["findings"] == report["findings"];
    assert!(same(&["none.json", "two.json", "one.json"]) && same(&["one.json", "two.json", "one.json"]));
    assert_eq!(merged(&["none.json", "none.json"]).1, 0);
    let (report, code) = merged(&["none.json", "missing.json"]);
    assert_eq!((code, &report["complete"]), (2, &false.into()));
    assert_eq!(report["not_scanned"].as_array().unwrap().len(), 1);
    // Together they are what one scan of all would say.
    scan(&["none", "one", "two"], "all.json");
    assert_eq!(merged(&["all.json"]).0["findings"], merged(&["one.json", "two.json"]).0["findings"]);
}

#[test]
fn audits_become_one_audit() {
    let (all, many) = (Repository::of_all_kinds(), Repository::of_many());
    for (repository, file) in [(&all, "a.json"), (&many, "b.json")] {
        let json = repository.run(&["audit", "--format", "json"]).stdout;
        all.sandbox.write(format!("../{file}"), json);
    }
    let read = |file: &str| -> Value {
        serde_json::from_slice(&fs::read(all.sandbox.path("..").join(file)).unwrap()).unwrap()
    };
    let run = all.run(&["report", "../a.json", "../b.json", "--format", "json"]);
    let merged: Value = serde_json::from_str(&run.stdout).unwrap();
    let (a, b) = (read("a.json"), read("b.json"));
    assert_eq!(
        (run.code, &merged["audit"]["verdict"], &merged["mode"]),
        (2, &"incomplete".into(), &"audit".into())
    );
    // Both draw from the same seeds, so that some keys are the same.
    let fingerprints = |report: &Value| -> std::collections::BTreeSet<String> {
        report["findings"].as_array().unwrap().iter().map(|key| key["fingerprint"].to_string()).collect()
    };
    let union: std::collections::BTreeSet<String> =
        fingerprints(&a).union(&fingerprints(&b)).cloned().collect();
    assert_eq!(fingerprints(&merged), union);
    assert_eq!(merged["audit"]["keys"], union.len());
    let page = all.run(&["report", "../a.json", "../b.json", "--format", "html"]).stdout;
    crate::assert_numbers(&crate::assert_page(&page), &merged);
    crate::assert_hides(&page, &all);
    crate::assert_hides(&page, &many);
    // An audit and a scan are no audit together.
    let json = all.run(&["scan", "src", "--format", "json"]).stdout;
    all.sandbox.write("../c.json", json);
    let run = all.run(&["report", "../a.json", "../c.json", "--format", "json"]);
    let merged: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(merged["audit"].is_null() && run.code == 2);
}

#[test]
fn wrong_files_are_told_apart() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", format!("k = '{}'\n", openai_key(1)));
    let json = sandbox.skanner(&["scan", "a.py", "--format", "json"]).stdout;
    let lines = sandbox.skanner(&["scan", "a.py", "--format", "jsonl"]).stdout;
    let only =
        |family: &str| sandbox.skanner(&["scan", "a.py", "--family", family, "--format", "json"]).stdout;
    sandbox.write("sk.json", only("sk"));
    let sarif = sandbox.skanner(&["scan", "a.py", "--format", "sarif"]).stdout;
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(json.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mut empty: Value = serde_json::from_str(&json).unwrap();
    let mut marked = empty.clone();
    empty["findings"][0]["occurrences"] = Value::Array(Vec::new());
    marked["findings"][0]["occurrences"][0]["marker"][1] = 9_999.into();
    for (content, message) in [
        (Vec::new(), "bad.json: it is empty; `--format json` writes reports that can be read"),
        (
            b"# Title".to_vec(),
            "bad.json: it is not a report of skanner in JSON: expected value at line 1 column 1",
        ),
        (sarif.into_bytes(), "bad.json: it is not a report of skanner in JSON: missing field `schema`"),
        (lines.into_bytes(), "bad.json: it is in JSON Lines"),
        (utf16, "bad.json: it is UTF-16"),
        (json.as_bytes()[..json.len() / 2].to_vec(), "bad.json: it ends too soon"),
        (
            json.replace("\"schema\": 1", "\"schema\": 2").into_bytes(),
            "bad.json: it has version 2 of the format (written by skanner",
        ),
        (
            json.replace("\"severity\"", "\"severty\"").into_bytes(),
            "bad.json: it is not a whole report of skanner: missing field `severity`",
        ),
        (empty.to_string().into_bytes(), "bad.json: there is no occurrence in `findings[0]`"),
        (
            marked.to_string().into_bytes(),
            "bad.json: the marker of `occurrences[0]` is not within its excerpt in `findings[0]`",
        ),
        (
            only("ai").into_bytes(),
            "bad.json for keys of AI services; a report of both could not say what it looked for",
        ),
    ] {
        sandbox.write("bad.json", content);
        let run = sandbox.skanner(&["report", "sk.json", "bad.json"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{message}");
        assert!(run.stderr.contains(message), "{message}: {}", run.stderr);
    }
    for (arguments, message) in [
        (&["report", "none.json"][..], "cannot read none.json"),
        (&["report", "home/.."], "cannot read home/.."),
        (&["report", "."], ". is a directory; name the JSON reports in it"),
        (
            &["report", "sk.json", "--output", "html=no/where.html"],
            "cannot write no/where.html: no directory no",
        ),
        (&["report"], "required"),
    ] {
        let run = sandbox.skanner(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{message}");
        assert!(run.stderr.contains(message), "{message}: {}", run.stderr);
    }
}

/// Whoever hands out a report may have changed it.
#[test]
fn a_report_of_strangers_runs_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", format!("k = '{}'\n", openai_key(1)));
    let json = sandbox.skanner(&["scan", "a.py", "--format", "json"]).stdout;
    let mut report: Value = serde_json::from_str(&json).unwrap();
    let evil = "</style></script><script>window.pwned=1</script>\u{1b}[31m\u{202e}' onload='x\" onload=\"x javascript:alert(1) `";
    let finding = &mut report["findings"][0];
    for field in ["rule", "issuer", "title", "impact", "why", "secret"] {
        finding[field] = evil.into();
    }
    finding["occurrences"][0]["path"] = evil.into();
    finding["occurrences"][0]["excerpt"] = format!("é{evil}").into();
    finding["occurrences"][0]["marker"] = serde_json::json!([2, 9]);
    finding["remedy"] = serde_json::json!({ "revoke_url": "javascript:alert(1)", "steps": [evil, "See https://a.example/'\"><b> and javascript:x"] });
    finding["history"] = serde_json::json!({
        "introduced": { "commit": "ab", "author": evil, "date": "0000-99-99", "summary": evil, "path": evil },
        "removed": { "commit": "ab", "author": evil, "date": "9999-12-31T", "summary": evil, "path": evil },
        "at_head": false, "refs": [evil], "commits": 3, "reachable": true,
    });
    report["tool"]["version"] = evil.into();
    report["mode"] = "history".into();
    sandbox.write("evil.json", report.to_string());
    for format in
        ["text", "concise", "html", "sarif", "github", "gitlab", "gitlab-codequality", "junit", "rdjson"]
    {
        let run = sandbox.skanner(&["report", "evil.json", "--format", format]);
        assert_eq!(run.code, 1, "{format}: {}", run.stderr);
        assert!(!run.stdout.contains(['\u{1b}', '\u{202e}']), "{format}");
        if format == "html" {
            let root = crate::assert_page(&run.stdout);
            assert!(root.text().contains("</style></script><script>window.pwned=1</script>"));
            crate::keep("strangers", &run.stdout);
        }
    }
}
