//! What is shown, and where.

use serde_json::{Value, json};

use crate::{
    client::{Client, Counting, messages, uri},
    support::{Sandbox, key, openai_key},
};

/// Texts around a key, `{}`, that make it hard to find.
const TEXTS: &[&str] = &[
    "{}",
    "key = '{}'",
    "a\nb\n  key = '{}'\nc",
    "a\r\nb\r\n  key = '{}'\r\nc",
    "a\rb\r  key = '{}'\rc",
    "a\n\rb\r\r\n'{}'\r\n\n",
    "🦀 = '{}' # 🦀",
    "e\u{301}\u{300} 汉字 é '{}'",
    "👩‍👩‍👧‍👦 = \"{}\"; 🦀",
    "\u{feff}key = '{}'",
    "a = '\t{}'",
    "\u{2028}x\u{85}y '{}'",
    "'{}'\n'{}'",
    "🦀'{}'🦀'{}'🦀",
];

#[test]
fn a_key_is_marked_where_it_stands() {
    let sandbox = Sandbox::new();
    for counting in Counting::ALL {
        let mut client = Client::with(&sandbox, counting, json!({}), Value::Null);
        for (number, text) in TEXTS.iter().enumerate() {
            let uri = uri(&sandbox, &format!("{number}.py"));
            let key = openai_key(number as u64);
            let text = text.replace("{}", &key);
            let marked: Vec<Value> =
                client.opened(&uri, "python", &text).iter().map(|one| one["range"].clone()).collect();
            let expected: Vec<Value> =
                text.match_indices(&key).map(|(at, _)| counting.range(&text, at..at + key.len())).collect();
            assert_eq!(marked, expected, "{counting:?} {}", text.replace(&key, "KEY"));
        }
    }
}

#[test]
fn a_diagnostic_says_what_it_is_without_the_key() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let key = openai_key(1);
    let found = client.opened(&uri(&sandbox, "a.py"), "python", &format!("key = '{key}'"));
    let [one] = &found[..] else { panic!("{found:?}") };
    let message = one["message"].as_str().unwrap();
    let masked = format!("sk-proj-…{}", &key[key.len() - 4..]);
    assert!(message.contains(&masked) && message.contains("Revoke the key at https://"), "{message}");
    assert_eq!((&one["source"], &one["code"]), (&json!("skanner"), &json!("openai-project-key")));
    assert_eq!(one["severity"], 1);
    assert!(
        one["codeDescription"]["href"].as_str().unwrap().ends_with("builtin-rules.md#openai-project-key")
    );
}

#[test]
fn an_encoded_key_is_marked_by_its_run() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use std::io::Write;
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let key = openai_key(2);
    let encoded = BASE64_STANDARD.encode(format!("key={key}"));
    let text = format!("a = 1\nb = '{encoded}'\n");
    let found = client.opened(&uri(&sandbox, "a.py"), "python", &text);
    let at = text.find(&encoded).unwrap();
    let [one] = &found[..] else { panic!("{found:?}") };
    let range = |name: &str| Counting::Utf16.offset(&text, &one["range"][name]);
    assert!(at <= range("start") && range("end") <= at + encoded.len() && range("start") < range("end"));

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(format!("key={key}").as_bytes()).unwrap();
    let packed = BASE64_STANDARD.encode(packed.finish().unwrap());
    let text = format!("a = 1\r\nb = '{packed}'\r\n");
    let found = client.opened(&uri(&sandbox, "b.py"), "python", &text);
    let at = text.find(&packed).unwrap();
    let [one] = &found[..] else { panic!("{found:?}") };
    assert_eq!(one["range"], Counting::Utf16.range(&text, at..at + packed.len()));
    assert!(one["message"].as_str().unwrap().contains("inside of (base64 on line 2)"), "{one}");
}

#[test]
fn a_document_is_cleared_when_it_is_closed() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let uri = uri(&sandbox, "a.py");
    assert_eq!(client.opened(&uri, "python", &openai_key(1)).len(), 1);
    client.change(&uri, 2, json!([{ "text": "nothing" }]));
    assert_eq!(client.diagnostics(&uri, 2).len(), 0);
    client.change(&uri, 3, json!([{ "text": openai_key(2) }]));
    assert_eq!(client.diagnostics(&uri, 3).len(), 1);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    let closed = client.wait(|message| {
        message["method"] == "textDocument/publishDiagnostics" && message["params"]["version"].is_null()
    });
    assert_eq!(closed["params"], json!({ "uri": uri, "diagnostics": [] }));
}

#[test]
fn a_client_that_asks_is_answered_and_not_told() {
    let sandbox = Sandbox::new();
    let pulls = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    let mut client = Client::with(&sandbox, Counting::Utf16, pulls, Value::Null);
    assert!(!client.received.contains("refresh"), "nothing is asked before the greeting is over");
    let uri = uri(&sandbox, "a.py");
    let ask = |client: &mut Client| {
        let report = client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }));
        assert_eq!(report["kind"], "full");
        report["items"].as_array().unwrap().len()
    };
    assert_eq!(ask(&mut client), 0);
    client.open(&uri, "python", &openai_key(1));
    assert_eq!(ask(&mut client), 1);
    client.change(&uri, 2, json!([{ "text": "" }]));
    assert_eq!(ask(&mut client), 0);
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    client.wait(|message| message["method"] == "workspace/diagnostic/refresh");
    assert!(!client.received.contains("publishDiagnostics"));
}

#[test]
fn what_was_not_scanned_is_told() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let found = client.opened(&uri(&sandbox, "a.txt"), "plaintext", &"a".repeat((16 << 20) + 1));
    assert!(messages(&found)[0].starts_with("not scanned: it is larger than 16 MiB"), "{found:?}");
    assert_eq!((&found[0]["code"], &found[0]["severity"]), (&json!("not-scanned"), &json!(1)));
}

#[test]
fn a_document_that_is_no_file_is_scanned() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    for uri in ["untitled:Untitled-1", "vscode-notebook-cell:/a/n.ipynb#X", "weird"] {
        assert_eq!(client.opened(uri, "python", &openai_key(1)).len(), 1, "{uri}");
    }
    // Nor is one in a directory that does not exist yet.
    let uri = uri(&sandbox, "new/directory/a.py");
    assert_eq!(client.opened(&uri, "python", &openai_key(1)).len(), 1);
}

#[test]
fn the_severity_is_that_of_the_rule() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let test_key = key("sk_test_51{A:87}00{A:8}", 3);
    let found = client.opened(&uri(&sandbox, "a.py"), "python", &format!("STRIPE_KEY = '{test_key}'"));
    assert!(found.iter().all(|one| one["severity"] == 3), "{found:?}");
    assert_eq!(found.len(), 1);
}
