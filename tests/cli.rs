//! The command line: exit codes, where output goes, and what wrong usage is answered.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{
    fs,
    io::{Read, Write},
    process::Stdio,
};

use support::{Run, Sandbox, key, openai_key};

/// A tree with one key.
fn leaky() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", format!("key = \"{}\"\n", openai_key(1)));
    sandbox
}

#[test]
fn the_exit_code_tells_clean_findings_and_failure_apart() {
    let sandbox = leaky();
    sandbox.write("clean.py", "key = os.environ[\"OPENAI_API_KEY\"]\n");
    for (arguments, code) in [
        (&["scan", "clean.py"][..], 0),
        (&["scan", "a.py"], 1),
        (&["scan", "--exit-zero", "a.py"], 0),
        (&["scan", "missing"], 2),
        (&["scan", "--exit-zero", "missing"], 2),
        (&["scan", "--no-such-flag"], 2),
        (&["scan", "--format", "pdf"], 2),
        (&["scan", "--rule", "no-such-rule"], 2),
        (&["scan", "--output", "sarif"], 2),
        (&["scan", "--output", "pdf=x"], 2),
        (&["scan", "--output", "json=no/such/folder/x.json"], 2),
        (&["scan", "-j", "0"], 2),
        (&["scan", "--stdin-filename", "x", "clean.py"], 2),
        (&["no-such-command"], 2),
        (&[], 2),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["scan", "--help"], 0),
        (&["rules"], 0),
        (&["rules", "list"], 0),
        (&["rules", "--isolated"], 0),
        (&["rules", "list", "--isolated"], 0),
        (&["rules", "--isolated", "list"], 2),
        (&["rules", "test"], 0),
        (&["explain", "openai-project-key"], 0),
        (&["explain", "no-such-rule"], 2),
        (&["schema", "report"], 0),
        (&["schema", "config"], 0),
        (&["config"], 0),
        (&["config", "missing"], 2),
        (&["config", "--min-confidence", "sure"], 2),
        (&["scan", "--config", "missing.toml"], 2),
        (&["init", "missing"], 2),
        (&["init"], 0),
        (&["init"], 2),
        (&["completions", "bash"], 0),
    ] {
        let run = sandbox.skanner(arguments);
        assert_eq!(run.code, code, "{arguments:?}: {run:?}");
        if code == 2 {
            assert!(
                !run.stderr.is_empty() || run.stdout.contains("not scanned"),
                "{arguments:?} says nothing"
            );
        } else {
            assert_eq!(run.stderr, "", "{arguments:?}");
        }
    }
}

#[test]
fn errors_name_the_nearest_rule() {
    let run = Sandbox::new().skanner(&["explain", "openai-projet-key"]);
    assert!(run.stderr.contains("did you mean `openai-project-key`?"), "{run:?}");
}

#[test]
fn version_can_be_parsed() {
    let short = Sandbox::new().skanner(&["-V"]).stdout;
    assert_eq!(short, format!("skanner {}\n", env!("CARGO_PKG_VERSION")));
    // A release build adds the commit, and its day where it was built from a checkout.
    let long = Sandbox::new().skanner(&["--version"]).stdout;
    let built_from = long.trim_end().strip_prefix(short.trim_end()).expect("it begins with the version");
    let is_commit = |text: &str| text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_day = |text: &str| text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    let parts = built_from.trim_start_matches(" (").trim_end_matches(')').split_whitespace();
    match parts.collect::<Vec<_>>()[..] {
        [] => assert!(cfg!(debug_assertions) || !std::path::Path::new(".git").exists(), "{long}"),
        [commit] => assert!(is_commit(commit), "{long}"),
        [commit, day] => assert!(is_commit(commit) && is_day(day), "{long}"),
        _ => panic!("{long}"),
    }
}

#[test]
fn every_command_has_a_man_page() {
    let sandbox = Sandbox::new();
    let pages = sandbox.tree().join("man");
    std::fs::create_dir(&pages).unwrap();
    let run = sandbox.skanner(&["man", pages.to_str().unwrap()]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    for (page, text) in
        [("skanner", "SUBCOMMANDS"), ("skanner-scan", "staged"), ("skanner-hook-install", "global")]
    {
        let page = std::fs::read_to_string(pages.join(format!("{page}.1"))).unwrap();
        assert!(page.contains(text), "{page}");
    }
    assert_eq!(sandbox.skanner(&["man", "missing"]).code, 2);
}

#[test]
fn standard_input_has_a_name_if_given_one() {
    let sandbox = Sandbox::new();
    let scan = |arguments: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.args(["scan", "--format", "json"]).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "x = '{}'", openai_key(1)).unwrap();
        Run::from(child.wait_with_output().unwrap()).report()
    };
    assert_eq!(scan(&["-"]).places(), [":1:6 openai-project-key"]);
    assert_eq!(scan(&["-", "--stdin-filename", "b.py"]).places(), ["b.py:1:6 openai-project-key"]);
}

