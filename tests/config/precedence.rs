//! Which source counts, and what is said of it.

use crate::support::{Run, Sandbox, key, openai_key};

/// Every value of `skanner config`, as `key: value (place)`.
fn settings(sandbox: &Sandbox, environment: &[(&str, &str)], arguments: &[&str]) -> Vec<String> {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let run = Run::of(
        command.envs(environment.iter().copied()).args(["config", "--format", "json"]).args(arguments),
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let rows = json["settings"].as_array().unwrap().iter();
    rows.map(|row| {
        format!("{}: {} ({})", row["key"].as_str().unwrap(), row["value"], row["place"].as_str().unwrap())
    })
    .collect()
}

#[test]
fn options_go_before_the_environment_before_the_file_before_the_default() {
    let sandbox = Sandbox::new();
    let file = "min-confidence = \"certain\"\nrules = [\"uuid-key\"]\nexclude-rules = [\"hex-key\"]\n";
    let environment = [
        ("SKANNER_MIN_CONFIDENCE", "possible"),
        ("SKANNER_RULE", "deepseek-api-key, uuid-key"),
        ("SKANNER_EXCLUDE_RULE", "hex-key"),
    ];
    let flags = [
        "--min-confidence",
        "likely",
        "--rule",
        "openai-project-key",
        "--exclude-rule",
        "openai-admin-key,hex-key",
    ];
    let expected = [
        ["min-confidence: \"likely\" (default)", "rules: [] (default)", "exclude-rules: [] (default)"],
        [
            "min-confidence: \"certain\" (skanner.toml:1)",
            "rules: [\"uuid-key\"] (skanner.toml:2)",
            "exclude-rules: [\"hex-key\"] (skanner.toml:3)",
        ],
        [
            "min-confidence: \"possible\" (SKANNER_MIN_CONFIDENCE)",
            "rules: [\"deepseek-api-key\",\"uuid-key\"] (SKANNER_RULE)",
            "exclude-rules: [\"hex-key\"] (SKANNER_EXCLUDE_RULE)",
        ],
        [
            "min-confidence: \"likely\" (--min-confidence)",
            "rules: [\"openai-project-key\"] (--rule)",
            "exclude-rules: [\"openai-admin-key\",\"hex-key\"] (--exclude-rule)",
        ],
    ];
    assert_eq!(settings(&sandbox, &[], &[])[..3], expected[0]);
    sandbox.write("skanner.toml", file);
    assert_eq!(settings(&sandbox, &[], &[])[..3], expected[1]);
    assert_eq!(settings(&sandbox, &environment, &[])[..3], expected[2]);
    assert_eq!(settings(&sandbox, &environment, &flags)[..3], expected[3]);
    // An empty variable is none.
    let empty = [
        ("SKANNER_MIN_CONFIDENCE", ""),
        ("SKANNER_RULE", ""),
        ("SKANNER_ISOLATED", ""),
        ("SKANNER_CONFIG", ""),
    ];
    assert_eq!(settings(&sandbox, &empty, &[])[..3], expected[1]);
}

#[test]
fn who_names_a_rule_is_not_told_by_the_file_that_there_is_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", "exclude-rules = [\"openai-project-key\", \"hex-key\"]\n");
    sandbox.write("a.env", openai_key(1));
    let report = sandbox.scan(&["--rule", "openai-project-key"]);
    assert_eq!(report.places(), ["a.env:1:1 openai-project-key"]);
    assert_eq!(
        settings(&sandbox, &[], &["--rule", "hex-key"])[2],
        "exclude-rules: [\"openai-project-key\"] (skanner.toml:1)"
    );
    // Where nothing of the file's list is left, it is not the file that says so.
    let all = "hex-key,openai-project-key";
    assert_eq!(settings(&sandbox, &[], &["--rule", all])[2], "exclude-rules: [] (--rule)");
    assert_eq!(settings(&sandbox, &[("SKANNER_RULE", all)], &[])[2], "exclude-rules: [] (SKANNER_RULE)");
}

