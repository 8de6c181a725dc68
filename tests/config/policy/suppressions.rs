//! Each kind of suppression, within each limit and beyond it.
// skanner:allow-file unused-suppression: these are texts of tests

use serde_json::Value;

use super::{POLICY, refused, sandbox, scan, under};
use crate::support::openai_key;

/// Ways to suppress the key of `a/critical.py`: the kind, the file that does it, and its text, in which `{key}`,
/// `{fingerprint}`, `{reason}` and `{until}` stand for what a case says.
const SUPPRESSIONS: &[(&str, &str, &str)] = &[
    ("comment", "a/critical.py", "k = '{key}'  # skanner:allow openai-project-key{ until}{ reason}\n"),
    (
        "comment",
        "a/critical.py",
        "# skanner:allow-next-line openai-project-key{ until}{ reason}\nk = '{key}'\n",
    ),
    ("comment", "a/critical.py", "# skanner:allow-file openai-project-key{ until}{ reason}\nk = '{key}'\n"),
    ("entry", "skanner.toml", "[[allow]]\npaths = [\"a/**\"]\n{toml}"),
    ("entry", "skanner.toml", "[[allow]]\nfingerprints = [\"{fingerprint}\"]\n{toml}"),
    ("entry", "skanner.toml", "[[allow]]\nvalues = [\"sk-proj-*\"]\n{toml}"),
    ("entry", "a/skanner.toml", "[[allow]]\npaths = [\"*.py\"]\n{toml}"),
    ("baseline", ".skanner-baseline", "{notes}{fingerprint} openai-project-key a/critical.py\n"),
    ("foreign", "a/critical.py", "k = '{key}'  # gitleaks:allow\n"),
    ("foreign", ".gitleaksignore", "a/critical.py:any:1\n"),
];

fn day(from_today: i64) -> String {
    let today = skanner::testing::day::Day::today();
    skanner::testing::day::Day::of_number(today.number() + from_today).to_string()
}

/// The text of a suppression.
fn text(template: &str, fingerprint: &str, reason: &str, until: &str) -> String {
    let some = |before: &str, text: &str, after: &str| match text {
        "" => String::new(),
        text => format!("{before}{text}{after}"),
    };
    let toml = some("reason = \"", reason, "\"\n") + &some("until = ", until, "\n");
    let notes = some("# ", reason, "\n") + &some("# until=", until, "\n");
    template
        .replace("{key}", &openai_key(1))
        .replace("{fingerprint}", fingerprint)
        .replace("{ until}", &some(" until ", until, ""))
        .replace("{ reason}", &some(" ", reason, ""))
        .replace("{toml}", &toml)
        .replace("{notes}", &notes)
}

/// The limits of a policy, the reason and the last day of a suppression, and which limit refuses which kinds.
type Case<'a> = (String, &'a str, &'a str, Vec<(&'a str, &'a str)>);

