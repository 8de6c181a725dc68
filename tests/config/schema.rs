//! `skanner schema config` says what is read, and `skanner init` writes what both take.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use crate::{
    parse,
    support::{Run, Sandbox, openai_key},
};

fn schema() -> Value {
    let run = Sandbox::new().skanner(&["schema", "config"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// As editors hand it to a validator: days are texts.
fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => json!(date.to_string()),
        toml::Value::Array(all) => all.iter().map(as_json).collect(),
        toml::Value::Table(all) => {
            Value::Object(all.iter().map(|(key, value)| (key.clone(), as_json(value))).collect())
        }
        other => serde_json::to_value(other).unwrap(),
    }
}

fn errors(validator: &jsonschema::Validator, text: &str) -> Vec<String> {
    let table: toml::Table = text.parse().unwrap();
    validator.iter_errors(&as_json(&toml::Value::Table(table))).map(|error| error.to_string()).collect()
}

/// The template with all its examples turned on.
fn turned_on() -> String {
    let text = skanner::testing::config::TEMPLATE;
    let on = |line: &str| match line.strip_prefix('#') {
        Some(code) if !code.starts_with(' ') => code.to_owned() + "\n",
        _ => line.to_owned() + "\n",
    };
    text.lines().map(on).collect()
}

#[test]
fn it_is_draft_07_and_takes_the_template() {
    let schema = schema();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    let validator = jsonschema::draft7::new(&schema).unwrap();
    for text in [skanner::testing::config::TEMPLATE.to_owned(), turned_on(), String::new()] {
        assert_eq!(errors(&validator, &text), Vec::<String>::new());
    }
}

/// What is wrong with these is beyond a schema: it knows no rules, paths or shapes, and shapes of text are not TOML's.
const BEYOND: &[&str] = &[
    "accept-unread-bracket",
    "accept-unread-exception",
    "accept-unread-glob",
    "allow-path-above",
    "allow-path-brace",
    "allow-path-bracket",
    "allow-path-dot",
    "allow-path-exceptions",
    "allow-path-root",
    "allow-rule",
    "baseline-above",
    "baseline-absolute",
    "baseline-git",
    "baseline-git-config",
    "baseline-git-short",
    "glob-brace",
    "glob-class",
    "glob-comment",
    "own-built-in-id",
    "own-control-character",
    "own-example-long",
    "own-example-shape",
    "own-id-twice",
    "own-issuer-empty",
    "own-regex-back-reference",
    "own-regex-class",
    "own-regex-escape",
    "own-regex-group-twice",
    "own-regex-in-basic-string",
    "own-regex-keyword-short",
    "own-regex-look-ahead",
    "own-regex-look-behind",
    "own-regex-matches-nothing",
    "own-regex-no-literal",
    "own-regex-not-syntax",
    "own-regex-optional-literal",
    "own-regex-path-syntax",
    "own-regex-repeat-nothing",
    "own-regex-requires-context",
    "own-regex-short-literal",
    "own-regex-slow-and-keywords",
    "own-regex-too-large",
    "own-regex-too-long",
    "own-regex-too-wide",
    "own-regex-unbounded-least",
    "own-regex-unbounded-plus",
    "own-regex-unbounded-star",
    "own-regex-unclosed",
    "own-regex-unicode",
    "own-requires-context",
    "own-shape-class",
    "own-shape-empty",
    "own-shape-lengths",
    "own-shape-long",
    "own-shape-not-closed",
    "own-shape-number",
    "own-shape-prefix",
    "own-shape-prefix-long",
    "own-shape-regex",
    "own-shape-ways",
    "own-word-empty",
    "policy-paths-above",
    "policy-paths-bracket",
    "policy-paths-dot",
    "policy-paths-exceptions",
    "policy-rules-near",
    "repository-policy",
    "repository-policy-inline",
    "rule-far",
    "rule-near",
    "severity-rule",
];

#[test]
fn it_refuses_what_is_refused() {
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    let mut beyond = BTreeSet::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config/errors")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let is_toml = path.extension().is_some_and(|extension| extension == "toml")
            && text.parse::<toml::Table>().is_ok();
        if is_toml && errors(&validator, &text).is_empty() {
            beyond.insert(name);
        }
    }
    assert_eq!(beyond, BEYOND.iter().map(|name| (*name).to_owned()).collect());
}