#[test]
fn a_bad_variable_is_an_error() {
    let sandbox = Sandbox::new();
    for (name, value, said) in [
        (
            "SKANNER_MIN_CONFIDENCE",
            "sure",
            "SKANNER_MIN_CONFIDENCE is \"sure\"; it must be one of certain, likely, possible",
        ),
        ("SKANNER_ISOLATED", "yes", "SKANNER_ISOLATED is \"yes\"; it must be one of 1, true, 0, false"),
        (
            "SKANNER_NO_PROGRESS",
            "x\u{1b}",
            "SKANNER_NO_PROGRESS is \"x\\u{1b}\"; it must be one of 1, true, 0, false",
        ),
        (
            "SKANNER_FORMAT",
            "xml",
            "SKANNER_FORMAT is \"xml\"; it must be one of text, concise, json, jsonl, html, sarif, github, gitlab, gitlab-codequality, junit, rdjson",
        ),
        ("SKANNER_COLOR", "yes", "SKANNER_COLOR is \"yes\"; it must be one of auto, always, never"),
        ("SKANNER_THREADS", "0", "SKANNER_THREADS is \"0\"; it must be a number of threads, 1 or more"),
        ("SKANNER_RULE", "uuid-keys", "SKANNER_RULE: there is no rule `uuid-keys`; did you mean `uuid-key`?"),
        (
            "SKANNER_EXCLUDE_RULE",
            "zzz",
            "SKANNER_EXCLUDE_RULE: there is no rule `zzz`; `skanner rules list` shows them all",
        ),
        (
            "SKANNER_CONFIG",
            "none.toml",
            "the configuration none.toml cannot be read: No such file or directory (os error 2)",
        ),
    ] {
        let run = Run::of(sandbox.command(env!("CARGO_BIN_EXE_skanner")).args(["scan"]).env(name, value));
        assert_eq!((run.code, run.stderr.as_str()), (2, format!("skanner: {said}\n").as_str()));
    }
}

#[test]
fn variables_change_how_the_report_is_written() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "nothing");
    let run = |name: &str, value: &str| {
        Run::of(sandbox.command(env!("CARGO_BIN_EXE_skanner")).args(["scan"]).env(name, value)).stdout
    };
    assert!(run("SKANNER_FORMAT", "json").starts_with('{'));
    assert!(run("SKANNER_COLOR", "always").contains("\u{1b}["));
    assert!(!run("SKANNER_THREADS", "3").contains("\u{1b}["));
}

#[test]
fn the_closing_line_says_what_the_file_leaves_out() {
    let sandbox = Sandbox::new();
    sandbox.write("a.env", format!("{}\nK={}\n", openai_key(1), key("sk-{uuid4-hex}", 2)));
    let closing = |file: &str, arguments: &[&str]| {
        sandbox.write("skanner.toml", file);
        let run = sandbox.skanner(&[&["scan"], arguments].concat());
        let line = run.stdout.lines().last().unwrap_or_default().to_owned();
        let end = line.split("; 2 files").next().unwrap().to_owned();
        (run.code, end)
    };
    let both = "exclude-rules = [\"openai-project-key\", \"uuid-key\", \"hex-key\"]\n";
    assert_eq!(
        closing(both, &[]),
        (0, "no key found; excluded: 2 keys by skanner.toml; skanner.toml excludes 3 rules".to_owned())
    );
    // What was left out is said even if nobody wants to hear it.
    assert_eq!(
        closing(both, &["-q"]).1,
        "no key found; excluded: 2 keys by skanner.toml; skanner.toml excludes 3 rules"
    );
    assert_eq!(closing(both, &["--isolated"]).0, 1);
    assert_eq!(closing(both, &["--exclude-rule", "hex-key"]).0, 1);
    assert_eq!(
        closing("rules = [\"hex-key\"]\n", &[]).1.rsplit_once("excludes ").unwrap().0,
        "no key found; excluded: 2 keys by skanner.toml; skanner.toml "
    );
    assert_eq!(
        closing("min-confidence = \"certain\"\n[severity]\nopenai-project-key = \"low\"\nhex-key = \"high\"\n", &[]),
        (
            1,
            "1 key found (1 low); excluded: 1 key by skanner.toml; skanner.toml raises min-confidence to certain and \
             lowers the severity of 1 rule"
                .to_owned()
        )
    );
    // Who reports more has nothing to confess.
    assert_eq!(closing("min-confidence = \"possible\"\n", &[]).1, "2 keys found (1 critical, 1 high)");

    sandbox.write("skanner.toml", both);
    let json = sandbox.scan(&[]).json;
    assert_eq!(json["left_out"]["skanner.toml"], 2);
    assert_eq!(
        json["configuration"],
        serde_json::json!({ "file": "skanner.toml", "weakened": ["excludes 3 rules"] })
    );
}

