//! Every format, on one hostile report: names that are commands to a CI system, to a terminal or to a parser, five hundred
//! keys, and something that cannot be read.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::collections::BTreeSet;

use serde_json::Value;
use support::{NAMES, Run, Sandbox, key};

const MANY: u64 = 500;

struct Hostile {
    sandbox: Sandbox,
    keys: Vec<String>,
}

impl Hostile {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q"]);
        let mut keys = Vec::new();
        let mut plant = |shape: &str| {
            keys.push(key(shape, keys.len() as u64 + 1));
            keys.last().unwrap().clone()
        };
        for (at, name) in NAMES.iter().enumerate() {
            let before = "\n".repeat(at);
            sandbox
                .write(format!("sub/{name}"), format!("{before}k = '{}' {name}\n", plant("sk-or-v1-{h:64}")));
        }
        let shapes = ["sk-or-v1-{h:64}", "sk_live_{A:24}", "sk_test_{A:24}"];
        let many: String = (0..MANY)
            .map(|at| format!("k{at} = {}\n", plant(shapes[usize::try_from(at % 3).unwrap()])))
            .collect();
        sandbox.write("sub/many.txt", many);
        // A key in two places.
        sandbox.write("twice.txt", format!("{}\n{}\n", keys[0], keys[1]));
        Self { sandbox, keys }
    }

    fn write(&self, format: &str, more: &[&str]) -> Run {
        let mut command = self.sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.current_dir(self.sandbox.path("sub"));
        command.args(["scan", ".", "../twice.txt", "a\n::error::missing", "--format", format]).args(more);
        command.env("GITHUB_STEP_SUMMARY", self.sandbox.path(".git/summary.md"));
        let run = Run::of(&mut command);
        assert_eq!(run.code, 2, "{format}: {}", run.stderr);
        // What reads JSON gets names as they are.
        if format != "json" {
            self.assert_safe(format, &run.stdout);
        }
        run
    }

    /// Neither a key nor a character that a terminal, a log or a reader obeys.
    fn assert_safe(&self, format: &str, text: &str) {
        let leak = self.keys.iter().find(|key| text.contains(key.as_str()));
        assert_eq!(leak.map(|_| "a key"), None, "{format}");
        let control = text.chars().find(|one| {
            (one.is_control() && !matches!(one, '\n' | '\t')) || ('\u{202a}'..='\u{202e}').contains(one)
        });
        assert_eq!(control, None, "{format}");
    }

    fn json(&self, format: &str) -> Value {
        serde_json::from_str(&self.write(format, &[]).stdout).unwrap()
    }

    /// The number of keys, and of the places that they are in.
    fn counts(&self) -> (usize, usize) {
        (self.keys.len(), self.keys.len() + 2)
    }
}

fn texts<'a>(all: &'a Value, path: &str) -> Vec<&'a str> {
    all.as_array().unwrap().iter().map(|one| one.pointer(path).unwrap().as_str().unwrap()).collect()
}

#[test]
fn lines_are_one_for_each_key() {
    let hostile = Hostile::new();
    let run = hostile.write("concise", &[]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    // What was not read, and the summary.
    assert_eq!(lines.len(), hostile.counts().0 + 2, "{}", lines[0]);
    let places = lines.iter().filter(|line| {
        let mut parts = line
            .rsplit_once(": critical")
            .or(line.rsplit_once(": high"))
            .or(line.rsplit_once(": low"))
            .map_or("", |parts| parts.0)
            .rsplit(':');
        let numbers = [parts.next(), parts.next()];
        numbers.iter().all(|number| number.is_some_and(|number| number.trim().parse::<u64>().is_ok()))
    });
    assert_eq!(places.count(), hostile.counts().0);
    assert!(lines.iter().any(|line| line.contains("(and 1 other place)")), "{lines:?}");
    assert!(lines[lines.len() - 2].contains(": not scanned: "), "{lines:?}");
    assert!(lines.last().unwrap().contains("incomplete: 1 input could not be read"));
}

#[test]
fn github_gets_ten_annotations_and_a_whole_table() {
    let hostile = Hostile::new();
    let run = hostile.write("github", &[]);
    for level in ["error", "warning", "notice"] {
        let lines: Vec<&str> =
            run.stdout.lines().filter(|line| line.starts_with(&format!("::{level} "))).collect();
        assert!(lines.len() <= 10, "{level}: {lines:?}");
        for line in &lines {
            let (properties, message) = line[2..].split_once("::").unwrap();
            let (_, properties) = properties.split_once(' ').unwrap();
            let names: Vec<&str> =
                properties.split(',').map(|property| property.split_once('=').unwrap().0).collect();
            assert!(
                [&["title"][..], &["file", "line", "endLine", "col", "endColumn", "title"]]
                    .contains(&&names[..]),
                "{line}"
            );
            assert!(!message.is_empty() && !properties.contains("file=../"), "{line}");
        }
        assert!(level != "error" || lines.len() == 10, "{}", run.stdout);
    }
    let commands = run.stdout.lines().filter(|line| line.trim_start().starts_with("::")).count();
    assert!(commands <= 30, "{}", run.stdout);
    let summary = std::fs::read_to_string(hostile.sandbox.path(".git/summary.md")).unwrap();
    hostile.assert_safe("summary", &summary);
    let rows: Vec<&str> = summary.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), 2 + hostile.counts().0);
    assert!(rows.iter().all(|row| row.matches('|').count() == 5), "{summary}");
    assert!(!summary.contains('<') && !summary.contains('`') && summary.contains("**Not scanned:**"));
    // The next step of a job appends.
    hostile.write("github", &[]);
    let twice = std::fs::read_to_string(hostile.sandbox.path(".git/summary.md")).unwrap();
    assert_eq!(twice.matches("### skanner").count(), 2);
}