#[test]
fn each_suppression_counts_within_the_limits_and_not_beyond() {
    let far = day(400);
    let near = day(30);
    let all = ["comment", "entry", "baseline", "foreign"];
    let every = "allow-by = [\"comment\", \"entry\", \"baseline\", \"foreign\"]\n";
    let cases: Vec<Case<'_>> = vec![
        // Within the limits.
        (String::new(), "why", "", vec![("foreign", "policy.allow-by")]),
        (every.to_owned(), "why", "", vec![]),
        (format!("{every}require-reason = false\n"), "", "", vec![]),
        (format!("{every}latest-until = 90\n"), "why", &near, vec![("foreign", "policy.latest-until")]),
        (format!("{every}paths = [\"/a/\", \"!*.txt\"]\n"), "why", "", vec![]),
        (format!("{every}rules = [\"openai-project-key\"]\n"), "why", "", vec![]),
        (format!("{every}max-severity = \"critical\"\n"), "why", "", vec![]),
        // Beyond.
        ("allow-by = []\n".to_owned(), "why", "", all.map(|kind| (kind, "policy.allow-by")).to_vec()),
        (
            String::new(),
            "",
            "",
            vec![
                ("comment", "policy.require-reason"),
                ("entry", "policy.require-reason"),
                ("foreign", "policy.allow-by"),
            ],
        ),
        (
            format!("{every}require-reason = \"everywhere\"\n"),
            "",
            "",
            all.map(|kind| (kind, "policy.require-reason")).to_vec(),
        ),
        (
            format!("{every}latest-until = \"90d\"\n"),
            "why",
            "",
            all.map(|kind| (kind, "policy.latest-until")).to_vec(),
        ),
        (
            format!("{every}latest-until = \"90d\"\n"),
            "why",
            &far,
            all.map(|kind| (kind, "policy.latest-until")).to_vec(),
        ),
        (
            format!("{every}paths = [\"tests/**\", \"*.txt\"]\n"),
            "why",
            "",
            all.map(|kind| (kind, "policy.paths")).to_vec(),
        ),
        (
            format!("{every}rules = [\"hex-key\"]\n"),
            "why",
            "",
            all.map(|kind| (kind, "policy.rules")).to_vec(),
        ),
        (
            format!("{every}max-severity = \"high\"\n"),
            "why",
            "",
            all.map(|kind| (kind, "policy.max-severity")).to_vec(),
        ),
    ];
    let fingerprint = scan(&sandbox(""), false, &["a"], &[]).json["findings"][0]["fingerprint"].clone();
    let fingerprint = fingerprint.as_str().unwrap();
    for (kind, file, template) in SUPPRESSIONS {
        for (limits, reason, until, expected) in &cases {
            let sandbox = sandbox(&format!("[policy]\n{limits}"));
            sandbox.write(file, text(template, fingerprint, reason, until));
            let arguments: &[&str] = match *kind {
                "foreign" => &["a", "--trust-foreign-markers"],
                _ => &["a"],
            };
            let context = format!("{template} under {limits} ({reason}, {until})");
            let before = scan(&sandbox, false, arguments, &[]);
            assert_eq!((before.code, before.json["suppressed"].as_u64()), (0, Some(1)), "{context}");
            let after = scan(&sandbox, true, arguments, &[]);
            let limit = expected.iter().find(|(of, _)| of == kind).map(|(_, limit)| *limit);
            let Some(limit) = limit else {
                assert_eq!(after.code, 0, "{context}: {:#}", after.json);
                assert_eq!(after.json["suppressed"], 1, "{context}");
                assert_eq!(refused(&after), Vec::<String>::new(), "{context}");
                continue;
            };
            assert_eq!((after.code, after.places().len()), (1, 1), "{context}: {:#}", after.json);
            let finding = &after.json["findings"][0];
            assert_eq!(finding["allowed_by"]["place"], *file, "{context}: {finding:#}");
            assert!(finding["refused_because"].is_string(), "{context}: {finding:#}");
            let all = after.json["refused"].as_array().unwrap();
            let named = all.iter().filter(|one| one["place"] == *file && one["limit"] == limit);
            let named: Vec<&Value> = named.collect();
            assert_eq!(named.len(), 1, "{context}: {all:#?}");
            assert_eq!(named[0]["keys"], 1, "{context}: {all:#?}");
            if limits != "allow-by = []\n" {
                continue;
            }
            let run = under(&sandbox, &[&["scan"], arguments].concat());
            let said = format!("allowed by {file}");
            assert!(run.stdout.contains(&said) && run.stdout.contains("policy.toml refuses: "), "{run:?}");
            assert!(run.stdout.contains("policy.toml refused "), "{run:?}");
        }
    }
}

#[test]
fn a_refused_suppression_does_not_keep_another_one_from_counting() {
    let sandbox = sandbox("");
    sandbox.write(
        "skanner.toml",
        "[[allow]]\npaths = [\"a/**\"]\n[[allow]]\npaths = [\"*.py\"]\nreason = \"made up\"\n",
    );
    let report = scan(&sandbox, true, &["a"], &[]);
    assert_eq!((report.code, report.json["suppressed"].as_u64()), (0, Some(1)), "{:#}", report.json);
    assert_eq!(refused(&report), ["skanner.toml:1 policy.require-reason"]);
}

