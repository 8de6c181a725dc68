//! One line for each repository of a list.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    os::unix::ffi::OsStringExt,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    audit, names, parsed, places,
    support::{Run, Sandbox, openai_key},
};

#[test]
fn each_repository_has_the_report_that_it_has_by_itself() {
    let (sandbox, list) = places();
    let run = audit(&sandbox, &["--repositories", "list.txt"]);
    assert_eq!(run.code, 2, "{run:?}");
    let (lines, summary) = parsed(&run.stdout);
    assert_eq!(names(&lines), list);
    let schema: Value = serde_json::from_str(&sandbox.skanner(&["schema", "report"]).stdout).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let mut findings = 0;
    for (line, name) in lines.iter().zip(&list) {
        assert!(schema.is_valid(line), "{line}");
        let entry = &line["repositories"][0];
        assert_eq!(line["complete"], entry["complete"], "{name}");
        let alone = audit(&sandbox, &["--format", "json", name]);
        let Ok(alone) = serde_json::from_str::<Value>(&alone.stdout) else {
            assert_eq!((&line["complete"], &line["audit"]["verdict"]), (&json!(false), &json!("incomplete")));
            assert_eq!(entry.get("audit"), None, "{name}");
            let why = line["not_scanned"][0]["why"].as_str().unwrap();
            assert!(why.contains("of the list)"), "{why}");
            continue;
        };
        for field in ["complete", "scope", "scanned", "audit", "suppressed", "tool", "schema"] {
            assert_eq!(line[field], alone[field], "{name} {field}");
        }
        let keys = |report: &Value| -> BTreeSet<String> {
            let all = report["findings"].as_array().unwrap().iter();
            all.map(|one| one["fingerprint"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(keys(line), keys(&alone), "{name}");
        for place in
            line["findings"].as_array().unwrap().iter().flat_map(|one| one["occurrences"].as_array().unwrap())
        {
            assert_eq!(place["repository"], *name);
            let path = place["path"].as_str().unwrap();
            assert!(path.is_empty() || path.starts_with(&format!("{name}/")), "{place}");
        }
        findings += keys(line).len();
    }
    let failed = lines.iter().filter(|line| line["complete"] == false).count();
    assert!(failed >= 4, "{failed}");
    assert_eq!(summary["complete"], false);
    assert_eq!((&summary["repositories"], &summary["errors"]), (&json!(list.len()), &json!(failed)));
    assert_eq!((&summary["findings"], &summary["tool"]), (&json!(findings), &json!("skanner")));
    assert_eq!((&summary["list"]["repositories"], &summary["shard"]), (&json!(list.len()), &Value::Null));
    // The same with any number at once.
    for threads in ["-j1", "-j2", "-j7"] {
        assert_eq!(audit(&sandbox, &["--repositories", "list.txt", threads]).stdout, run.stdout, "{threads}");
    }
}

#[test]
fn the_exit_code_is_that_of_the_whole_list() {
    let (sandbox, _) = places();
    for (list, options, code) in [
        ("src/clean\n", &[][..], 0),
        ("src/clean\nsrc/z\n", &[], 1),
        ("src/clean\nsrc/z\n", &["--exit-zero"], 0),
        ("src/clean\nsrc/z\nmissing\n", &[], 2),
        ("missing\nsrc/clean\n", &["--exit-zero"], 2),
    ] {
        sandbox.write("some.txt", list);
        let run = audit(&sandbox, &[&["--repositories", "some.txt"], options].concat());
        assert_eq!(run.code, code, "{list} {run:?}");
        let file = audit(
            &sandbox,
            &[&["--repositories", "some.txt", "--output", "reports=some.jsonl"], options].concat(),
        );
        assert_eq!(file.code, code, "{list} {file:?}");
        assert_eq!(fs::read_to_string(sandbox.path("some.jsonl")).unwrap(), run.stdout);
        assert_eq!(file.stdout.lines().count(), 1);
    }
    let quiet = |list: &str| {
        sandbox.write("some.txt", list);
        audit(&sandbox, &["-q", "--repositories", "some.txt", "--output", "reports=some.jsonl"]).stdout
    };
    assert_eq!(quiet("src/clean\n"), "");
    assert_eq!(quiet("src/z\n"), "not safe: 2 keys in 1 of 1 repository; reports: some.jsonl\n");
}

#[test]
fn a_list_is_read_as_others_write_it() {
    let (sandbox, _) = places();
    let whole = sandbox.path("src/clean").display().to_string();
    for (list, expected) in [
        ("src/clean", &["src/clean"][..]),
        ("\u{feff}src/clean\r\n\r\nsrc/z\r\n", &["src/clean", "src/z"]),
        ("\n  \n./src/clean/\nsrc//clean\nsrc/clean/.\n", &["src/clean"]),
        ("src/clean/.git\nsrc/clean\n", &["src/clean/.git", "src/clean"]),
        ("src/../src/z\n", &["src/../src/z"]),
        (&whole, &[&whole]),
    ] {
        let run = input(&sandbox, &["--repositories", "-"], list.as_bytes());
        let (lines, summary) = parsed(&run.stdout);
        assert_eq!(names(&lines), expected, "{list:?}");
        assert_eq!(summary["complete"], true, "{list:?} {run:?}");
        sandbox.write("some.txt", list);
        assert_eq!(audit(&sandbox, &["--repositories", "some.txt"]).stdout, run.stdout);
    }
    sandbox.write("some.txt", "src/clean\nsrc/clean\nsrc/z\n./src/z\n");
    let run = audit(&sandbox, &["--repositories", "some.txt"]);
    let expected =
        "skanner: some.txt: line 2 and 1 other line name a repository again; each is audited once\n";
    assert_eq!(run.stderr, expected);
}

fn input(sandbox: &Sandbox, arguments: &[&str], text: &[u8]) -> Run {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let command = command.arg("audit").args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn repositories_can_be_named_beside_the_list() {
    let (sandbox, _) = places();
    sandbox.write("some.txt", "src/z\n");
    let run = audit(&sandbox, &["--repositories", "some.txt", "src", "mirror.git", "src/z"]);
    let (lines, _) = parsed(&run.stdout);
    let expected = ["src/z", "src/a b", "src/allowed", "src/clean", "src/damaged", "src/own", "mirror.git"];
    assert_eq!(names(&lines), expected);
    let (lines, summary) = parsed(&audit(&sandbox, &["src", "--format", "reports"]).stdout);
    assert_eq!(lines.len(), 6);
    assert_eq!(summary["list"]["repositories"], 6);
    let (lines, _) = parsed(&audit(&sandbox, &["src/clean", "--format", "reports"]).stdout);
    assert_eq!(names(&lines), ["src/clean"]);
}

#[test]
fn other_formats_are_merged_as_without_a_list() {
    let (sandbox, _) = places();
    let readable = ["src/z", "src/clean", "mirror.git", "src/allowed", "src/own", "src/a b", "src/damaged"];
    sandbox.write("some.txt", readable.join("\n"));
    for format in ["json", "jsonl", "sarif", "gitlab-codequality"] {
        let merged = audit(&sandbox, &["--repositories", "some.txt", "--format", format]);
        let named = audit(&sandbox, &[&["--format", format], &readable[..]].concat());
        assert_eq!((merged.code, &merged.stdout), (2, &named.stdout), "{format}");
    }
    // The variable chooses as the option does.
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let run = Run::of(
        command.args(["audit", "--repositories", "some.txt"]).env("SKANNER_FORMAT", "gitlab-codequality"),
    );
    assert_eq!(
        run.stdout,
        audit(&sandbox, &["--repositories", "some.txt", "--format", "gitlab-codequality"]).stdout
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (sandbox, _) = places();
    sandbox.write("blank.txt", "\n\n \r\n");
    sandbox.write("zero.txt", "src/z\0src/clean\0");
    sandbox.write("wide.txt", b"\xff\xfes\0r\0c\0\n\0");
    for (arguments, expected) in [
        (&["--repositories", "nowhere.txt"][..], "cannot read the list of repositories nowhere.txt"),
        (&["--repositories", "src"], "cannot read the list of repositories src"),
        (&["--repositories", "blank.txt"], "blank.txt names no repository"),
        (
            &["--repositories", "zero.txt"],
            "zero.txt is no list of repositories: line 1: there is a zero byte",
        ),
        (&["--repositories", "wide.txt"], "it is UTF-16"),
        (&["--repositories", "list.txt", "--plan", "../plan"], "--plan is for one repository at a time"),
        (&["--repositories", "list.txt", "--agents"], "cannot be used with"),
        (
            &["--repositories", "list.txt", "--output", "reports=a", "--output", "reports=b"],
            "is written alone",
        ),
        (&["--repositories", "list.txt", "--output", "reports=a", "--output", "html=b"], "is written alone"),
        (&["--repositories", "list.txt", "--output", "reports=a", "--format", "text"], "is written alone"),
        (&["--repositories", "list.txt", "--output", "json=a", "--format", "reports"], "is written alone"),
        (&["--repositories", "list.txt", "--output", "reports=none/a"], "cannot write none/a"),
        (&["--repositories", "list.txt", "--output", "reports=src"], "cannot write src"),
        (&["--agents", "--format", "reports"], "--agents reads none"),
        (&["src", "--shard", "1/2"], "--shard needs a report of each repository"),
        (&["--repositories", "list.txt", "--format", "json", "--shard", "1/2"], "--shard needs a report"),
        (&["--repositories", "list.txt", "--format", "json", "--resume"], "--resume needs a report"),
        (&["--repositories", "list.txt", "--resume"], "--resume needs the file"),
        (&["--repositories", "list.txt", "--shard", "0/2"], "the first is 1/2"),
        (&["--repositories", "list.txt", "--shard", "3/2"], "the last is 2/2"),
        (&["--repositories", "list.txt", "--shard", "1"], "expected I/N"),
    ] {
        let run = audit(&sandbox, arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?} {run:?}");
        assert!(run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
        assert!(!sandbox.path("a").exists(), "{arguments:?}");
    }
    for command in [&["scan", "--format", "reports"][..], &["report", "list.txt", "--format", "reports"]] {
        assert!(sandbox.skanner(command).stderr.contains("invalid value 'reports'"), "{command:?}");
    }
}

#[test]
fn names_stay_text_and_hold_no_key() {
    let sandbox = Sandbox::new();
    let (key, name) = (openai_key(1), openai_key(9));
    let hostile =
        ["-j0", "--help", "<blink>\u{1b}[31m", "a\"b,c:d", "ü 汉", "\u{202e}x", "https:", " lead", "trail "];
    let folders: Vec<String> = hostile.iter().map(|one| format!("./{one}")).chain([name.clone()]).collect();
    for folder in &folders {
        sandbox.repository(folder, &[("a.py", &key)]);
    }
    // In a file system of texts there is none.
    let latin = std::ffi::OsString::from_vec(b"caf\xe9".to_vec());
    fs::rename(sandbox.path(&folders[4]), sandbox.path(&latin)).unwrap();
    let mut list = folders.join("\n").into_bytes();
    let at = list.windows(2).position(|two| two == "ü".as_bytes()).unwrap();
    list.splice(at - 2..at - 2, b"./caf\xe9\n".iter().copied());
    sandbox.write("list.txt", &list);
    let run = audit(&sandbox, &["--repositories", "list.txt"]);
    assert_eq!(run.code, 2, "{run:?}");
    let (lines, summary) = parsed(&run.stdout);
    assert_eq!((lines.len(), &summary["with_keys"]), (11, &json!(10)), "{summary}");
    assert_eq!(names(&lines)[4], "caf\u{fffd}");
    sandbox.write("all.jsonl", &run.stdout);
    let again = sandbox.skanner(&["report", "all.jsonl", "--format", "html"]);
    for text in [&run.stdout, &run.stderr, &again.stdout, &again.stderr] {
        assert!(!text.contains(&key) && !text.contains(&name) && !text.contains('\u{1b}'), "{text}");
    }
    assert!(!again.stdout.contains("<blink>"));
}

#[test]
fn a_repository_that_cannot_be_read_is_a_line() {
    let (sandbox, _) = places();
    fs::create_dir_all(sandbox.path("broken/.git/refs")).unwrap();
    fs::write(sandbox.path("broken/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
    std::os::unix::fs::symlink("nowhere", sandbox.path("link")).unwrap();
    std::os::unix::fs::symlink("src/clean", sandbox.path("good-link")).unwrap();
    let long = "x".repeat(5000);
    let list =
        format!("broken\nlink\nhttps://example.org/a.git\n-\n{long}\nplain\nnote.txt/x\n.\ngood-link\n");
    sandbox.write("some.txt", list);
    let run = audit(&sandbox, &["--repositories", "some.txt"]);
    assert_eq!(run.code, 2);
    let (lines, summary) = parsed(&run.stdout);
    let whys: Vec<_> =
        lines.iter().map(|line| line["not_scanned"][0]["why"].as_str().unwrap_or("")).collect();
    for (why, (number, expected)) in whys.iter().zip([
        (1, "has no objects"),
        (2, "no such file"),
        (3, "git clone --mirror https://example.org/a.git"),
        (4, "no such file"),
        (5, "too long"),
        (6, "it is not in a git repository"),
        (7, "Not a directory"),
        (8, "it is not in a git repository"),
    ]) {
        assert!(why.contains(expected) && why.ends_with(&format!("(line {number} of the list)")), "{why}");
    }
    assert_eq!((whys[8], &lines[8]["complete"]), ("", &json!(true)));
    assert_eq!((&summary["errors"], &summary["repositories"]), (&json!(8), &json!(9)));
}

#[test]
fn a_closed_pipe_is_not_a_whole_output() {
    let sandbox = Sandbox::new();
    for number in 0..12 {
        sandbox.repository(&format!("r/{number}"), &[]);
    }
    let list: String = (0..12).map(|number| format!("r/{number}\n")).collect();
    sandbox.write("list.txt", list);
    let mut command = sandbox.command("sh");
    let script = format!(
        "({} audit --repositories list.txt; echo $? > code) | head -n1",
        env!("CARGO_BIN_EXE_skanner")
    );
    let run = Run::of(Command::args(&mut command, ["-c", &script]));
    assert_eq!((run.stdout.lines().count(), run.stderr.as_str()), (1, ""), "{run:?}");
    assert_eq!(fs::read_to_string(sandbox.path("code")).unwrap(), "2\n");
}

#[test]
fn a_line_is_there_as_soon_as_it_is_done() {
    let sandbox = Sandbox::new();
    sandbox.repository("r/0", &[]);
    // Whoever opens it waits for a writer.
    sandbox.repository("r/1", &[]);
    fs::remove_file(sandbox.path("r/1/README")).unwrap();
    sandbox.write("list.txt", "r/0\nr/1\n");
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let command = command.args(["audit", "-j1", "--repositories", "list.txt"]).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    assert!(lines.next().unwrap().unwrap().contains("\"name\":\"r/0\""));
    assert_eq!(lines.count(), 2);
    child.wait().unwrap();
}