#[test]
fn reports_can_go_to_files_beside_standard_output() {
    let sandbox = leaky();
    let run = sandbox.skanner(&[
        "scan",
        "a.py",
        "--output",
        "json=r.json",
        "--output",
        "sarif=r.sarif",
        "--output",
        "text=r.txt",
    ]);
    assert!(run.stdout.contains("1 key found (1 critical)"), "{run:?}");
    assert!(fs::read_to_string(sandbox.path("r.txt")).unwrap().contains("1 key found (1 critical)"));
    assert!(fs::read_to_string(sandbox.path("r.json")).unwrap().starts_with("{\n  \"schema\": 1"));
    assert!(fs::read_to_string(sandbox.path("r.sarif")).unwrap().contains("\"2.1.0\""));
    assert_eq!(fs::read_dir(sandbox.tree()).unwrap().count(), 4, "no temporary file is left");
}

/// What a shell does before it becomes skanner, whose process has the same number then.
#[cfg(unix)]
fn after(sandbox: &Sandbox, before: &str, arguments: &[&str]) -> Run {
    let script = format!("{before}; exec \"$0\" \"$@\"");
    Run::of(sandbox.command("sh").args(["-c", &script, env!("CARGO_BIN_EXE_skanner")]).args(arguments))
}

#[cfg(unix)]
#[test]
fn a_report_is_written_whole_or_not_at_all() {
    let sandbox = leaky();
    sandbox.write("victim", "mine");
    let report = ["scan", "a.py", "--output", "sarif=r.sarif"];
    let run = after(&sandbox, "ln -s victim r.sarif.$$.tmp", &report);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    assert_eq!(fs::read_to_string(sandbox.path("victim")).unwrap(), "mine");
    assert!(fs::metadata(sandbox.path("r.sarif")).unwrap().is_file());

    // As on a full disk.
    sandbox.write("r.sarif", "old");
    let before = sandbox.snapshot("");
    let run = after(&sandbox, "trap '' XFSZ; ulimit -f 1", &report);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cannot write r.sarif"), "{}", run.stderr);
    assert!(run.stdout.contains("1 key found"), "{}", run.stdout);
    assert_eq!(sandbox.snapshot(""), before);
}

#[test]
fn rules_can_be_chosen() {
    let sandbox = leaky();
    sandbox.write("b.py", key("sk-or-v1-{h:64}", 1));
    assert_eq!(sandbox.scan(&["--rule", "openai-project-key"]).paths(), ["a.py"]);
    assert_eq!(sandbox.scan(&["--exclude-rule", "openai-project-key"]).paths(), ["b.py"]);
    sandbox.scan(&["--rule", "openai-project-key", "b.py"]).assert_clean();
}

#[test]
fn confidence_decides_what_is_reported() {
    let sandbox = Sandbox::new();
    sandbox.write("certain", openai_key(1));
    sandbox.write("likely", key("sk-{A:48}", 1));
    sandbox.write("possible", key("sk-{plain-hex32}", 1));
    assert_eq!(sandbox.scan(&["--min-confidence", "certain"]).paths(), ["certain"]);
    assert_eq!(sandbox.scan(&[]).paths(), ["certain", "likely"]);
    assert_eq!(sandbox.scan(&["--min-confidence", "possible"]).paths(), ["certain", "likely", "possible"]);
}

#[test]
fn the_name_of_a_file_tells_whose_key_it_is() {
    let sandbox = Sandbox::new();
    sandbox.write("moonshot.env", key("sk-{A:48}", 1));
    sandbox.write("baichuan_key.txt", key("sk-{plain-hex32}", 1));
    let report = sandbox.scan(&[]);
    assert_eq!(
        report.places(),
        ["baichuan_key.txt:1:1 baichuan-api-key", "moonshot.env:1:1 moonshot-api-key"]
    );
    assert!(report.json["findings"][1]["why"].as_str().unwrap().contains("in the file name"));
}

#[test]
fn secrets_are_shown_only_when_asked_for() {
    let sandbox = leaky();
    let secret = openai_key(1);
    for format in ["text", "json", "jsonl", "sarif"] {
        for more in [&[][..], &["-v"], &["--color", "always"]] {
            let run = sandbox.skanner(&[&["scan", "--format", format], more].concat());
            assert_eq!(run.code, 1);
            assert!(
                !run.stdout.contains(&secret[10..40]) && !run.stderr.contains(&secret[10..40]),
                "{format} {more:?}"
            );
        }
        let shown = sandbox.skanner(&["scan", "--show-secrets", "--format", format]).stdout.contains(&secret);
        assert_eq!(shown, format != "sarif", "{format}");
    }
}

#[test]
fn color_is_for_terminals_and_those_who_ask() {
    let sandbox = leaky();
    let colored = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.arg("scan").args(arguments).envs(variables.iter().copied());
        Run::of(&mut command).stdout.contains('\x1b')
    };
    assert!(!colored(&[], &[]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colored(&[], &[("FORCE_COLOR", "1")]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("FORCE_COLOR", "1")]));
    assert!(!colored(&["--format", "json", "--color", "always"], &[]));
}

