//! No part of a value is in anything that is written.
// skanner:allow-file unused-suppression: these are texts of tests

use std::{collections::HashSet, fs};

use super::{FROM, drawn, file};
use crate::support::{Run, Sandbox};

/// So many bytes of a value must not stand anywhere.
const PART: usize = 4;

/// No hash has these.
const LETTERS: &str = "ghjkmnpqrstvwxzGHJKLMNPQRSTVWXZ";

struct Parts(HashSet<Vec<u8>>);

impl Parts {
    fn of(values: &[(&str, String)]) -> Self {
        let parts = values.iter().flat_map(|(_, text)| text.as_bytes().windows(PART));
        Self(parts.map(<[u8]>::to_vec).collect())
    }

    fn assert_not_in(&self, text: &[u8], what: &str) {
        for (at, part) in text.windows(PART).enumerate() {
            let around = String::from_utf8_lossy(&text[at.saturating_sub(80)..text.len().min(at + 40)]);
            assert!(!self.0.contains(part), "{what}: {around}");
        }
    }

    fn assert_not_said(&self, run: &Run, what: &str) {
        self.assert_not_in(run.stdout.as_bytes(), what);
        self.assert_not_in(run.stderr.as_bytes(), what);
    }
}

fn secrets() -> Vec<(&'static str, String)> {
    let marks = "!#%&*+,;<=>?@^~";
    vec![
        ("A_PASSWORD", drawn(LETTERS, 10, 51)),
        ("B_TOKEN", drawn(LETTERS, 33, 52)),
        ("C_SECRET", drawn(LETTERS, 4000, 53)),
        ("D_PASSWORD", drawn(LETTERS, 5, 54) + &drawn(marks, 7, 55) + &drawn(LETTERS, 5, 56)),
        (
            "E_KEY",
            format!("{}\n{}\n{}", drawn(LETTERS, 30, 57), drawn(LETTERS, 30, 58), drawn(LETTERS, 30, 59)),
        ),
    ]
}

