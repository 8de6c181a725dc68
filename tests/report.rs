//! Reports against their schemas, and the facts in them by hand.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use serde_json::{Value, json};
use support::{Sandbox, key, openai_key};

/// Findings of several kinds, in names that need escaping, and something that cannot be read.
fn sample() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("a b/ü#1.py", format!("x = 1\nkey = 'é{}' # {}\n", openai_key(1), key("sk-or-v1-{h:64}", 2)));
    sandbox.write("again.txt", openai_key(1));
    sandbox.write("likely.env", format!("MOONSHOT_API_KEY={}\n", key("sk-{A:48}", 3)));
    sandbox.write("shared.env", format!("KEY={}\n", key("sk-{uuid4-hex}", 4)));
    sandbox.write(format!("{}.txt", key("sk-or-v1-{h:64}", 5)), "x");
    sandbox
}

const PATHS: &[&str] = &["scan", ".", "missing", "--format"];

fn validate(schema: &Value, document: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn json_is_what_its_schema_says() {
    let sandbox = sample();
    let schema: Value = serde_json::from_str(&sandbox.skanner(&["schema", "report"]).stdout).unwrap();
    let report = sandbox.skanner(&[PATHS, &["json"]].concat()).report();
    validate(&schema, &report.json);
    // The schema must be able to fail.
    let mut broken = report.json.clone();
    broken["findings"][0]["confidence"] = json!("sure");
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&broken));
}

#[test]
fn json_by_hand() {
    let sandbox = sample();
    let report = sandbox.skanner(&[PATHS, &["json"]].concat()).report();
    let document = &report.json;
    assert_eq!((report.code, &document["schema"], &document["complete"]), (2, &json!(1), &json!(false)));
    assert_eq!(document["not_scanned"], json!([{"what": "missing", "why": "no such file or directory"}]));
    assert_eq!((&document["scanned"]["files"], &document["suppressed"]), (&json!(5), &json!(0)));
    let first = &document["findings"][0];
    let secret = openai_key(1);
    let masked = format!("sk-proj-…{}", &secret[160..]);
    assert_eq!(first["rule"], "openai-project-key");
    assert_eq!((&first["severity"], &first["confidence"]), (&json!("critical"), &json!("certain")));
    assert_eq!(first["secret"], masked.as_str());
    assert_eq!(first["candidates"], Value::Null);
    let remedy = &first["remedy"];
    assert_eq!(remedy["revoke_url"], "https://platform.openai.com/api-keys");
    assert_eq!(remedy["revoke"], "Revoke the key at https://platform.openai.com/api-keys.");
    assert_eq!(remedy["usage_url"], "https://platform.openai.com/settings/organization/usage");
    for fact in ["usage", "breaks", "limits", "leaked", "rotate"] {
        let text = remedy[fact].as_str().unwrap_or_default();
        let is_step =
            remedy["steps"].as_array().unwrap().iter().any(|step| step.as_str().unwrap().contains(text));
        assert!(!text.is_empty() && is_step, "{fact}: {remedy}");
    }
    let place = &first["occurrences"][0];
    assert_eq!((&place["source"], &place["path"]), (&json!("file"), &json!("a b/ü#1.py")));
    let numbers = ["line", "column", "end_line", "end_column"].map(|name| place[name].as_u64().unwrap());
    assert_eq!(numbers, [2, 9, 2, 9 + 164]);
    let excerpt = place["excerpt"].as_str().unwrap();
    assert!(excerpt.starts_with(&format!("key = 'é{masked}' # sk-or-v1-…")), "{excerpt}");
    assert_eq!(first["occurrences"][1]["path"], "again.txt");

    let moonshot = &document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["rule"] == "moonshot-api-key")
        .unwrap();
    assert!(moonshot["why"].as_str().unwrap().contains("`MOONSHOT_API_KEY` on the same line"));
    assert!(moonshot["candidates"].as_array().unwrap().len() > 1);
    let shared =
        &document["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "uuid-key").unwrap();
    let issuers: Vec<&str> =
        shared["candidates"].as_array().unwrap().iter().map(|one| one["issuer"].as_str().unwrap()).collect();
    assert!(issuers.contains(&"DeepSeek") && issuers.contains(&"Alibaba Cloud"), "{issuers:?}");
}