#[test]
fn quiet_says_nothing_when_there_is_nothing_to_say() {
    let sandbox = leaky();
    sandbox.write("clean.py", "x");
    assert_eq!(sandbox.skanner(&["scan", "-q", "clean.py"]).stdout, "");
    assert_eq!(sandbox.skanner(&["scan", "-q", "a.py"]).code, 1);
    assert!(sandbox.skanner(&["scan", "-q", "a.py"]).stdout.contains("openai-project-key"));
    assert!(sandbox.skanner(&["scan", "-q", "missing"]).stdout.contains("incomplete"));
}

#[test]
fn a_reader_who_has_seen_enough_causes_no_noise() {
    let sandbox = Sandbox::new();
    let many: String = (0..5000).map(|seed| format!("{}\n", openai_key(seed))).collect();
    sandbox.write("many", many);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let mut child = command.args(["scan"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut start = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let mut noise = String::new();
    child.stderr.take().unwrap().read_to_string(&mut noise).unwrap();
    assert_eq!((noise.as_str(), child.wait().unwrap().code()), ("", Some(1)));
}

/// A closed pipe changes no verdict of a report, and is no clean verdict of anything else.
#[test]
#[cfg(unix)]
fn a_closed_pipe_is_never_a_clean_verdict() {
    let sandbox = leaky();
    sandbox.write("rules.toml", "[[rule]]\nid = \"own\"\nissuer = \"A\"\ntitle = \"Own key\"\nseverity = \"low\"\nexamples = [\"own_{a:20}\"]\n[[rule.form]]\nshapes = [\"owm_{a:20}\"]\nconfidence = \"likely\"\nwhy = \"own\"\n");
    for (arguments, code) in [
        (&["scan", "a.py"][..], 1),
        (&["scan", "a.py", "--format", "json"], 1),
        (&["scan", "a.py", "--output", "json=/dev/stdout"], 1),
        (&["scan", "a.py", "--output", "sarif=/dev/stdout", "--format", "jsonl"], 1),
        (&["rules", "list"], 2),
        (&["rules", "test", "--config", "rules.toml"], 2),
        (&["schema", "report"], 2),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        let output = command.args(arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let noise = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {noise}");
    }
}

/// The whole text of a run, by hand: what people see first must not change by accident.
#[test]
fn text_is_what_a_person_likes() {
    let sandbox = Sandbox::new();
    sandbox
        .write("src/app.py", format!("import openai\n\n\tclient = é(\"{}\")\n", key("sk-or-v1-{h:63}7", 1)));
    sandbox.write("b.txt", format!("{}\n", key("sk-or-v1-{h:63}7", 1)));
    let run = sandbox.skanner(&["scan", "src", "b.txt", "missing"]);
    let tail = &key("sk-or-v1-{h:63}7", 1)[69..];
    let (before, time) = run.stdout.rsplit_once(" read in ").unwrap();
    assert!(
        time.contains(" s; incomplete: 1 input could not be read; looked for keys of the sk- family and of AI services\n"),
        "{time}"
    );
    let expected = format!(
        "critical[openrouter-api-key]: OpenRouter API or provisioning key
 --> b.txt:1:1
  |
1 | sk-or-v1-…{tail}
  | ^^^^^^^^^^^^^^ certain: the prefix sk-or-v1- and 64 hex digits
  |
  = also at: src/app.py:3:14
  = help: Revoke the key at https://openrouter.ai/settings/keys.

not scanned: missing: no such file or directory
1 key found (1 critical); 2 files (179 B)"
    );
    assert_eq!(before, expected);
}

/// The commands below this one, as its help lists them.
fn commands(sandbox: &Sandbox, above: &[String]) -> Vec<Vec<String>> {
    let arguments: Vec<&str> = above.iter().map(String::as_str).chain(["-h"]).collect();
    let help = sandbox.skanner(&arguments).stdout;
    let names = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = names
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let below = names.map(|name| [above, &[name.to_owned()]].concat());
    below.flat_map(|name| [vec![name.clone()], commands(sandbox, &name)].concat()).collect()
}

#[test]
fn the_short_help_of_a_command_fits_a_screen_and_has_an_example() {
    let sandbox = Sandbox::new();
    let all = commands(&sandbox, &[]);
    assert!(all.len() > 15, "{all:?}");
    for name in all.iter().chain([&Vec::new()]) {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        let help = Run::of(command.args(name).arg("-h").env("COLUMNS", "80")).stdout;
        assert!(help.lines().count() <= 40, "{} lines: {help}", help.lines().count());
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        let examples =
            help.split("Example").nth(1).unwrap_or_else(|| panic!("{name:?} has no example: {help}"));
        assert!(
            examples.contains(
                &["skanner"]
                    .iter()
                    .copied()
                    .chain(name.iter().map(String::as_str))
                    .collect::<Vec<_>>()
                    .join(" ")
            ) || name.is_empty(),
            "{help}"
        );
        let long = Run::of(sandbox.command(env!("CARGO_BIN_EXE_skanner")).args(name).arg("--help")).stdout;
        assert!(long.contains(examples.trim_start_matches('s').trim_start_matches(':')), "{long}");
    }
}