#[test]
fn gitlab_gets_the_fields_that_it_requires() {
    let hostile = Hostile::new();
    let report = hostile.json("gitlab");
    assert_eq!(
        (&report["scan"]["type"], &report["scan"]["status"]),
        (&"secret_detection".into(), &"success".into())
    );
    for time in ["start_time", "end_time"] {
        let time = report["scan"][time].as_str().unwrap();
        let shape: String = time.chars().map(|one| if one.is_ascii_digit() { '0' } else { one }).collect();
        assert_eq!(shape, "0000-00-00T00:00:00");
        assert!(!time.starts_with("1970"), "{time}");
    }
    for tool in ["analyzer", "scanner"] {
        let tool = &report["scan"][tool];
        assert!(["/id", "/name", "/version", "/vendor/name"].iter().all(|name| tool.pointer(name).is_some()));
    }
    assert_eq!(report["scan"]["messages"].as_array().unwrap().len(), 1);
    let all = &report["vulnerabilities"];
    assert_eq!(all.as_array().unwrap().len(), hostile.counts().1);
    let ids: BTreeSet<&str> = texts(all, "/id").into_iter().collect();
    assert_eq!(ids.len(), hostile.counts().1);
    let is_uuid = |id: &&str| id.len() == 36 && id.matches('-').count() == 4 && &id[14..15] == "8";
    assert!(ids.iter().all(is_uuid), "{ids:?}");
    assert!(texts(all, "/location/commit/sha").iter().all(|sha| *sha == "0000000"));
    let files = texts(all, "/location/file");
    assert!(files.contains(&"sub/many.txt") && files.contains(&"twice.txt"), "{files:?}");
    let levels = ["Info", "Unknown", "Low", "Medium", "High", "Critical"];
    assert!(texts(all, "/severity").iter().all(|severity| levels.contains(severity)));
    for one in all.as_array().unwrap() {
        assert_eq!(one["identifiers"][0]["type"], "skanner_rule_id");
        assert!(one["location"]["start_line"].as_u64() <= one["location"]["end_line"].as_u64());
    }
    // A report that knows nothing must not look like a clean one.
    let mut command = hostile.sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.args(["scan", "missing", "--format", "gitlab"]);
    let report: Value = serde_json::from_str(&Run::of(&mut command).stdout).unwrap();
    assert_eq!(report["scan"]["status"], "failure");
}

#[test]
fn code_quality_has_different_fingerprints() {
    let hostile = Hostile::new();
    let issues = hostile.json("gitlab-codequality");
    assert_eq!(issues.as_array().unwrap().len(), hostile.counts().1 + 1);
    let different: BTreeSet<&str> = texts(&issues, "/fingerprint").into_iter().collect();
    assert_eq!(different.len(), hostile.counts().1 + 1);
    assert!(
        texts(&issues, "/location/path").iter().all(|path| !path.starts_with("./") && !path.starts_with('/'))
    );
    let levels = ["info", "minor", "major", "critical", "blocker"];
    assert!(texts(&issues, "/severity").iter().all(|severity| levels.contains(severity)));
    assert_eq!(texts(&issues, "/check_name").iter().filter(|name| **name == "not-scanned").count(), 1);
}

#[test]
fn junit_is_well_formed_and_counts_right() {
    let hostile = Hostile::new();
    let text = hostile.write("junit", &[]).stdout;
    let document = roxmltree::Document::parse(&text).unwrap();
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    let keys = hostile.counts().0;
    assert_eq!((count("testcase"), count("failure"), count("error")), (keys + 1, keys, 1));
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    let number = |name: &str| suite.attribute(name).unwrap().parse::<usize>().unwrap();
    assert_eq!((number("tests"), number("failures"), number("errors")), (keys + 1, keys, 1));
    let names: Vec<_> = document.descendants().filter_map(|node| node.attribute("file")).collect();
    assert!(names.contains(&"sub/]]><failure") && names.contains(&"sub/a\"b&c<d>'"), "{names:?}");
    let clean = Sandbox::new();
    clean.write("a.txt", "nothing");
    let text = clean.skanner(&["scan", ".", "--format", "junit"]).stdout;
    let document = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(document.descendants().filter(|node| node.has_tag_name("testcase")).count(), 1);
    assert_eq!(document.descendants().filter(|node| node.has_tag_name("failure")).count(), 0);
}

