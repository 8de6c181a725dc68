//! No output shows a key: keys of every shape are planted wherever an output takes text from, every command is run in
//! every format at every confidence, and all that it writes is searched for parts of them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod leaks;
mod place;
mod subjects;
#[path = "../support/mod.rs"]
mod support;

use std::{io::Write, process::Stdio};

use leaks::Leaks;
use place::{Place, write};
use support::{Run, Sandbox};

/// The word of a comment, in two parts, so that a scan of this file takes it for none.
const ALLOW: &str = concat!("skanner", ":allow");

const FORMATS: [&str; 4] = ["text", "json", "jsonl", "sarif"];
/// These show parts of what the others do, so one level is enough.
const MORE_FORMATS: [&str; 7] =
    ["concise", "html", "github", "gitlab", "gitlab-codequality", "junit", "rdjson"];
const LEVELS: [&str; 3] = ["possible", "likely", "certain"];

/// Runs a command, and returns all that it says.
fn said(sandbox: &Sandbox, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end without having read all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.code().is_some_and(|code| code <= 2), "{arguments:?}: {output:?}");
    [output.stdout, output.stderr].concat()
}

/// Runs all commands side by side, and collects what leaks.
fn leaks_of(place: &Place, leaks: &Leaks, runs: &[(Vec<String>, Vec<u8>)]) -> Vec<String> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let found = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some((arguments, input)) =
                    runs.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                    let text = said(&place.sandbox, &arguments, input);
                    let command: String = arguments.join(" ").chars().take(60).collect();
                    let leaking = leaks.find(&text).into_iter().map(|leak| format!("{command}: {leak}"));
                    found.lock().unwrap().extend(leaking);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn no_command_shows_a_key() {
    let planted = subjects::all(1);
    let leaks = Leaks::of(&planted);
    let place = write(&planted);
    let mut runs: Vec<(Vec<String>, Vec<u8>)> = Vec::new();
    let commands = ["scan .", "scan --history .", "scan --staged", "scan --range HEAD~1..HEAD", "audit ."];
    for command in commands {
        for format in FORMATS {
            for level in LEVELS {
                let mut arguments = words(&format!("{command} --format {format} --min-confidence {level}"));
                if level == "possible" {
                    arguments.extend(words("--show-suppressed --verbose"));
                }
                runs.push((arguments, Vec::new()));
            }
        }
    }
    for format in MORE_FORMATS {
        let arguments =
            format!("audit . --format {format} --min-confidence possible --show-suppressed --verbose");
        runs.push((words(&arguments), Vec::new()));
    }
    let line = format!("refs/heads/main {0} refs/heads/main {1}\n", place.head, "0".repeat(40));
    for hook in ["hook pre-commit", "hook commit-msg MESSAGE", "hook pre-push origin URL"] {
        runs.push((words(hook), line.clone().into_bytes()));
    }
    runs.push((
        words("hook pre-receive"),
        format!("{} {} refs/heads/main\n", "0".repeat(40), place.head).into_bytes(),
    ));
    for command in ["rules test", "rules list", "config", "baseline check", "baseline check --format json"] {
        runs.push((words(command), Vec::new()));
    }
    let mut found = leaks_of(&place, &leaks, &runs);
    // These write, one after the other.
    for command in
        ["baseline create --force", "baseline update --add", "scan --baseline .skanner-baseline --verbose"]
    {
        let text = said(&place.sandbox, &command.split(' ').collect::<Vec<_>>(), b"");
        found.extend(leaks.find(&text).into_iter().map(|leak| format!("{command}: {leak}")));
    }
    let baseline = std::fs::read(place.sandbox.path(".skanner-baseline")).unwrap_or_default();
    found.extend(leaks.find(&baseline).into_iter().map(|leak| format!("the baseline: {leak}")));
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "{} leaks: {:#?}", found.len(), found.iter().take(25).collect::<Vec<_>>());
}