/// Every key that the schema has is read, and no other one.
#[test]
fn schema_and_reader_know_the_same_keys() {
    let schema = schema();
    let keys = |definition: &Value| -> BTreeSet<String> {
        definition["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let said = |text: &str| parse(text).unwrap_err().problems.remove(0).message;
    let known = |text: &str| -> BTreeSet<String> {
        // A name that is near to none makes the reader list all.
        let message = said(text);
        let (_, list) = message.split_once("the keys are ").unwrap_or_else(|| panic!("{message}"));
        list.split(", ").map(|key| key.trim_matches('`').to_owned()).collect()
    };
    assert_eq!(keys(&schema), known("zzqqzz = 1"));
    let definitions = &schema["definitions"];
    for (name, text) in [
        ("BaselineTable", "[baseline]\nzzqqzz = 1"),
        ("Allow", "[[allow]]\npaths = [\"a\"]\nzzqqzz = 1"),
        ("AcceptUnread", "accept-unread = [{ path = \"a\", zzqqzz = 1 }]"),
    ] {
        assert_eq!(keys(&definitions[name]), known(text), "{name}");
    }
    let on = turned_on();
    for (name, before) in [("Rule", "[[rule]]\n"), ("Form", "[[rule.form]]\n")] {
        let text = on.replacen(before, &format!("{before}zzqqzz = 1\n"), 1);
        assert_eq!(keys(&definitions[name]), known(&text), "{name}");
    }
}

#[test]
fn the_template_names_what_exists() {
    let empty = parse(skanner::testing::config::TEMPLATE).unwrap();
    assert!(empty.allow.is_empty() && empty.min_confidence.is_none() && empty.own_rules.is_empty());
    let config = parse(&turned_on()).unwrap();
    assert!(config.min_confidence.is_some() && config.rules.is_some() && config.exclude_rules.is_some());
    assert!(config.trust_foreign_markers.is_some() && config.baseline.file.is_some());
    assert!(config.baseline.scope.is_some() && config.severity.len() == 1 && config.accept_unread.len() == 1);
    assert!(config.min_severity.is_some() && config.fail_on.is_some());
    assert_eq!((config.allow.len(), config.own_rules.len()), (3, 1));
    let sandbox = Sandbox::new();
    sandbox.write("../organization/skanner.toml", "");
    sandbox.write("skanner.toml", turned_on());
    assert_eq!(sandbox.skanner(&["rules", "test"]).code, 0);
}

#[test]
fn init_writes_to_the_root_and_never_over_a_file() {
    let sandbox = Sandbox::new();
    sandbox.write("src/a.env", openai_key(1));
    let file = sandbox.path("skanner.toml");
    sandbox.git(".", &["init"]);
    let run = sandbox.skanner(&["init", "src"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let root = sandbox.tree().canonicalize().unwrap();
    assert_eq!(
        run.stdout,
        format!(
            "wrote {}\nrun `skanner hook install` to check every commit and push\n",
            root.join("skanner.toml").display()
        )
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), skanner::testing::config::TEMPLATE);
    // It changes nothing by itself.
    assert_eq!(sandbox.scan(&[]).places(), ["src/a.env:1:1 openai-project-key"]);

    fs::write(&file, "min-confidence = \"certain\"\n").unwrap();
    let run = sandbox.skanner(&["init"]);
    assert!(run.code == 2 && run.stderr.contains("already exists; --force replaces it"), "{run:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "min-confidence = \"certain\"\n");
    assert_eq!(sandbox.skanner(&["init", "--force"]).code, 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), skanner::testing::config::TEMPLATE);
    fs::remove_file(&file).unwrap();

    for (name, text) in [(".skanner.toml", ""), ("pyproject.toml", "[tool.skanner]\n")] {
        sandbox.write(name, text);
        let run = sandbox.skanner(&["init", "--force"]);
        assert!(run.code == 2 && run.stderr.contains("already contains a configuration"), "{run:?}");
        assert!(!file.exists());
        fs::remove_file(sandbox.path(name)).unwrap();
    }
    sandbox.git(".", &["init", "--bare", "bare.git"]);
    assert_eq!(sandbox.skanner(&["init", "bare.git"]).code, 2);

    // Without a repository, it is written here, and there is no hook to offer.
    let plain = Sandbox::new();
    let run = Run::of(plain.command(env!("CARGO_BIN_EXE_skanner")).args(["init"]));
    assert!(run.code == 0 && !run.stdout.contains("hook"), "{run:?}");
    assert!(plain.path("skanner.toml").exists());
}
