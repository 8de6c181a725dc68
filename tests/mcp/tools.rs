//! What the tools find and tell.
// skanner:allow-file unused-suppression: these are texts of tests

use serde_json::{Value, json};

use crate::{
    client::{Client, found},
    support::{Sandbox, openai_key},
};

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_text_is_scanned_under_its_name() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("skanner.toml", "[[allow]]\npaths = ['tests/**']\nreason = 'made up'\n");
    let mut client = Client::new(&sandbox);
    let text = format!("a = 1\nkey = '{}'\n", openai_key(1));
    let found_in = |client: &mut Client, arguments: Value| found(&client.data("scan_text", arguments));
    assert_eq!(found_in(&mut client, json!({ "text": "nothing" })), ("clean".to_owned(), vec![]));
    assert_eq!(found_in(&mut client, json!({ "text": "" })), ("clean".to_owned(), vec![]));
    assert_eq!(found_in(&mut client, json!({ "text": text })), ("findings".to_owned(), strings(&[":2"])));
    assert_eq!(found_in(&mut client, json!({ "text": text, "name": "src/a.py" })).1, ["src/a.py:2"]);
    assert_eq!(found_in(&mut client, json!({ "text": text, "name": "tests/a.py" })).0, "clean");
    let allowed = text.replace("'\n", "' # skanner:allow: made up\n");
    let data = client.data("scan_text", json!({ "text": allowed }));
    assert_eq!((&data["verdict"], &data["suppressed"]), (&json!("clean"), &json!(1)));
    let data = client.data("scan_text", json!({ "text": text }));
    let finding = &data["findings"][0];
    assert_eq!(finding["rule"], "openai-project-key");
    assert!(finding["remedy"]["revoke_url"].as_str().unwrap().starts_with("https://"));
    assert!(finding["secret"].as_str().unwrap().starts_with("sk-proj-…"));
}

#[test]
fn files_are_scanned_as_by_the_command() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".gitignore", "*.log\n");
    sandbox.write("a.log", openai_key(1));
    sandbox.write("src/a.py", openai_key(2));
    sandbox.write("b.py", openai_key(3));
    let mut client = Client::new(&sandbox);
    for (arguments, expected) in [
        (json!({}), vec!["b.py:1", "src/a.py:1"]),
        (json!({ "paths": ["."] }), vec!["b.py:1", "src/a.py:1"]),
        (json!({ "no_ignore": true }), vec!["a.log:1", "b.py:1", "src/a.py:1"]),
        (json!({ "paths": ["src", "src/a.py", "./src"] }), vec!["src/a.py:1"]),
        (json!({ "paths": ["a.log"] }), vec!["a.log:1"]),
    ] {
        let data = client.data("scan_paths", arguments.clone());
        let mut places = found(&data).1;
        places.iter_mut().for_each(|place| *place = place.trim_start_matches("./").to_owned());
        places.dedup();
        assert_eq!(places, strings(&expected), "{arguments}");
    }
    assert!(client.failure("scan_paths", json!({ "paths": [] })).contains("is empty"));
}

#[test]
fn what_is_staged_is_scanned() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    let mut client = Client::new(&sandbox);
    let nothing = client.data("scan_staged", json!({}));
    assert_eq!(
        (&nothing["mode"], &nothing["subject"]["nothing"]),
        (&json!("staged"), &json!("nothing is staged"))
    );
    sandbox.write("a.py", openai_key(1));
    sandbox.git("", &["add", "a.py"]);
    sandbox.write("a.py", "");
    assert_eq!(found(&client.data("scan_staged", json!({}))), ("findings".to_owned(), strings(&["a.py:1"])));
}

#[test]
fn a_rule_is_explained() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let data = client.data("explain_rule", json!({ "rule": "openai-project-key" }));
    assert_eq!((&data["id"], &data["severity"]), (&json!("openai-project-key"), &json!("critical")));
    assert!(data["steps"].as_array().unwrap().len() > 1);
    let error = client.failure("explain_rule", json!({ "rule": "openai-projcet-key" }));
    assert!(error.contains("did you mean `openai-project-key`?"), "{error}");
}

#[test]
fn a_result_is_bounded() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let many: String = (0..300).map(|seed| format!("key = '{}'\n", openai_key(seed))).collect();
    let data = client.data("scan_text", json!({ "text": many }));
    assert_eq!((data["findings"].as_array().unwrap().len(), &data["omitted"]["findings"]), (50, &json!(250)));
    let one = format!("key = '{}'\n", openai_key(1)).repeat(300);
    let data = client.data("scan_text", json!({ "text": one }));
    assert_eq!(data["findings"][0]["occurrences"].as_array().unwrap().len(), 20);
    assert_eq!(data["omitted"]["occurrences"], 280);
    let result = client.call("scan_text", json!({ "text": many }));
    assert!(result.to_string().len() < 200_000, "{} bytes", result.to_string().len());
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.trim_end().lines().next_back().unwrap().contains("300 keys"), "{text}");
    let large = "a".repeat((16 << 20) + 1);
    assert!(client.failure("scan_text", json!({ "text": large })).contains("larger than 16 MiB"));
}

#[test]
fn the_configuration_is_read_for_each_call() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("a.py", openai_key(1));
    let mut client = Client::new(&sandbox);
    assert_eq!(client.data("scan_paths", json!({}))["verdict"], "findings");
    sandbox.write("skanner.toml", "exclude-rules = ['openai-project-key']\n");
    assert_eq!(client.data("scan_paths", json!({}))["verdict"], "clean");
    sandbox.write("skanner.toml", "exclude-rules = 7\n");
    assert!(client.failure("scan_paths", json!({})).contains("skanner.toml:1:"));
}