#[test]
fn lines_end_with_a_summary() {
    let sandbox = sample();
    let run = sandbox.skanner(&[PATHS, &["jsonl"]].concat());
    let lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (summary, findings) = lines.split_last().unwrap();
    assert!(findings.iter().all(|line| line["type"] == "finding"));
    assert_eq!((&summary["type"], &summary["findings"]), (&json!("summary"), &json!(findings.len())));
    assert_eq!(summary["complete"], json!(false));
    let report = sandbox.skanner(&[PATHS, &["json"]].concat()).report();
    for (line, finding) in findings.iter().zip(report.json["findings"].as_array().unwrap()) {
        let mut line = line.clone();
        line.as_object_mut().unwrap().remove("type");
        assert_eq!(&line, finding);
    }
}

#[test]
fn sarif_is_what_its_schema_says() {
    // The published schema has a stray bracket in the pattern of a property that we do not write.
    let schema =
        include_str!("../fixtures/sarif-schema-2.1.0.json").replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let sandbox = sample();
    for arguments in
        [&["scan", ".", "missing"][..], &["scan", "again.txt"], &["scan", "--rule", "stripe-test-key"]]
    {
        let run = sandbox.skanner(&[arguments, &["--format", "sarif"]].concat());
        let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
        validate(&schema, &sarif);
    }
}

#[test]
fn sarif_by_hand() {
    let sandbox = sample();
    sandbox.git("", &["init", "-q"]);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.current_dir(sandbox.path("a b")).args([
        "scan",
        ".",
        "../again.txt",
        "missing",
        "--format",
        "sarif",
    ]);
    let run = support::Run::of(&mut command);
    let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    // One unreadable file must not make GitHub refuse every key. Without a key, it must.
    assert_eq!(run["invocations"][0]["executionSuccessful"], json!(true));
    let none = sandbox.skanner(&["scan", "missing", "--format", "sarif"]);
    let none: Value = serde_json::from_str(&none.stdout).unwrap();
    assert_eq!(none["runs"][0]["invocations"][0]["executionSuccessful"], json!(false));
    assert_eq!(run["automationDetails"]["id"], "skanner/tree/");
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert!(notes[0]["message"]["text"].as_str().unwrap().contains("missing"), "{notes:?}");
    // Paths are relative to the repository, whatever folder the scan began in.
    let results = run["results"].as_array().unwrap();
    let uris: Vec<&str> = results
        .iter()
        .map(|result| &result["locations"][0]["physicalLocation"]["artifactLocation"])
        .inspect(|location| assert_eq!(location["uriBaseId"], "%SRCROOT%"))
        .map(|location| location["uri"].as_str().unwrap())
        .collect();
    assert!(uris.contains(&"a%20b/%C3%BC%231.py") && uris.contains(&"again.txt"), "{uris:?}");
    // Two checkouts of the same tree give the same report.
    let directory = sandbox.path("").display().to_string();
    assert!(!sarif.to_string().contains(&directory), "{directory}");
    let at = uris.iter().position(|uri| uri.starts_with("a%20b")).unwrap();
    let result = &results[at];
    let rule =
        &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
    assert_eq!(
        (&rule["id"], &result["ruleId"]),
        (&json!("openai-project-key"), &json!("openai-project-key"))
    );
    assert_eq!(rule["properties"]["security-severity"], "9.5");
    assert_eq!(rule["properties"]["precision"], "very-high");
    assert!(rule["help"]["text"].as_str().unwrap().contains("platform.openai.com"));
    assert!(result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().ends_with(":1"));
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["endLine"]), (&json!(2), &json!(2)));
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&json!(9), &json!(9 + 164)));
}
