//! What is said of a policy and of what it refuses.

use serde_json::Value;

use super::{sandbox, under};

#[test]
fn every_format_with_room_for_it_says_what_was_refused() {
    let sandbox = sandbox("");
    sandbox.write("skanner.toml", "exclude-rules = [\"hex-key\"]\n[[allow]]\npaths = [\"a/**\"]\n");
    for (format, expected) in [
        (
            "text",
            "  skanner.toml:1: exclude-rules = [\"hex-key\"]: the policy reports these (exclude-rules)\n",
        ),
        (
            "text",
            "  skanner.toml:2: [[allow]] paths = [\"a/**\"]: no reason is given (policy.require-reason); 1 key\n",
        ),
        ("json", "\"limit\": \"policy.require-reason\""),
        ("jsonl", "\"limit\":\"policy.require-reason\""),
        ("html", "What the policy refused"),
        ("sarif", "no reason is given (policy.require-reason)."),
        ("github", "title=skanner%3A refused by the policy::skanner.toml:1: exclude-rules"),
    ] {
        let run = under(&sandbox, &["scan", "a", "--format", format]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stdout.contains(expected), "{format}: {}", run.stdout);
    }
    // Nothing is said where nothing was refused.
    let run = under(&sandbox, &["scan", "a", "--isolated"]);
    assert!(!run.stdout.contains("refused") && run.stdout.contains("; policy: /"), "{run:?}");
    // Nobody is quiet about it.
    sandbox.write("a/critical.py", "");
    let run = under(&sandbox, &["scan", "a", "-q"]);
    assert!(run.code == 0 && run.stdout.contains("policy.toml refused 2 "), "{run:?}");
}

#[test]
fn the_settings_say_where_they_come_from() {
    let sandbox =
        sandbox("extend = \"base.toml\"\nmin-confidence = \"likely\"\n[policy]\nlatest-until = 30\n");
    sandbox.write(
        "../org/base.toml",
        "min-severity = \"medium\"\n[policy]\nmax-severity = \"low\"\nlatest-until = 90\n",
    );
    sandbox.write("skanner.toml", "min-severity = \"low\"\nexclude-rules = [\"hex-key\"]\n");
    let json = under(&sandbox, &["config", "--format", "json"]).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    let row = |key: &str| {
        let row = json["settings"].as_array().unwrap().iter().find(|row| row["key"] == key).unwrap();
        let place = row["place"].as_str().unwrap().rsplit('/').next().unwrap();
        format!("{} {} {place}", row["value"], row["source"].as_str().unwrap())
    };
    assert_eq!(row("min-confidence"), "\"likely\" policy policy.toml:2");
    assert_eq!(row("min-severity"), "\"low\" file skanner.toml:1");
    assert_eq!(row("exclude-rules"), "[] default default");
    assert_eq!(row("policy.latest-until"), "\"30d\" policy policy.toml");
    assert_eq!(row("policy.max-severity"), "\"low\" policy policy.toml");
    assert_eq!(json["refused"][0]["limit"], "exclude-rules");
    let text = under(&sandbox, &["config"]).stdout;
    assert!(
        text.starts_with("policy: /") && text.contains("refused: skanner.toml:2: exclude-rules"),
        "{text}"
    );
}

#[test]
fn a_baseline_that_does_not_count_is_said_to_be_none() {
    let sandbox = sandbox("[policy]\nallow-by = [\"comment\"]\n");
    let run = under(&sandbox, &["baseline", "create"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("3 keys in .skanner-baseline are still reported, because /"), "{run:?}");
    assert!(run.stdout.contains("entries of a baseline do not count (policy.allow-by); 1 key"), "{run:?}");
}