#[test]
fn what_the_policy_itself_allows_counts_always() {
    let policy = "exclude-rules = [\"hugging-face-user-token\"]\n[[allow]]\npaths = [\"/a/**\"]\n\
                  [policy]\nallow-by = []\nrequire-reason = \"everywhere\"\nmax-severity = \"low\"\n";
    let sandbox = sandbox(policy);
    let report = scan(&sandbox, true, &["a", "b"], &[]);
    assert_eq!(report.code, 0, "{:#}", report.json);
    let by = &report.json["suppressed_by"][0];
    assert!(by["place"].as_str().unwrap().ends_with("/org/policy.toml"), "{by}");
    assert_eq!(by["count"], 1);
    let left_out = report.json["left_out"].as_object().unwrap();
    assert!(
        left_out.iter().all(|(by, count)| by.ends_with("/org/policy.toml") && count == 1),
        "{left_out:?}"
    );
    // An entry for another repository is no news in this one.
    sandbox.write(POLICY, "[[allow]]\npaths = [\"/elsewhere/**\"]\n");
    let report = scan(&sandbox, true, &["."], &[]);
    assert_eq!(report.json.get("unused_suppressions"), None, "{:#}", report.json);
    assert_eq!(report.json["policy"]["file"].as_str().unwrap().rsplit('/').next(), Some("policy.toml"));
}

#[test]
fn an_unread_input_stays_one() {
    let entry = "accept-unread = [{ path = \"d/*.zip\", reason = \"damaged\" }]\n";
    for (policy, code) in [
        ("", 2),
        ("[policy]\nallow-by = [\"unread\"]\n", 0),
        ("[policy]\nallow-by = [\"unread\"]\npaths = [\"/e/**\"]\n", 2),
        ("[policy]\nallow-by = [\"unread\"]\nlatest-until = \"9d\"\n", 2),
        (entry, 0),
    ] {
        let sandbox = sandbox(policy);
        sandbox.write("d/bad.zip", b"PK\x03\x04 nothing of the kind");
        sandbox.write("skanner.toml", entry);
        assert_eq!(scan(&sandbox, false, &["d"], &[]).code, 0, "{policy}");
        let report = scan(&sandbox, true, &["d"], &[]);
        assert_eq!(report.code, code, "{policy}: {:#}", report.json);
    }
}

#[test]
fn git_cannot_hide_what_the_policy_wants_read() {
    let sandbox = sandbox("[policy]\nread-ignored = true\n");
    sandbox.write(".gitignore", "a/\nb/\n");
    assert_eq!(scan(&sandbox, false, &[], &[]).paths(), ["c/low.py"]);
    assert_eq!(scan(&sandbox, true, &[], &[]).paths(), ["a/critical.py", "b/high.py", "c/low.py"]);
    let named = ["a/critical.py", "--force-exclude"];
    assert_eq!(scan(&sandbox, false, &named, &[]).code, 0);
    assert_eq!(scan(&sandbox, true, &named, &[]).code, 1);
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "one"]);
    let audit = under(&sandbox, &["audit", "--format", "json"]);
    assert_eq!(audit.report().paths(), ["a/critical.py", "b/high.py", "c/low.py"]);
}

/// Where another baseline is named: the place that is refused, arguments, and variables.
type Other<'a> = (&'a str, &'a [&'a str], &'a [(&'a str, &'a str)]);

#[test]
fn the_policy_says_which_baseline_counts() {
    let sandbox = sandbox("[baseline]\nfile = \"known.txt\"\n");
    let fingerprint = scan(&sandbox, false, &["a"], &[]).json["findings"][0]["fingerprint"].clone();
    let list = format!("{} openai-project-key a/critical.py\n", fingerprint.as_str().unwrap());
    sandbox.write("other.txt", &list);
    let other: [Other<'_>; 3] = [
        ("--baseline", &["--baseline", "other.txt"], &[]),
        ("SKANNER_BASELINE", &[], &[("SKANNER_BASELINE", "other.txt")]),
        ("skanner.toml:2", &[], &[]),
    ];
    for (place, arguments, variables) in other {
        if place.starts_with("skanner") {
            sandbox.write("skanner.toml", "[baseline]\nfile = \"other.txt\"\n");
        }
        let arguments = [&["a"], arguments].concat();
        assert_eq!(scan(&sandbox, false, &arguments, variables).code, 0, "{place}");
        let report = scan(&sandbox, true, &arguments, variables);
        assert_eq!((report.code, refused(&report)), (1, vec![format!("{place} baseline.file")]));
    }
    std::fs::remove_file(sandbox.path("skanner.toml")).unwrap();
    sandbox.write("known.txt", list);
    assert_eq!(scan(&sandbox, true, &["a"], &[]).code, 0);
    assert_eq!(scan(&sandbox, true, &["a", "--baseline", "known.txt"], &[]).code, 0);
}
