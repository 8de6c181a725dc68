//! What decides about a scan in an editor: the same as for `skanner scan FILE`, and what git ignores.
// skanner:allow-file unused-suppression: these are texts of tests

use std::{fs, thread::sleep, time::Duration};

use serde_json::{Value, json};

use crate::{
    client::{Client, Counting, messages, uri},
    support::{Sandbox, openai_key},
};

fn key_line(seed: u64) -> String {
    format!("a = '{}'\n", openai_key(seed))
}

/// Saves a document, so that it is checked again, and returns its diagnostics.
fn saved(client: &mut Client, uri: &str, version: i64) -> Vec<Value> {
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    client.diagnostics(uri, version)
}

#[test]
fn a_configuration_counts_and_is_read_again() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("src/a.py", "");
    let mut client = Client::new(&sandbox);
    let uri = uri(&sandbox, "src/a.py");
    assert_eq!(client.opened(&uri, "python", &key_line(1)).len(), 1);
    sandbox.write("skanner.toml", "extend = 'base.toml'\n");
    let base = sandbox.write("base.toml", "[[allow]]\npaths = ['src/**']\nreason = 'x'\n");
    assert_eq!(saved(&mut client, &uri, 1).len(), 0);
    // Some file systems tell times in full seconds, and the length stays the same.
    sleep(Duration::from_millis(1100));
    fs::write(&base, "[[allow]]\npaths = ['lib/**']\nreason = 'x'\n").unwrap();
    assert_eq!(saved(&mut client, &uri, 1).len(), 1);
    fs::remove_file(sandbox.path("skanner.toml")).unwrap();
    sandbox.write("src/skanner.toml", "exclude-rules = ['openai-project-key']\n");
    assert_eq!(saved(&mut client, &uri, 1).len(), 0);
    fs::remove_file(sandbox.path("src/skanner.toml")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    assert_eq!(client.diagnostics(&uri, 1).len(), 1);
}

#[test]
fn a_broken_configuration_is_never_silent() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    let secret = openai_key(9);
    sandbox.write("skanner.toml", format!("min-confidence = 'sure'\nexclude-rules = ['{secret}']\n"));
    let mut client = Client::new(&sandbox);
    let code = uri(&sandbox, "a.py");
    let found = client.opened(&code, "python", &key_line(1));
    assert!(messages(&found)[0].starts_with("not scanned: skanner.toml:1:"), "{found:?}");
    let shown = client.wait(|message| message["method"] == "window/showMessage");
    assert_eq!(shown["params"]["type"], 1);
    assert!(shown["params"]["message"].as_str().unwrap().contains("skanner.toml:1:"));
    // In the file itself, where it is wrong, and before it is saved.
    let file = uri(&sandbox, "skanner.toml");
    let text = "# 🦀\nmin-confidence = 'sure'\n";
    let found = client.opened(&file, "toml", text);
    let own: Vec<_> = found.iter().filter(|one| one["code"] == "configuration").collect();
    let [own] = &own[..] else { panic!("{found:?}") };
    let at = text.find("'sure'").unwrap();
    assert_eq!(own["range"], Counting::Utf16.range(text, at..at + 6));
    client.change(&file, 2, json!([{ "text": "min-confidence = 'likely'\n" }]));
    assert!(client.diagnostics(&file, 2).iter().all(|one| one["code"] != "configuration"));
    // Once it is right, everything is scanned.
    sandbox.write("skanner.toml", "");
    assert_eq!(saved(&mut client, &file, 2).len(), 0);
    assert_eq!(client.diagnostics(&code, 1)[0]["code"], "openai-project-key");
    assert!(!client.received.contains(&secret[20..40]));
}

#[test]
fn baselines_comments_and_ignored_files_count() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("a.py", key_line(1));
    assert_eq!(sandbox.skanner(&["baseline", "create"]).code, 0);
    sandbox.write(".gitignore", "*.log\n");
    sandbox.write("b.log", "");
    sandbox.write("tracked.log", "");
    sandbox.git("", &["add", "-f", "tracked.log"]);
    let mut client = Client::new(&sandbox);
    let mut count = |path: &str, text: &str| client.opened(&uri(&sandbox, path), "python", text).len();
    assert_eq!(count("a.py", &key_line(1)), 0);
    assert_eq!(count("a.py", &key_line(2)), 1);
    assert_eq!(count("c.py", &key_line(1)), 1);
    assert_eq!(count("d.py", &format!("a = '{}' # skanner:allow", openai_key(1))), 0);
    assert_eq!(count("b.log", &key_line(1)), 0);
    assert_eq!(count("tracked.log", &key_line(1)), 1);
}