#[test]
fn reviewdog_gets_bytes_or_no_columns() {
    let hostile = Hostile::new();
    let report = hostile.json("rdjson");
    let all = &report["diagnostics"];
    assert_eq!(all.as_array().unwrap().len(), hostile.counts().1 + 1);
    assert!(texts(all, "/severity").iter().all(|one| ["ERROR", "WARNING", "INFO"].contains(one)));
    for one in all.as_array().unwrap() {
        assert!(one["location"]["path"].is_string() && one["message"].is_string(), "{one}");
        let range = &one["location"]["range"];
        assert!(range.is_null() || range["start"]["line"].as_u64() >= Some(1), "{one}");
    }
    let column = |line: &str| {
        let sandbox = Sandbox::new();
        sandbox.write("a.txt", line.replace("KEY", &hostile.keys[0]));
        let run = sandbox.skanner(&["scan", ".", "--format", "rdjson"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        report["diagnostics"][0]["location"]["range"]["start"]["column"].as_u64()
    };
    assert_eq!(column("ab = KEY"), Some(6));
    assert_eq!(column("äb = KEY"), None);
    assert_eq!(column(&format!("{} KEY", "x".repeat(5000))), None);
}

#[test]
fn a_report_in_json_is_read_back_to_the_same() {
    let hostile = Hostile::new();
    let text = hostile.write("json", &["--show-suppressed"]).stdout;
    let document: skanner::testing::report::ReportDocument = serde_json::from_str(&text).unwrap();
    assert_eq!(format!("{}\n", serde_json::to_string_pretty(&document).unwrap()), text);
    // What is made of it is what was made in the run.
    let elapsed = std::time::Duration::from_secs(1);
    let view = skanner::testing::report::View { elapsed, ..Default::default() };
    for format in ["concise", "sarif", "gitlab-codequality", "rdjson"] {
        let mut again = Vec::new();
        (skanner::testing::report::format(format).unwrap().write)(&document, &view, &mut again).unwrap();
        let again = String::from_utf8(again).unwrap();
        let direct = hostile.write(format, &["--show-suppressed"]).stdout;
        // The time, and GitHub's hashes of lines, which only a run with the files at hand can make.
        let stable = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| !line.contains("primaryLocationLineHash"));
            lines
                .map(|line| line.split(" read in ").next().unwrap().trim_end_matches(',').to_owned())
                .collect()
        };
        assert_eq!(stable(&again), stable(&direct), "{format}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_refused_before_the_scan() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "nothing");
    for (output, why) in [
        ("sarif=no/such/directory/x", "no directory no/such/directory"),
        ("json=.", "it is a directory"),
        ("json=a.txt/x", "a.txt"),
    ] {
        let run = sandbox.skanner(&["scan", ".", "--output", output]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{output}");
        assert!(run.stderr.contains("cannot write") && run.stderr.contains(why), "{}", run.stderr);
    }
}

#[test]
fn the_category_of_an_upload_tells_what_was_scanned() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("a.txt", "nothing");
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "a"]);
    let id = |arguments: &[&str]| {
        let run = sandbox.skanner(&[arguments, &["--format", "sarif"]].concat());
        let log: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
        log["runs"][0]["automationDetails"]["id"].as_str().unwrap().to_owned()
    };
    for (arguments, expected) in [
        (&["scan", "."][..], "skanner/tree/"),
        (&["scan", "--staged"], "skanner/staged/"),
        (&["scan", "--range", "HEAD"], "skanner/range/"),
        (&["scan", "--history"], "skanner/history/"),
        (&["audit"], "skanner/audit/"),
        (&["scan", "--sarif-category", "team/x"], "team/x/"),
    ] {
        assert_eq!(id(arguments), expected, "{arguments:?}");
    }
}

#[test]
fn a_terminal_gets_lines_that_fit() {
    let hostile = Hostile::new();
    let text = hostile.write("json", &[]).stdout;
    let document: skanner::testing::report::ReportDocument = serde_json::from_str(&text).unwrap();
    let shown = |width: Option<usize>, full: bool| {
        let view = skanner::testing::report::View { width, full, ..Default::default() };
        let mut out = Vec::new();
        (skanner::testing::report::format("text").unwrap().write)(&document, &view, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let keys = |text: &str| text.lines().filter(|line| line.contains("]: ")).count();
    for width in [40, 80, 120] {
        let text = shown(Some(width), false);
        hostile.assert_safe("text", &text);
        assert_eq!(keys(&text), 20, "{width}");
        for line in text.lines() {
            // A path, an address and a title stay whole.
            let is_whole = line.contains("-->") || line.contains("]: ") || line.contains("not scanned");
            let longest = line.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
            assert!(is_whole || line.chars().count() <= width.max(longest + 12), "{width}: {line}");
        }
        assert!(text.contains("more keys; --full shows all"), "{width}");
    }
    // A pipe gets everything, and so does who asks for it.
    assert_eq!(
        (keys(&shown(None, false)), keys(&shown(Some(80), true))),
        (hostile.counts().0, hostile.counts().0)
    );
    assert!(shown(None, false).lines().any(|line| line.starts_with("critical ") && line.ends_with("-key")));
}
