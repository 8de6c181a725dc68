//! Versions, errors, and what does not end the server.
// skanner:allow-file unused-suppression: these are texts of tests

use serde_json::{Value, json};

use crate::{
    client::Client,
    support::{Sandbox, openai_key},
};

#[test]
fn every_version_is_spoken() {
    let sandbox = Sandbox::new();
    for (asked, given) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2023-01-01", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("", "2025-11-25"),
    ] {
        let mut client = Client::new(&sandbox);
        let info = json!({ "name": "test", "version": "1" });
        let params = json!({ "protocolVersion": asked, "capabilities": {}, "clientInfo": info });
        let result = client.ask("initialize", params)["result"].clone();
        assert_eq!(result["protocolVersion"], given, "{asked}");
        assert_eq!(
            (&result["serverInfo"]["name"], &result["capabilities"]["tools"]["listChanged"]),
            (&json!("skanner"), &json!(false))
        );
        client.send_raw(b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
        let tools = client.ask("tools/list", json!({}))["result"].clone();
        assert_eq!(tools["tools"].as_array().unwrap().len(), 4);
        assert!(tools["resultType"].is_null());
        assert_eq!(client.ask("ping", Value::Null)["result"], json!({}));
        assert_eq!(client.hang_up(), 0);
    }
}

#[test]
fn a_version_without_a_greeting_is_told_in_each_request() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let meta = |version: &str| {
        json!({
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": {},
        })
    };
    let result = client.ask("server/discover", json!({ "_meta": meta("2026-07-28") }))["result"].clone();
    assert_eq!(
        (&result["supportedVersions"], &result["resultType"]),
        (&json!(["2026-07-28"]), &json!("complete"))
    );
    assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "skanner");
    let result = client.ask("tools/list", json!({ "_meta": meta("2026-07-28") }))["result"].clone();
    assert_eq!((&result["ttlMs"], &result["cacheScope"]), (&json!(0), &json!("private")));
    let call = json!({ "name": "scan_text", "arguments": { "text": "x" }, "_meta": meta("2026-07-28") });
    let result = client.ask("tools/call", call)["result"].clone();
    assert_eq!(
        (&result["resultType"], &result["structuredContent"]["verdict"]),
        (&json!("complete"), &json!("clean"))
    );
    let error = client.ask("tools/list", json!({ "_meta": meta("2099-01-01") }))["error"].clone();
    assert_eq!(error["code"], -32022);
    assert_eq!(error["data"], json!({ "supported": ["2026-07-28"], "requested": "2099-01-01" }));
}

#[test]
fn no_message_is_too_strange() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    for (line, code) in [
        ("{", -32700),
        ("\u{0}", -32700),
        ("[]", -32600),
        ("7", -32600),
        ("{}", -32600),
        ("{\"id\":1,\"method\":\"x\"}", -32601),
        ("{\"id\":1,\"method\":\"tools/call\"}", -32602),
        ("{\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":7}}", -32602),
        ("{\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"scan\"}}", -32602),
        ("{\"id\":1,\"method\":\"resources/list\"}", -32601),
    ] {
        client.send_raw(format!("\n{line}\n").as_bytes());
        assert_eq!(client.receive()["error"]["code"], code, "{line}");
    }
    client.send_raw(b"[{\"id\":1,\"method\":\"ping\"},{\"method\":\"x\"},7,{\"id\":2,\"method\":\"x\"}]\n[{\"method\":\"x\"}]\n");
    let batch = client.receive();
    let codes: Vec<_> = batch.as_array().unwrap().iter().map(|one| one["error"]["code"].as_i64()).collect();
    assert_eq!(codes, [None, Some(-32600), Some(-32601)]);
    client.send_raw(
        b"{\"method\":\"notifications/progress\",\"params\":[]}\n{\"id\":9,\"result\":1}\n\xff\xfe\n",
    );
    assert_eq!(client.receive()["error"]["code"], -32700);
    for arguments in [json!(7), json!([]), json!("x")] {
        assert_eq!(client.failure("scan_text", arguments), "the arguments must be an object");
    }
    assert_eq!(client.failure("scan_text", json!({})), "the argument `text` is missing");
    assert_eq!(
        client.failure("scan_paths", json!({ "paths": "a" })),
        "the argument `paths` must be a list of texts"
    );
    assert_eq!(client.failure("scan_staged", json!({ "x": 1 })), "unknown arguments: `x`");
    assert_eq!(client.hang_up(), 0);
}

#[test]
fn a_root_must_be_a_directory() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "");
    for (root, expected) in [("a.txt", "is not a directory"), ("missing", "cannot be read")] {
        let run = sandbox.skanner(&["mcp", "--root", root]);
        assert!(run.code == 2 && run.stderr.contains(expected), "{run:?}");
    }
}

#[test]
fn no_key_is_in_anything_sent() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    let keys: Vec<String> = (0..8).map(openai_key).collect();
    sandbox.write("a.py", format!("a = '{}' # {}\n", keys[0], keys[1]));
    sandbox.write(format!("{}.txt", keys[2]), &keys[2]);
    sandbox.write(
        "skanner.toml",
        format!("[[allow]]\nrule = 'openai-project-key'\npaths = ['x']\nreason = '{}'\n", keys[3]),
    );
    sandbox.git("", &["add", "-A"]);
    let mut client = Client::new(&sandbox);
    let text = format!("a = '{}' # skanner:allow x {}\n{}", keys[4], keys[5], keys[6]);
    client.call("scan_text", json!({ "text": text, "name": keys[7] }));
    client.call("scan_paths", json!({}));
    client.call("scan_staged", json!({}));
    client.call("explain_rule", json!({ "rule": keys[7] }));
    client.call("scan_paths", json!({ "paths": [keys[7]] }));
    client.call("scan_paths", json!({ "paths": [format!("../{}", keys[7])] }));
    client.call("scan_paths", json!({ &*keys[7]: 1 }));
    client.call(&keys[7], json!({}));
    client.ask(&keys[7], json!({}));
    client.ask("tools/list", json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": keys[7] } }));
    sandbox.write("skanner.toml", format!("min-confidence = '{}'\n", keys[3]));
    client.call("scan_paths", json!({}));
    for key in &keys {
        for part in [&key[12..24], &key[80..92], &key[key.len() - 16..key.len() - 4]] {
            assert!(!client.received.contains(part), "a part of a key was sent");
        }
    }
    assert!(client.received.matches("sk-proj-…").count() > 8);
}
