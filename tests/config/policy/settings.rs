//! Each way to make a run report less, by each source of settings.

use super::{POLICY, refused, sandbox, scan};
use crate::support::openai_key;

/// A way to make a run report less: its name, the setting that the policy protects, what the policy says, what a
/// configuration says, an option, a variable, and the directory in which a key is then not reported.
struct Way {
    name: &'static str,
    limit: &'static str,
    policy: &'static str,
    file: &'static str,
    option: Option<[&'static str; 2]>,
    variable: Option<(&'static str, &'static str)>,
    hidden: &'static str,
}

const WAYS: &[Way] = &[
    Way {
        name: "a higher confidence",
        limit: "min-confidence",
        policy: "",
        file: "min-confidence = \"certain\"",
        option: Some(["--min-confidence", "certain"]),
        variable: Some(("SKANNER_MIN_CONFIDENCE", "certain")),
        hidden: "b",
    },
    Way {
        name: "a higher severity",
        limit: "min-severity",
        policy: "min-severity = \"high\"\n",
        file: "min-severity = \"critical\"",
        option: Some(["--min-severity", "critical"]),
        variable: Some(("SKANNER_MIN_SEVERITY", "critical")),
        hidden: "b",
    },
    Way {
        name: "a threshold",
        limit: "fail-on",
        policy: "",
        file: "fail-on = \"critical\"",
        option: Some(["--fail-on", "critical"]),
        variable: Some(("SKANNER_FAIL_ON", "critical")),
        hidden: "b",
    },
    Way {
        name: "a threshold of confidence",
        limit: "fail-on",
        policy: "fail-on = \"high,likely\"\n",
        file: "fail-on = \"high,certain\"",
        option: Some(["--fail-on", "high,certain"]),
        variable: Some(("SKANNER_FAIL_ON", "high,certain")),
        hidden: "b",
    },
    Way {
        name: "fewer families",
        limit: "families",
        policy: "",
        file: "families = [\"sk\"]",
        option: Some(["--family", "sk"]),
        variable: Some(("SKANNER_FAMILY", "sk")),
        hidden: "b",
    },
    Way {
        name: "other rules",
        limit: "rules",
        policy: "",
        file: "rules = [\"hex-key\"]",
        option: Some(["--rule", "hex-key"]),
        variable: Some(("SKANNER_RULE", "hex-key")),
        hidden: "a",
    },
    Way {
        name: "fewer rules",
        limit: "rules",
        policy: "rules = [\"openai-project-key\", \"hex-key\"]\n",
        file: "rules = [\"hex-key\", \"uuid-key\"]",
        option: Some(["--rule", "hex-key,uuid-key"]),
        variable: Some(("SKANNER_RULE", "hex-key,uuid-key")),
        hidden: "a",
    },
    Way {
        name: "excluded rules",
        limit: "exclude-rules",
        policy: "exclude-rules = [\"hex-key\"]\n",
        file: "exclude-rules = [\"hex-key\", \"openai-project-key\"]",
        option: Some(["--exclude-rule", "hex-key,openai-project-key"]),
        variable: Some(("SKANNER_EXCLUDE_RULE", "hex-key,openai-project-key")),
        hidden: "a",
    },
    Way {
        name: "more excluded rules",
        limit: "exclude-rules",
        policy: "",
        file: "extra-exclude-rules = [\"openai-project-key\"]",
        option: None,
        variable: None,
        hidden: "a",
    },
    Way {
        name: "a lower severity",
        limit: "severity",
        policy: "fail-on = \"high\"\n",
        file: "severity = { openai-project-key = \"low\" }\nfail-on = \"high\"",
        option: None,
        variable: None,
        hidden: "a",
    },
    Way {
        name: "the key in every file",
        limit: "baseline.scope",
        policy: "",
        // The baseline lists the key in another file.
        file: "baseline = { scope = \"secret\" }",
        option: None,
        variable: None,
        hidden: "d",
    },
    Way {
        name: "comments for other scanners",
        limit: "policy.allow-by",
        policy: "",
        file: "trust-foreign-markers = true",
        option: Some(["--trust-foreign-markers", "--full"]),
        variable: None,
        hidden: "e",
    },
    Way {
        name: "exit code 0",
        limit: "fail-on",
        policy: "",
        file: "",
        option: Some(["--exit-zero", "--full"]),
        variable: None,
        hidden: "a",
    },
];

#[test]
fn nothing_weakens_it() {
    for way in WAYS {
        let sandbox = sandbox(way.policy);
        sandbox.write("d/copy.py", format!("k = '{}'\n", openai_key(4)));
        sandbox.write("d2/first.py", format!("k = '{}'\n", openai_key(4)));
        sandbox.write("e/marked.py", format!("k = '{}' # gitleaks:allow\n", openai_key(5)));
        let fingerprint = scan(&sandbox, false, &["d2"], &[]).json["findings"][0]["fingerprint"].clone();
        let entry = format!("{} openai-project-key d2/first.py\n", fingerprint.as_str().unwrap());
        sandbox.write(".skanner-baseline", entry);
        // What is found under the policy alone.
        let plain = scan(&sandbox, true, &[way.hidden], &[]);
        assert_eq!(refused(&plain), Vec::<String>::new(), "{}", way.name);
        let check = |source: &str, place: &str, arguments: &[&str], variables: &[(&str, &str)]| {
            let all = [&[way.hidden], arguments].concat();
            let context = format!("{} by {source}", way.name);
            let before = scan(&sandbox, false, &all, variables);
            assert_ne!(before.code, 1, "{context} has an effect: {:#}", before.json);
            let after = scan(&sandbox, true, &all, variables);
            assert_eq!(after.code, 1, "{context}: {:#}", after.json);
            assert_eq!(after.places(), plain.places(), "{context}");
            let expected = format!("{place} {}", way.limit);
            assert!(refused(&after).contains(&expected), "{context}: {expected}: {:?}", refused(&after));
        };
        if let Some(option) = way.option {
            check("an option", option[0], &option, &[]);
        }
        if let Some(variable) = way.variable {
            check("a variable", variable.0, &[], &[variable]);
        }
        if way.file.is_empty() {
            continue;
        }
        let text = format!("{}\n", way.file);
        let source = |files: &[(&str, &str)], line: u64, arguments: &[&str], variables: &[(&str, &str)]| {
            for (file, text) in files {
                sandbox.write(file, text);
            }
            let (name, _) = files[files.len() - 1];
            check(name, &format!("{name}:{line}"), arguments, variables);
            for (file, _) in files {
                std::fs::remove_file(sandbox.path(file)).unwrap();
            }
        };
        source(&[("skanner.toml", &text)], 1, &[], &[]);
        source(&[(".skanner.toml", &text)], 1, &[], &[]);
        source(&[("pyproject.toml", &format!("[tool.skanner]\n{text}"))], 2, &[], &[]);
        source(&[("skanner.toml", "extend = \"shared.toml\"\n"), ("shared.toml", &text)], 1, &[], &[]);
        source(&[("other.toml", &text)], 1, &["--config", "other.toml"], &[]);
        source(&[("other.toml", &text)], 1, &[], &[("SKANNER_CONFIG", "other.toml")]);
        if way.limit != "baseline.scope" {
            // A nested one counts for what is below it.
            source(&[(&format!("{}/skanner.toml", way.hidden), &text)], 1, &[], &[]);
        }
    }
}

#[test]
fn what_is_stricter_counts() {
    let policy = "min-confidence = \"certain\"\nmin-severity = \"high\"\nfail-on = \"critical\"\nfamilies = [\"sk\"]\n\
                  exclude-rules = [\"openai-project-key\"]\n";
    let sandbox = sandbox(policy);
    assert_eq!(scan(&sandbox, true, &[], &[]).code, 0);
    let cases: [(&str, &str, [&str; 2]); 3] = [
        ("families", "families = [\"sk\", \"ai\"]\n", ["--family", "sk,ai"]),
        ("severity", "min-severity = \"low\"\n", ["--min-severity", "low"]),
        ("confidence", "min-confidence = \"possible\"\n", ["--min-confidence", "possible"]),
    ];
    for (name, file, option) in &cases {
        let by_option = scan(&sandbox, true, option, &[]);
        assert_eq!(refused(&by_option), Vec::<String>::new(), "{name}");
        sandbox.write("skanner.toml", file);
        let by_file = scan(&sandbox, true, &[], &[]);
        assert_eq!(refused(&by_file), Vec::<String>::new(), "{name}");
        assert_eq!(by_file.json["left_out"], by_option.json["left_out"].clone(), "{name}");
        std::fs::remove_file(sandbox.path("skanner.toml")).unwrap();
    }
    sandbox.write("skanner.toml", "families = [\"sk\", \"ai\"]\nmin-confidence = \"likely\"\nmin-severity = \"low\"\nfail-on = \"low\"\n");
    let report = scan(&sandbox, true, &[], &[]);
    assert_eq!((report.code, report.paths()), (1, vec!["b/high.py".to_owned(), "c/low.py".to_owned()]));
    assert_eq!(refused(&report), Vec::<String>::new());
    // A lower severity is refused, and a higher one counts.
    sandbox.write(
        "skanner.toml",
        "[severity]\nhugging-face-user-token = \"critical\"\nstripe-test-key = \"critical\"\n",
    );
    sandbox.write(POLICY, "fail-on = \"critical\"\n[severity]\nstripe-test-key = \"medium\"\n");
    assert_eq!(scan(&sandbox, true, &["b"], &[]).code, 1);
    sandbox.write("skanner.toml", "[severity]\nstripe-test-key = \"low\"\n");
    let report = scan(&sandbox, true, &["c"], &[]);
    assert_eq!(report.json["findings"][0]["severity"], "medium");
    assert_eq!(refused(&report), ["skanner.toml:2 severity"]);
}