#[test]
fn an_unused_comment_is_told() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let text = format!("a = '{}' # skanner:allow until 2001-01-31\nb = 1 # skanner:allow\n", openai_key(1));
    let found = client.opened(&uri(&sandbox, "a.py"), "python", &text);
    let told = |code: &str| found.iter().filter(|one| one["code"] == code).count();
    assert_eq!((told("openai-project-key"), told("unused-suppression"), found.len()), (1, 2, 3), "{found:?}");
}

#[test]
fn the_editor_may_set_what_counts() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("other.toml", "exclude-rules = ['openai-project-key']\n");
    let uri = uri(&sandbox, "a.py");
    let options = json!({ "config": "other.toml", "trace": "off" });
    let mut client = Client::with(&sandbox, Counting::Utf16, json!({}), options);
    assert_eq!(client.opened(&uri, "python", &key_line(1)).len(), 0);
    client.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "skanner": { "minConfidence": "likely" } } }),
    );
    assert_eq!(client.diagnostics(&uri, 1).len(), 1);
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "minConfidence": "sure" } }));
    let shown = client.wait(|message| message["method"] == "window/showMessage");
    assert!(shown["params"]["message"].as_str().unwrap().contains("certain, likely and possible"));
    assert_eq!(client.diagnostics(&uri, 1).len(), 1);
    // A client that is asked for them.
    let asks = json!({ "workspace": { "configuration": true } });
    let mut client = Client::with(&sandbox, Counting::Utf16, asks, Value::Null);
    assert_eq!(client.opened(&uri, "python", &key_line(1)).len(), 1);
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    let asked = client.wait(|message| message["method"] == "workspace/configuration");
    assert_eq!(asked["params"]["items"], json!([{ "section": "skanner" }]));
    client.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": [{ "config": "other.toml" }] }));
    assert_eq!(client.diagnostics(&uri, 1).len(), 0);
}

#[test]
fn each_repository_has_its_own_configuration() {
    let sandbox = Sandbox::new();
    for name in ["one", "two"] {
        sandbox.write(format!("{name}/a.py"), "");
        sandbox.git(name, &["init", "-q"]);
    }
    sandbox.write("two/skanner.toml", "exclude-rules = ['openai-project-key']\n");
    let mut client = Client::new(&sandbox);
    for (path, count) in [("one/a.py", 1), ("two/a.py", 0), ("one/b.py", 1), ("two/c/d.py", 0)] {
        assert_eq!(client.opened(&uri(&sandbox, path), "python", &key_line(1)).len(), count, "{path}");
    }
}

#[test]
#[cfg(unix)]
fn a_path_through_a_link_is_that_of_the_file() {
    let sandbox = Sandbox::new();
    sandbox.write("real/src/a.py", "");
    sandbox.git("real", &["init", "-q"]);
    sandbox.write("real/skanner.toml", "[[allow]]\npaths = ['src/**']\nreason = 'x'\n");
    std::os::unix::fs::symlink("real", sandbox.path("link")).unwrap();
    let mut client = Client::new(&sandbox);
    assert_eq!(client.opened(&uri(&sandbox, "link/src/a.py"), "python", &key_line(1)).len(), 0);
    assert_eq!(client.opened(&uri(&sandbox, "link/a.py"), "python", &key_line(1)).len(), 1);
}

#[test]
fn files_are_watched_if_the_client_can() {
    let sandbox = Sandbox::new();
    let watches = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut client = Client::with(&sandbox, Counting::Utf16, watches, Value::Null);
    let asked = client.wait(|message| message["method"] == "client/registerCapability");
    let registration = &asked["params"]["registrations"][0];
    assert_eq!(registration["method"], "workspace/didChangeWatchedFiles");
    assert!(registration["registerOptions"]["watchers"].to_string().contains("skanner"));
}