#[test]
fn no_argument_and_no_setting_is_shown() {
    let planted: Vec<_> =
        subjects::all(2).into_iter().filter(subjects::Planted::is_name).step_by(9).collect();
    let leaks = Leaks::of(&planted);
    let place = Place { sandbox: Sandbox::new(), head: String::new() };
    let mut runs = Vec::new();
    for one in &planted {
        let key = &one.key;
        for command in [
            "explain KEY",
            "KEY",
            "scan KEY",
            "scan --rule KEY",
            "scan --baseline KEY",
            "scan --min-confidence KEY",
            "scan --format KEY",
            "scan --output json=KEY/x",
            "scan --KEY",
            "scan --config KEY",
            "hook KEY",
            "audit KEY",
            "scan --range KEY",
            "scan --stdin-filename KEY -",
            "scan --history --since KEY",
            "baseline check KEY",
            "baseline KEY",
            "rules KEY",
            "schema KEY",
            "completions KEY",
            "hook commit-msg KEY",
            "scan -j KEY",
        ] {
            runs.push((words(&command.replace("KEY", key)), b"x\n".to_vec()));
        }
        runs.push((words("hook pre-receive"), format!("{key} {key} {key}\n").into_bytes()));
    }
    let mut found = leaks_of(&place, &leaks, &runs);
    for (at, one) in planted.iter().enumerate() {
        let key = &one.key;
        for config in [
            format!("{key} = 1\n"),
            format!("min-confidence = \"{key}\"\n"),
            format!("exclude-rules = [\"{key}\"]\n"),
            format!("[[allow]]\npaths = [\"{key}\"]\nreason = \"{key}\"\n"),
            format!("x = {key}\n"),
            format!("[[allow]]\nfingerprints = [\"{key}\"]\n"),
            format!("baseline = \"{key}\"\n"),
            format!("[[rule]]\nid = \"{key}\"\ntitle = \"{key}\"\n"),
        ]
        .iter()
        .skip(at % 4)
        .step_by(4)
        {
            place.sandbox.write("skanner.toml", config);
            for command in ["scan .", "scan . --format json", "config"] {
                let text = said(&place.sandbox, &command.split(' ').collect::<Vec<_>>(), b"");
                found.extend(
                    leaks.find(&text).into_iter().map(|leak| format!("{command} {}: {leak}", &config[..9])),
                );
            }
        }
    }
    found.sort();
    assert!(found.is_empty(), "{} leaks: {:#?}", found.len(), found.iter().take(25).collect::<Vec<_>>());
}

#[test]
fn a_part_of_a_key_is_shown_nowhere() {
    let planted: Vec<_> = subjects::all(3).into_iter().step_by(4).collect();
    let mut failures = Vec::new();
    for one in planted.iter().filter(|one| one.body().len() >= 26 && !one.needs_context) {
        let leaks = Leaks::of(std::slice::from_ref(one));
        let (key, body) = (&one.key, one.body());
        let half = &key[..one.public + body.len() * 2 / 3];
        let sandbox = Sandbox::new();
        // A name has 255 bytes at most.
        let piece: String = body.chars().filter(char::is_ascii_alphanumeric).take(200).collect();
        let name = format!("{piece}.txt");
        sandbox.write(&name, format!("old {body} new {key} cut {half}\n{key} # {ALLOW}: was {body}\n"));
        for format in ["text", "sarif"] {
            let arguments = [
                "scan",
                "--format",
                format,
                "--min-confidence",
                "possible",
                "--show-suppressed",
                "--verbose",
            ];
            let run: Run = sandbox.skanner(&arguments);
            failures.extend(leaks.find(format!("{}{}", run.stdout, run.stderr).as_bytes()));
        }
    }
    assert!(
        failures.is_empty(),
        "{} leaks: {:#?}",
        failures.len(),
        failures.iter().take(25).collect::<Vec<_>>()
    );
}
