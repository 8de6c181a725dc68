//! `--family`: every command can look for one family alone, and says which.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use serde_json::Value;
use support::{Sandbox, key, openai_key};

/// A repository with a key of each family.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main"]);
    sandbox.write("sk.txt", openai_key(1));
    sandbox.write("ai.txt", key("hf_{L:34}", 2));
    sandbox
}

/// Options, the families that are then looked for, and how the summary calls them.
const CASES: [(&[&str], &[&str], &str); 5] = [
    (&[], &["sk", "ai"], "keys of the sk- family and of AI services"),
    (&["--family", "sk"], &["sk"], "keys of the sk- family"),
    (&["--family", "ai"], &["ai"], "keys of AI services"),
    (&["--family", "ai,sk"], &["sk", "ai"], "keys of the sk- family and of AI services"),
    (&["--family=ai", "--family=sk"], &["sk", "ai"], "keys of the sk- family and of AI services"),
];

fn texts(values: &Value, key: &str) -> Vec<String> {
    values.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_command_looks_for_what_is_asked() {
    let sandbox = repository();
    sandbox.git("", &["add", "-A"]);
    let all: [&[&str]; 4] = [&["scan", "."], &["scan", "--staged"], &["hook", "pre-commit"], &["audit"]];
    for command in all {
        if command == ["audit"] {
            sandbox.git("", &["commit", "-q", "-m", "all"]);
        }
        for (options, families, _) in CASES {
            let arguments = [command, options, &["--format", "json"]].concat();
            let json = sandbox.skanner(&arguments).report().json;
            assert_eq!(texts(&json["scope"]["families"], "id"), families, "{arguments:?}");
            let mut found = texts(&json["findings"], "family");
            found.sort_by_key(|family| family != "sk");
            assert_eq!(found, families, "{arguments:?}");
        }
    }
    // A baseline without entries.
    sandbox.write(".skanner-baseline", "");
    for command in [&["scan", "--history"][..], &["scan", "--range", "HEAD"], &["baseline", "check"]] {
        for (options, families, _) in CASES {
            let arguments = [command, options, &["--format", "json"]].concat();
            let json = sandbox.skanner(&arguments).report().json;
            assert_eq!(texts(&json["findings"], "family").len(), families.len(), "{arguments:?}");
        }
    }
}

#[test]
fn the_summary_names_the_families() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "nothing\n");
    for (options, _, words) in CASES {
        let run = sandbox.skanner(&[&["scan", "."], options].concat());
        assert!(run.stdout.contains(&format!("; looked for {words}, nothing left out")), "{run:?}");
    }
}

#[test]
fn rules_are_listed_by_family() {
    let sandbox = Sandbox::new();
    let count = |options: &[&str]| {
        let run = sandbox.skanner(&[&["rules", "list", "--format", "json"], options].concat());
        let list: Value = serde_json::from_str(&run.stdout).unwrap();
        let text = sandbox.skanner(&[&["rules", "list"], options].concat()).stdout;
        assert_eq!(list.as_array().unwrap().len(), text.lines().count());
        texts(&list, "family")
    };
    let [all, sk, ai] = [count(&[]), count(&["--family", "sk"]), count(&["--family", "ai"])];
    assert!(sk.iter().all(|family| family == "sk") && ai.iter().all(|family| family == "ai"));
    assert!(sk.len() > 90 && ai.len() > 10 && all.len() == sk.len() + ai.len());
    let scope = |options: &[&str]| {
        let arguments = [&["scan", ".", "--format", "json"], options].concat();
        sandbox.skanner(&arguments).report().json["scope"]["rules"].as_u64().unwrap()
    };
    assert_eq!(scope(&["--family", "ai"]), ai.len() as u64);
    assert_eq!(scope(&[]), all.len() as u64);
}

#[test]
fn settings_name_families_too() {
    let sandbox = repository();
    sandbox.write("skanner.toml", "families = [\"sk\"]\n");
    let families = |options: &[&str], variable: Option<&str>| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.args([&["scan", ".", "--format", "json"], options].concat());
        command.envs(variable.map(|value| ("SKANNER_FAMILY", value)));
        let report: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        texts(&report["scope"]["families"], "id")
    };
    assert_eq!(families(&[], None), ["sk"]);
    assert_eq!(families(&[], Some("ai")), ["ai"]);
    assert_eq!(families(&["--family", "sk"], Some("ai")), ["sk"]);
    // A file does not hide a rule that is asked for by name.
    assert_eq!(families(&["--rule", "hugging-face-user-token"], None), ["sk", "ai"]);
    let run = sandbox.skanner(&["scan", "."]);
    assert!(run.stdout.contains("skanner.toml excludes the family ai"), "{run:?}");
}

#[test]
fn a_family_that_does_not_exist_is_refused() {
    let sandbox = Sandbox::new();
    for command in [&["scan", "."][..], &["audit"], &["rules", "list"], &["hook", "pre-commit"]] {
        let run = sandbox.skanner(&[command, &["--family", "llm"]].concat());
        assert!(run.code == 2 && run.stderr.contains("invalid value 'llm'"), "{run:?}");
        assert!(run.stderr.contains("[possible values: sk, ai]"), "{run:?}");
    }
    let run = sandbox.skanner(&["scan", ".", "--family", "sk", "--rule", "hugging-face-user-token"]);
    let why = "--rule: the rule `hugging-face-user-token` belongs to the family ai, which --family excludes";
    assert!(run.code == 2 && run.stderr.contains(why), "{run:?}");
    sandbox.write("skanner.toml", "families = [\"llm\"]\n");
    let run = sandbox.skanner(&["scan", "."]);
    assert!(run.code == 2 && run.stderr.contains("families"), "{run:?}");
}
