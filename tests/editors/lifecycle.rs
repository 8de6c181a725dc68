//! How a conversation begins and ends, and what does not end it.

use serde_json::{Value, json};

use crate::{
    client::{Client, uri},
    support::{Sandbox, openai_key},
};

#[test]
fn the_exit_code_says_whether_it_was_asked_to_shut_down() {
    let sandbox = Sandbox::new();
    assert_eq!(Client::new(&sandbox).shut_down(), 0);
    let mut client = Client::new(&sandbox);
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(), 1);
    let mut client = Client::new(&sandbox);
    client.hang_up();
    assert_eq!(client.ended(), 1);
    let mut client = Client::start(&sandbox, &["--stdio"]);
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(), 1);
}

#[test]
fn requests_at_the_wrong_time_are_errors() {
    let sandbox = Sandbox::new();
    let mut client = Client::start(&sandbox, &[]);
    let code = |result: Value| result["error"]["code"].as_i64();
    assert_eq!(code(client.request("shutdown", Value::Null)), Some(-32002));
    client.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(code(client.request("initialize", json!({}))), Some(-32600));
    assert_eq!(code(client.request("textDocument/hover", json!({}))), Some(-32601));
    assert_eq!(code(client.request("workspace/executeCommand", json!({ "command": "x" }))), Some(-32602));
    assert_eq!(client.request("shutdown", Value::Null), Value::Null);
    assert_eq!(code(client.request("textDocument/codeAction", json!({}))), Some(-32600));
}

#[test]
fn no_message_is_too_strange() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let uri = uri(&sandbox, "a.py");
    for body in
        ["{", "[]", "7", "null", "\"x\"", "{}", "{\"id\":{}}", "\u{0}", "{\"method\":1}", "{\"id\":1}"]
    {
        client.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }
    client.send_raw(b"Content-Length: x\r\n\r\nGET / HTTP/1.1\r\n\r\n\xff\xfe\r\n\r\n");
    for params in [
        Value::Null,
        json!([]),
        json!({ "textDocument": 1 }),
        json!({ "textDocument": { "uri": uri } }),
        json!({ "textDocument": { "uri": uri, "text": 1 } }),
        json!({ "textDocument": { "uri": "x", "text": "" } }),
        json!({ "textDocument": { "uri": uri }, "contentChanges": [{ "range": { "start": 1 }, "text": "" }] }),
        json!({ "textDocument": { "uri": uri }, "contentChanges": {} }),
        json!({ "textDocument": { "uri": uri }, "range": { "start": { "line": -1, "character": 1e99 } } }),
        json!({ "settings": 7 }),
    ] {
        for method in [
            "textDocument/didOpen",
            "textDocument/didChange",
            "textDocument/didSave",
            "textDocument/didClose",
            "workspace/didChangeConfiguration",
            "workspace/didChangeWatchedFiles",
            "$/setTrace",
            "$/cancelRequest",
            "unknown",
        ] {
            client.notify(method, params.clone());
        }
        for method in
            ["textDocument/codeAction", "textDocument/diagnostic", "workspace/executeCommand", "unknown"]
        {
            client.request(method, params.clone());
        }
    }
    assert_eq!(client.opened(&uri, "python", &format!("a = '{}'", openai_key(1))).len(), 1);
    assert_eq!(client.shut_down(), 0);
}

#[test]
fn a_change_that_is_not_understood_is_told() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let uri = uri(&sandbox, "a.py");
    assert_eq!(client.opened(&uri, "python", &openai_key(1)).len(), 1);
    client.change(&uri, 2, json!([{ "range": { "start": { "line": 0 } }, "text": "" }]));
    let message = client.wait(|message| message["method"] == "window/showMessage");
    assert!(message["params"]["message"].as_str().unwrap().contains("could not be understood"));
    assert_eq!(client.opened(&uri, "python", "").len(), 0);
}

#[test]
fn of_many_edits_the_last_one_is_checked() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let uri = uri(&sandbox, "a.py");
    // Scanning this takes longer than reading some changes.
    let text = format!("{}{}", "x = 1\n".repeat(200_000), openai_key(1));
    client.open(&uri, "python", &text);
    const EDITS: i64 = 200;
    let mut all = Vec::new();
    for version in 2..=EDITS {
        let at = json!({ "line": 0, "character": 0 });
        let body = json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": {
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "range": { "start": at, "end": at }, "text": "y" }],
        } })
        .to_string();
        all.extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes());
    }
    client.send_raw(&all);
    assert_eq!(client.diagnostics(&uri, EDITS).len(), 1);
    let published = client.received.matches("publishDiagnostics").count();
    assert!(published < 100, "{published} of {EDITS} versions were checked");
}
