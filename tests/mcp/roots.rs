//! What a server may read.
#![cfg(unix)]

use std::{fs, os::unix::fs::symlink};

use serde_json::json;

use crate::{
    client::{Client, found},
    support::{Sandbox, openai_key},
};

#[test]
fn nothing_outside_is_read() {
    let sandbox = Sandbox::new();
    sandbox.write("root/a.py", openai_key(1));
    sandbox.write("secret.py", openai_key(2));
    sandbox.write("root-2/secret.py", openai_key(3));
    symlink("../secret.py", sandbox.path("root/link")).unwrap();
    symlink("..", sandbox.path("root/up")).unwrap();
    let whole = sandbox.tree().canonicalize().unwrap();
    let mut client = Client::start(&sandbox, &["--root", "root"]);
    for path in [
        "..",
        "../secret.py",
        "../root-2/secret.py",
        "a.py/../../secret.py",
        "link",
        "up",
        "up/secret.py",
        "up/root/a.py",
        "/etc",
        &whole.join("secret.py").to_string_lossy(),
    ] {
        let error = client.failure("scan_paths", json!({ "paths": ["a.py", path] }));
        let named = format!("{path} is outside of {}", whole.join("root").display());
        assert!(error.starts_with(&named), "{error}");
    }
    assert!(
        client.failure("scan_paths", json!({ "paths": ["missing"] })).starts_with("missing cannot be read")
    );
    // A link in a directory is its text, not its target.
    let data = client.data("scan_paths", json!({}));
    assert_eq!(found(&data), ("findings".to_owned(), vec!["a.py:1".to_owned()]));
    let inner = whole.join("root/a.py");
    assert_eq!(found(&client.data("scan_paths", json!({ "paths": [inner] }))).1, ["a.py:1"]);
}

#[test]
fn a_repository_that_is_more_than_the_root_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("root/a.py", "");
    sandbox.write("b.py", openai_key(1));
    let mut client = Client::start(&sandbox, &["--root", "root"]);
    assert!(client.failure("scan_staged", json!({})).contains("is not in a git repository"));
    sandbox.git("", &["init", "-q"]);
    sandbox.git("", &["add", "-A"]);
    assert!(client.failure("scan_staged", json!({})).contains("which is more than"));
    let mut client = Client::new(&sandbox);
    assert_eq!(found(&client.data("scan_staged", json!({}))).1, ["b.py:1"]);
}

#[test]
fn what_cannot_be_read_is_in_the_result() {
    let sandbox = Sandbox::new();
    sandbox.write("a.gz", b"\x1f\x8b\x08\x00broken");
    let mut client = Client::new(&sandbox);
    let data = client.data("scan_paths", json!({}));
    assert_eq!((&data["verdict"], &data["complete"]), (&json!("incomplete"), &json!(false)));
    assert_eq!(data["not_scanned"][0]["what"], "a.gz");
    fs::remove_file(sandbox.path("a.gz")).unwrap();
    assert_eq!(client.data("scan_paths", json!({}))["verdict"], "incomplete", "there is nothing to read");
}