/// A repository with the values wherever a report takes text from.
fn repository(all: &[(&'static str, String)]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("../home/.env", file(all));
    sandbox.git("", &["init", "-q"]);
    let lines = |one: &str| {
        let json = serde_json::to_string(one).unwrap();
        let url: String = one.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let hex: String = one.bytes().map(|byte| format!("{byte:02x}")).collect();
        let utf16: String = one.bytes().map(|byte| format!("{}\0", char::from(byte))).collect();
        format!(
            "x = '{one}' {one} # skanner:allow: {one} \ny = {json} x{one}x {url} {hex}\n{utf16}\n# skanner:allow {one}\n"
        )
    };
    for (name, text) in all {
        sandbox.write(format!("{name}.txt"), lines(text));
        sandbox.write("all.txt", all.iter().map(|(_, text)| lines(text)).collect::<String>());
    }
    let plain = [&all[0].1, &all[1].1];
    for text in plain {
        sandbox.write(format!("dir-{text}/in {text}.txt"), format!("{text}\n"));
        sandbox.write(format!("broken {text}.zip"), b"PK\x03\x04\x14\0\0\0\x08\0 broken");
    }
    sandbox.git("", &["add", "-A"]);
    let author = format!("--author={} <{}@example.org>", plain[0], plain[1]);
    sandbox.git("", &["commit", "-qm", &format!("use {}\n\n{}", plain[0], plain[1]), &author]);
    sandbox.git("", &["branch", &format!("b-{}", plain[1])]);
    sandbox.git("", &["tag", "-a", "-m", plain[0], &format!("t-{}", plain[1])]);
    sandbox.write("staged.txt", lines(plain[1]));
    sandbox.git("", &["add", "staged.txt"]);
    sandbox
}

#[test]
fn no_report_has_a_part_of_a_value() {
    let all = secrets();
    let sandbox = repository(&all);
    let parts = Parts::of(&all);
    let outside = sandbox.path("../home/out");
    fs::create_dir(&outside).unwrap();
    let formats = [
        "text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "html", "markdown", "rdjson",
        "concise",
    ];
    let help = sandbox.skanner(&["scan", "--help"]).stdout;
    let formats: Vec<_> =
        formats.into_iter().filter(|format| help.contains(&format!("- {format}:"))).collect();
    assert!(formats.len() >= 6, "{formats:?} {help}");
    for command in [
        &["scan", "."][..],
        &["scan", "--staged"],
        &["scan", "--history"],
        &["scan", "--range", "HEAD"],
        &["audit"],
        &["hook", "pre-commit"],
    ] {
        for (at, more) in [&["-v", "--show-suppressed"][..], &["--show-secrets"]].into_iter().enumerate() {
            // Every format once with each, and of one command.
            let is_whole = command == ["audit"];
            for format in formats.iter().filter(|format| is_whole || ["text", "json"].contains(format)) {
                let output = format!("{}={}", formats[at], outside.join("report").display());
                let arguments = [command, &FROM, more, &["--format", format, "--output", &output]].concat();
                let run = sandbox.skanner(&arguments);
                assert_ne!(run.code, 0, "{arguments:?}: {}", run.stderr);
                assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
                parts.assert_not_said(&run, &arguments.join(" "));
                parts.assert_not_in(&fs::read(outside.join("report")).unwrap(), &arguments.join(" "));
            }
        }
    }
}

#[test]
fn no_file_that_is_written_has_one() {
    let all = secrets();
    let sandbox = repository(&all);
    let parts = Parts::of(&all);
    let run = sandbox.skanner(&[&["baseline", "create"], &FROM[..]].concat());
    parts.assert_not_said(&run, "baseline create");
    parts.assert_not_in(&fs::read(sandbox.path(".skanner-baseline")).unwrap_or_default(), "baseline");
    for (name, _) in &all {
        fs::write(sandbox.path(format!("{name}.txt")), "gone\n").unwrap();
    }
    let run = sandbox.skanner(&[&["scan", "."], &FROM[..]].concat());
    parts.assert_not_said(&run, "with a baseline");
    let plan = sandbox.path("../home/plan");
    let run = sandbox.skanner(&[&["audit", "--plan", plan.to_str().unwrap()], &FROM[..]].concat());
    parts.assert_not_said(&run, "plan");
}

#[test]
fn an_entry_that_begins_as_one_is_not_quoted() {
    let all = secrets();
    let sandbox = repository(&all);
    let values: Vec<_> = all.iter().map(|(_, value)| format!("'''{}*'''", &value[..6])).collect();
    let entry = format!("[[allow]]\nvalues = ['''sk-demo-*''', {}]\nreason = \"tried\"\n", values.join(", "));
    sandbox.write("skanner.toml", entry);
    let run = sandbox.skanner(&[&["scan", "."], &FROM[..]].concat());
    assert!(run.stdout.contains("[[allow]] values = [\"…\"]"), "{run:?}");
    for (_, value) in &all {
        assert!(!run.stdout.contains(&value[..6]) && !run.stderr.contains(&value[..6]), "{run:?}");
    }
}

#[test]
fn no_error_has_one() {
    let all = secrets();
    let sandbox = repository(&all);
    let parts = Parts::of(&all);
    let (password, token) = (&all[0].1, &all[1].1);
    for (content, arguments) in [
        (file(&all), vec!["scan".to_owned(), format!("no-{token}")]),
        (file(&all), vec!["scan".to_owned(), "--rule".to_owned(), format!("x-{token}")]),
        (file(&all), vec!["scan".to_owned(), "--range".to_owned(), format!("{token}..HEAD")]),
        (format!("A={password}\n{token}\n"), vec!["scan".to_owned()]),
        (format!("A='{password}\n"), vec!["scan".to_owned()]),
        (format!("A='x' {password}\n"), vec!["scan".to_owned()]),
        (format!("{{\"a\": \"{password}\", \"{token}\": {password}}}"), vec!["scan".to_owned()]),
        (format!("A={}\n", &password[..7]), vec!["scan".to_owned()]),
    ] {
        sandbox.write("../home/.env", content);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).chain(FROM).collect();
        let run = sandbox.skanner(&arguments);
        assert_eq!(run.code, 2, "{arguments:?} {run:?}");
        // What was typed may be repeated only if nobody knows that it is secret: then no file was read.
        if !arguments.iter().any(|one| one.contains(token)) || run.stderr.contains("not scanned") {
            parts.assert_not_said(&run, &format!("{arguments:?}"));
        }
    }
}

#[test]
fn a_fingerprint_is_of_the_name_and_not_of_the_value() {
    let fingerprint = |value: &str, name: &str| {
        let sandbox = Sandbox::new();
        sandbox.write("../home/.env", format!("{name}={value}\n"));
        sandbox.write("a.txt", format!("x {value}\n"));
        let report = sandbox.scan(&[&["."][..], &FROM].concat());
        report.json["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
    };
    let (one, other) = (drawn(LETTERS, 12, 61), drawn(LETTERS, 12, 62));
    assert_eq!(fingerprint(&one, "A_PASSWORD"), fingerprint(&other, "A_PASSWORD"));
    assert_ne!(fingerprint(&one, "A_PASSWORD"), fingerprint(&one, "B_PASSWORD"));
}
