//! What is different on a terminal: links, the width, the progress line, and Ctrl-C.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::{os::unix::process::ExitStatusExt, process::Stdio};

use rustix::process::{Pid, Signal, kill_process};
use support::{Sandbox, openai_key};
use terminal::OnTerminal;

/// The text without colors and links.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\x1b') {
        plain.push_str(before);
        rest = match after.strip_prefix("]8;;") {
            Some(link) => link.split_once("\x1b\\").unwrap().1,
            None => after.split_once('m').unwrap().1,
        };
    }
    plain + rest
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("with space & #.py", format!("KEY = '{}'\n", openai_key(1)));
    sandbox
}

/// A scan on a terminal with these variables.
fn scan(sandbox: &Sandbox, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.arg("scan").args(arguments).envs(variables.iter().copied());
    OnTerminal::start(&mut command, 80).finish().1
}

#[test]
fn a_terminal_with_hyperlinks_gets_them() {
    let sandbox = sandbox();
    let shown = scan(&sandbox, &[("TERM_PROGRAM", "WezTerm")], &[]);
    let file = sandbox.tree().canonicalize().unwrap();
    let link = format!(
        "\x1b]8;;file://{}/with%20space%20&%20%23.py\x1b\\with space & #.py:1:8\x1b]8;;\x1b\\",
        file.display()
    );
    assert!(shown.contains(&link), "{shown:?}");
    assert!(shown.contains("docs/builtin-rules.md#openai-project-key\x1b\\"), "{shown:?}");
    let without = scan(&sandbox, &[], &["--color", "never"]);
    let seconds = |text: &str| text.split(" read in ").next().unwrap().to_owned();
    assert_eq!(seconds(&plain(&shown)), seconds(&without));
}

#[test]
fn nobody_else_gets_hyperlinks() {
    let sandbox = sandbox();
    let links = ("TERM_PROGRAM", "WezTerm");
    for shown in [
        scan(&sandbox, &[], &[]),
        scan(&sandbox, &[links, ("NO_COLOR", "1")], &[]),
        scan(&sandbox, &[links], &["--color", "never"]),
        scan(&sandbox, &[links], &["--format", "json"]),
        scan(&sandbox, &[links], &["--format", "concise"]),
    ] {
        assert!(shown.contains("with space"), "{shown:?}");
        assert!(!shown.contains("\x1b]8"), "{shown:?}");
    }
    let mut piped = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let run = support::Run::of(piped.args(["scan", "--color", "always"]).env(links.0, links.1));
    assert!(run.stdout.contains("\x1b[") && !run.stdout.contains("\x1b]8"), "{run:?}");
}

#[test]
fn lines_end_where_the_terminal_does() {
    let sandbox = sandbox();
    for width in [60, 80, 120] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        let (_, shown) = OnTerminal::start(command.arg("scan"), width).finish();
        let longest = plain(&shown).lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= usize::from(width), "{width}: {shown}");
    }
}

/// Pages and lists about rules are texts, too. A line may only be longer if it is a shape, an address or another word that
/// cannot be broken.
#[test]
fn texts_about_rules_end_where_the_terminal_does() {
    let sandbox = sandbox();
    let piped = |arguments: &[&str]| sandbox.skanner(arguments).stdout;
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for arguments in [&["explain", "openai-project-key"][..], &["rules"], &["explain", "with space & #.py:1"]]
    {
        for width in [60, 80, 120] {
            let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
            let (_, shown) = OnTerminal::start(command.args(arguments), width).finish();
            let shown = plain(&shown);
            for line in shown.lines().filter(|line| line.chars().count() > usize::from(width)) {
                let longest = line.split(' ').map(|word| word.chars().count()).max().unwrap();
                // What comes before it takes a dozen columns at most.
                let is_word = longest + 16 > usize::from(width);
                // A table has columns that are never made narrower.
                assert!(is_word || arguments == ["rules"] && width == 60, "{width}: {line:?}");
            }
            if arguments[1..] != ["with space & #.py:1"] {
                assert_eq!(words(&shown), words(&piped(arguments)), "{width}");
            }
        }
        assert!(piped(arguments).lines().any(|line| line.chars().count() > 110) || arguments == ["rules"]);
    }
}

