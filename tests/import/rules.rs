//! Rules of other scanners: `rules-from` names their file, and lists name their keys.

use super::harness::*;
use crate::support::key;

const RULES: usize = 40;

/// A repository of a team with rules of its own for gitleaks, a key of each that its report lists, and new ones.
fn team(known: usize) -> Sandbox {
    let sandbox = repository();
    let mut rules = "[extend]\nuseDefault = true\n".to_owned();
    for at in 0..RULES {
        rules += &format!(
            "[[rules]]\nid = \"team_{at}\"\ndescription = \"A key of service {at}.\"\nregex = '''\\btm{at:02}_([a-z0-9]{{32}})\\b'''\n\
             keywords = [\"tm{at:02}_\"]\n"
        );
    }
    sandbox.write(".gitleaks.toml", rules);
    let mut report = Vec::new();
    for at in 0..known {
        let (rule, secret) = (at % RULES, key("{a:32}", at as u64));
        let path = format!("src/{:02}.py", at / 25);
        let line = at % 25 + 1;
        report.push(serde_json::json!({
            "RuleID": format!("team_{rule}"), "File": path, "StartLine": line, "EndLine": line, "Secret": secret,
            "Match": format!("tm{rule:02}_{secret}"), "Commit": "",
        }));
    }
    for file in 0..known.div_ceil(25) {
        let lines = (file * 25..known.min(file * 25 + 25))
            .map(|at| format!("k{at} = \"tm{:02}_{}\"\n", at % RULES, key("{a:32}", at as u64)));
        sandbox.write(format!("src/{file:02}.py"), lines.collect::<String>());
    }
    sandbox.write("../report.json", serde_json::to_vec(&report).unwrap());
    sandbox
}

#[test]
fn a_team_with_rules_and_a_baseline_gets_the_same_verdict() {
    let sandbox = team(500);
    let run = import(&sandbox, &[".gitleaks.toml", "../report.json"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_says(
        &run,
        &[
            "../report.json (gitleaks)",
            "500       500",
            ".gitleaks.toml: 40 of 40 rules are used.",
            "Named the rules of .gitleaks.toml in skanner.toml, under rules-from.",
            "Added 0 entries to skanner.toml and 500 entries to .skanner-baseline.",
        ],
    );
    assert_eq!(config(&sandbox), "rules-from = [\".gitleaks.toml\"]\n");
    assert_eq!(sandbox.skanner(&["scan", "."]).code, 0);
    // What is new is found.
    sandbox.write("src/new.py", format!("k = \"tm07_{}\"\n", key("{a:32}", 9_999)));
    let report = sandbox.scan(&["."]);
    assert_eq!((report.code, report.paths()), (1, vec!["src/new.py".to_owned()]));
    // The second time there is nothing to add.
    std::fs::remove_file(sandbox.path("src/new.py")).unwrap();
    let run = import(&sandbox, &[".gitleaks.toml", "--check"]);
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn a_check_writes_nothing() {
    let sandbox = team(30);
    let run = import(&sandbox, &[".gitleaks.toml", "../report.json", "--check"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_says(
        &run,
        &["Would name the rules of .gitleaks.toml in skanner.toml, under rules-from.", "Would add"],
    );
    assert!(!sandbox.path("skanner.toml").exists());
}

#[test]
fn rules_that_cannot_be_named_are_an_error() {
    let sandbox = team(0);
    sandbox.write("skanner.toml", "rules-from = [\"other.toml\"]\n");
    sandbox.write("other.toml", "[[rules]]\nid = \"a\"\nregex = '''acme_[a-z]{9}'''\n");
    let run = import(&sandbox, &[".gitleaks.toml"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.stderr.contains("do that yourself, with rules-from = [\".gitleaks.toml\"]"),
        "{}",
        run.stderr
    );
    let sandbox = team(0);
    sandbox.write("../elsewhere/gitleaks.toml", "[[rules]]\nid = \"a\"\nregex = '''acme_[a-z]{9}'''\n");
    let run = import(&sandbox, &["../elsewhere/gitleaks.toml"]);
    assert!(run.code == 2 && run.stderr.contains("copy it there, and import it again"), "{run:?}");
}

#[test]
fn a_report_without_its_rules_says_that_they_are_missing() {
    let sandbox = team(3);
    let run = import(&sandbox, &["../report.json"]);
    assert_says(&run, &[".gitleaks.toml is not in use: if it has rules, name it as well"]);
    // Their keys may well be there.
    assert_says(&run, &["no key of a rule that is in use"]);
    assert!(!run.stdout.contains("no longer there"), "{}", run.stdout);
    let run = import(&sandbox, &[".gitleaks.toml", "../report.json"]);
    assert!(!run.stdout.contains("is not in use"), "{}", run.stdout);
}
