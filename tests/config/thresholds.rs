//! Which findings are reported, and which make a run fail.

use crate::support::{Run, Sandbox, key, openai_key, rule};

/// A critical and certain key, a likely one of high severity, and a low one.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("README", "hello\n");
    sandbox.git("", &["add", "README"]);
    sandbox.git("", &["commit", "-qm", "one"]);
    sandbox.write("a/critical.py", format!("k = '{}'\n", openai_key(1)));
    let of = |id: &str, seed| key(rule(id).forms[0].shapes[0].source(), seed);
    sandbox.write("b/high.py", format!("k = '{}'\n", of("hugging-face-user-token", 2)));
    sandbox.write("c/low.py", format!("k = '{}'\n", of("stripe-test-key", 3)));
    sandbox
}

fn scan(sandbox: &Sandbox, arguments: &[&str], variable: Option<(&str, &str)>) -> Run {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    Run::of(command.envs(variable).arg("scan").args(arguments))
}

#[test]
fn only_what_reaches_the_threshold_makes_a_run_fail() {
    let sandbox = sandbox();
    let report = sandbox.scan(&[]);
    let findings = report.json["findings"].as_array().unwrap();
    let levels: Vec<_> = findings
        .iter()
        .map(|one| (one["severity"].as_str().unwrap(), one["confidence"].as_str().unwrap()))
        .collect();
    assert_eq!(levels.iter().map(|one| one.0).collect::<Vec<_>>(), ["critical", "high", "low"]);
    let severities = ["low", "medium", "high", "critical"];
    let confidences = ["possible", "likely", "certain"];
    let rank = |words: &[&str], word: &str| words.iter().position(|one| *one == word).unwrap();
    for folder in ["a", "b", "c", "."] {
        for severity in severities {
            for confidence in [None, Some("possible"), Some("likely"), Some("certain")] {
                let threshold =
                    confidence.map_or_else(|| severity.to_owned(), |one| format!("{severity},{one}"));
                let reaches = |(of, how): &&(&str, &str)| {
                    rank(&severities, of) >= rank(&severities, severity)
                        && confidence.is_none_or(|least| rank(&confidences, how) >= rank(&confidences, least))
                };
                let present: Vec<_> = match folder {
                    "." => levels.clone(),
                    folder => vec![levels[usize::from(folder.as_bytes()[0] - b'a')]],
                };
                let failing = present.iter().filter(reaches).count();
                for (arguments, variable) in [
                    (vec![folder, "--fail-on", &threshold], None),
                    (vec![folder], Some(("SKANNER_FAIL_ON", threshold.as_str()))),
                ] {
                    let run = scan(&sandbox, &arguments, variable);
                    assert_eq!(run.code, i32::from(failing > 0), "{threshold}: {run:?}");
                    let found = run.stdout.matches(" -->").count();
                    assert_eq!(found, present.len(), "all are reported: {run:?}");
                    let below = present.len() - failing;
                    let says = match (failing, below) {
                        (_, 0) => "",
                        (0, _) => "; none of them makes the exit code 1 (",
                        (_, _) => " of them would not make the exit code 1 (",
                    };
                    assert_eq!(run.stdout.contains("the exit code 1"), below > 0, "{threshold}: {run:?}");
                    assert!(run.stdout.contains(says), "{threshold}: {run:?}");
                }
            }
        }
    }
}

#[test]
fn an_audit_and_an_incomplete_run_are_what_they_are() {
    let sandbox = sandbox();
    let audit = sandbox.skanner(&["audit", "--fail-on", "critical", "--exclude-rule", "openai-project-key"]);
    assert_eq!(audit.code, 1, "{audit:?}");
    assert!(audit.stdout.contains("not safe: 2 keys") && !audit.stdout.contains("exit code"), "{audit:?}");
    let missing = scan(&sandbox, &["c", "missing", "--fail-on", "high"], None);
    assert_eq!(missing.code, 2, "{missing:?}");
}

#[test]
fn the_exit_code_goes_with_a_report() {
    let sandbox = sandbox();
    let output = ["--output", "json=../low.json"];
    assert_eq!(scan(&sandbox, &[&["c", "--fail-on", "high"][..], &output].concat(), None).code, 0);
    let again = sandbox.skanner(&["report", "../low.json"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(
        again.stdout.contains("none of them makes the exit code 1 (--fail-on asks for high)"),
        "{again:?}"
    );
    assert_eq!(scan(&sandbox, &["a", "--output", "json=../all.json"], None).code, 1);
    assert_eq!(sandbox.skanner(&["report", "../low.json", "../all.json"]).code, 1);
}

#[test]
fn a_hook_lets_a_commit_pass_that_only_has_what_is_below() {
    let sandbox = sandbox();
    sandbox.git("", &["add", "c"]);
    sandbox.write("skanner.toml", "fail-on = \"high\"\n");
    let staged = scan(&sandbox, &["--staged"], None);
    assert_eq!(staged.code, 0, "{staged:?}");
    assert!(staged.stdout.contains("(skanner.toml asks for high)"), "{staged:?}");
    sandbox.git("", &["add", "b"]);
    assert_eq!(scan(&sandbox, &["--staged"], None).code, 1);
}

#[test]
fn a_minimum_leaves_out_what_is_below_and_counts_it() {
    let sandbox = sandbox();
    for (least, expected) in [("low", 3), ("medium", 2), ("high", 2), ("critical", 1)] {
        let report = sandbox.scan(&["--min-severity", least]);
        assert_eq!(report.json["findings"].as_array().unwrap().len(), expected, "{least}");
        let left_out = report.json["left_out"]["--min-severity"].as_u64().unwrap_or_default();
        assert_eq!(left_out, 3 - expected as u64, "{least}");
    }
    let run = scan(&sandbox, &["c"], Some(("SKANNER_MIN_SEVERITY", "high")));
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("excluded: 1 key by SKANNER_MIN_SEVERITY"), "{run:?}");
    sandbox.write("skanner.toml", "min-severity = \"high\"\n");
    let run = scan(&sandbox, &["c"], None);
    assert!(run.stdout.contains("excluded: 1 key by skanner.toml"), "{run:?}");
    assert!(run.stdout.contains("skanner.toml raises min-severity to high"), "{run:?}");
    // What every visitor can read is one up.
    sandbox.write(
        "c/public/medium.js",
        format!("k = '{}'\n", key(rule("stripe-test-key").forms[0].shapes[0].source(), 9)),
    );
    let report = sandbox.scan(&["c", "--min-severity", "medium"]);
    assert_eq!(report.paths(), ["c/public/medium.js"]);
}

#[test]
fn what_is_no_threshold_is_refused() {
    let sandbox = sandbox();
    for text in ["", "bad", "high;certain", "high,sure", "certain", "high,certain,low", "HIGH"] {
        let run = scan(&sandbox, &["--fail-on", text], None);
        assert_eq!(run.code, 2, "{text}: {run:?}");
        assert!(run.stderr.contains("expected SEVERITY or SEVERITY,CONFIDENCE"), "{text}: {run:?}");
    }
    let run = scan(&sandbox, &[], Some(("SKANNER_FAIL_ON", "worst")));
    assert!(run.code == 2 && run.stderr.contains("SKANNER_FAIL_ON: `worst` is no severity"), "{run:?}");
}