/// An interrupted run leaves no progress line behind, says that it proves nothing, writes no report, and ends by the
/// signal.
#[test]
fn an_interrupted_run_has_no_verdict() {
    let sandbox = sandbox();
    for signal in [Signal::INT, Signal::TERM] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.args(["scan", "-", "--output", "json=report.json"]).stdin(Stdio::piped());
        let mut run = OnTerminal::start(&mut command, 80);
        run.wait_for(" in 0s");
        kill_process(Pid::from_child(&run.child), signal).unwrap();
        let (status, shown) = run.finish();
        assert_eq!(status.signal(), Some(signal.as_raw()), "{shown:?}");
        let (progress, rest) = shown.split_at(shown.rfind("\x1b[2K").expect("the progress line is cleared"));
        assert!(progress.contains("files"), "{shown:?}");
        assert_eq!(
            rest.trim_start_matches("\x1b[2K").trim_start_matches('\r'),
            "skanner: interrupted: no verdict\n"
        );
        assert!(!sandbox.path("report.json").exists());
    }
}

/// A run that has shown its progress can be interrupted afterward as ever, and a report is not interrupted by what is
/// left of it.
#[test]
fn the_progress_line_vanishes_before_the_report() {
    let sandbox = sandbox();
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let mut run = OnTerminal::start(command.args(["scan", "-"]).stdin(Stdio::piped()), 80);
    run.wait_for(" in 0s");
    let mut stdin = run.child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, format!("k = {}\n", openai_key(2)).as_bytes()).unwrap();
    drop(stdin);
    let (status, shown) = run.finish();
    assert_eq!(status.code(), Some(1), "{shown:?}");
    let report = &shown[shown.rfind("\x1b[2K").unwrap()..];
    assert!(report.contains("1 key found"), "{shown:?}");
}

/// A repository with 300 keys of three kinds: 60 at HEAD, 20 uncommitted, the others only in its history.
fn full_of_keys() -> Sandbox {
    let sandbox = Sandbox::new();
    let shapes = ["openai-project-key", "hugging-face-user-token", "stripe-test-key"]
        .map(|id| support::rule(id).forms[0].shapes[0].source().to_owned());
    let line = |seed: u64| format!("key = \"{}\"\n", support::key(&shapes[seed as usize % 3], seed));
    sandbox.git(".", &["init", "--quiet"]);
    for seed in 0..280 {
        sandbox.write(format!("{}/{seed}.py", if seed < 60 { "src" } else { "old" }), line(seed));
    }
    sandbox.git(".", &["add", "--all"]);
    sandbox.git(".", &["commit", "--quiet", "--message", "all"]);
    sandbox.git(".", &["rm", "--quiet", "-r", "old"]);
    sandbox.git(".", &["commit", "--quiet", "--message", "fewer"]);
    for seed in 280..300 {
        sandbox.write(format!("new/{seed}.py"), line(seed));
    }
    sandbox
}

#[test]
fn an_audit_fits_a_screen() {
    let sandbox = full_of_keys();
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let (_, shown) =
        OnTerminal::start(command.args(["audit", "--color", "never", "--no-progress"]), 80).finish();
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines.len() < 45, "{} lines:\n{shown}", lines.len());
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{shown}");
    assert_eq!(lines[0], "not safe to publish: 300 keys");
    assert!(lines.iter().any(|line| line.starts_with("not safe: 300 keys")), "{shown}");

    // Its numbers are those of the report.
    let report = sandbox.skanner(&["audit", "--format", "json"]).report();
    let audit = &report.json["audit"];
    assert_eq!(
        [&audit["at_head"], &audit["uncommitted"], &audit["only_in_history"]]
            .map(|count| count.as_u64().unwrap()),
        [60, 20, 220]
    );
    assert_eq!(
        lines[1].split("  ").map(str::trim).filter(|word| !word.is_empty()).collect::<Vec<_>>(),
        ["at HEAD", "uncommitted", "only in history"]
    );
    let rows = lines[2..].iter().take_while(|line| !line.starts_with("issuers:"));
    let counts = |line: &&str| {
        line.split_whitespace().skip(1).map(|count| count.parse().unwrap()).collect::<Vec<u64>>()
    };
    let sums = rows.map(counts).reduce(|sums, row| sums.iter().zip(row).map(|(a, b)| a + b).collect());
    assert_eq!(sums.unwrap(), [60, 20, 220]);
    assert!(shown.contains("issuers: OpenAI 100, Hugging Face 100, Stripe 100\n"), "{shown}");
    assert!(shown.contains("290 more keys: --full shows all; --output html=FILE"), "{shown}");

    let all = |arguments: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        OnTerminal::start(command.args(["audit", "--no-progress"]).args(arguments), 80)
            .finish()
            .1
            .matches(" --> ")
            .count()
    };
    assert_eq!((all(&[]), all(&["--full", "--color", "never"])), (0, 300));
    assert_eq!(sandbox.skanner(&["audit"]).stdout.matches(" --> ").count(), 300);
}