/// A rule that takes a key from a built-in one and is then left out takes it away, but not in silence.
#[test]
fn a_rule_of_the_repository_hides_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("a.env", openai_key(1));
    let rule = "[[rule]]\nid = \"harmless\"\nissuer = \"Nobody\"\ntitle = \"Nothing\"\nimpact = \"Nothing.\"\n\
                severity = \"low\"\nexamples = [\"sk-proj-{B:156}\"]\ncounter_examples = [\"sk-\"]\n\
                [[rule.form]]\nshapes = [\"sk-proj-{B:156}\"]\nconfidence = \"certain\"\nedges = \"open\"\nwhy = \"it is fine\"\n";
    let run = |text: &str| {
        sandbox.write("skanner.toml", text);
        let run = sandbox.skanner(&["scan", "-q"]);
        (run.code, run.stdout)
    };
    assert_eq!(run(rule).0, 1);
    let (_, said) = run(&format!("exclude-rules = [\"harmless\", \"openai-project-key\"]\n{rule}"));
    assert!(said.contains("excluded: 1 key by skanner.toml; skanner.toml excludes 2 rules;"), "{said}");
    let (_, said) = run(&format!("rules = [\"harmless\"]\nmin-confidence = \"likely\"\n{rule}"));
    assert!(said.contains("skanner.toml excludes"), "{said}");
}

#[test]
fn code_scanning_is_told_what_the_file_leaves_out() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", "exclude-rules = [\"openai-project-key\"]\nmin-confidence = \"certain\"\n");
    sandbox.write("a.env", openai_key(1));
    let run = sandbox.skanner(&["scan", "--format", "sarif"]);
    let sarif: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let said = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let said: Vec<_> = said.iter().map(|one| one["message"]["text"].as_str().unwrap()).collect();
    assert_eq!(
        said,
        [
            "skanner.toml excludes 1 rule.",
            "skanner.toml raises min-confidence to certain.",
            "1 key was excluded by skanner.toml.",
            "Looked for keys of the sk- family and of AI services. Other secrets were not looked for."
        ]
    );
}

#[test]
fn a_rule_that_is_regraded_is_so_everywhere() {
    let sandbox = Sandbox::new();
    sandbox.write("skanner.toml", "[severity]\nuuid-key = \"low\"\n");
    sandbox.write("a.env", format!("K={}\n", key("sk-{uuid4-hex}", 2)));
    assert_eq!(sandbox.scan(&[]).json["findings"][0]["severity"], "low");
    let list = sandbox.skanner(&["rules"]).stdout;
    assert!(list.lines().any(|line| line.starts_with("uuid-key ") && line.contains(" low ")), "{list}");
    assert!(sandbox.skanner(&["explain", "uuid-key"]).stdout.contains("severity   low"));
    assert!(sandbox.skanner(&["explain", "uuid-key", "--isolated"]).stdout.contains("severity   high"));
}
