//! What can be done about a key.
// skanner:allow-file unused-suppression: these are texts of tests

use serde_json::{Value, json};

use crate::{
    client::{Client, Counting, uri},
    support::{Sandbox, key, openai_key},
};

/// A text with an edit in it. It has only one.
fn edited(counting: Counting, text: &str, action: &Value, uri: &str) -> String {
    let edits = match &action["edit"]["documentChanges"] {
        Value::Null => &action["edit"]["changes"][uri],
        changes => {
            assert_eq!(changes[0]["textDocument"]["uri"], uri);
            &changes[0]["edits"]
        }
    };
    assert_eq!(edits.as_array().unwrap().len(), 1);
    let at = |name: &str| counting.offset(text, &edits[0]["range"][name]);
    [&text[..at("start")], edits[0]["newText"].as_str().unwrap(), &text[at("end")..]].concat()
}

/// The edits for the first key of a text, by the words that their titles begin with.
fn edits(client: &mut Client, counting: Counting, uri: &str, text: &str) -> (Option<String>, Option<String>) {
    let found = client.opened(uri, "plaintext", text);
    let actions = client.actions(uri, &found[0]["range"]);
    let with = |title: &str| {
        let mut fitting =
            actions.iter().filter(|action| action["title"].as_str().unwrap().starts_with(title));
        fitting.next().map(|action| edited(counting, text, action, uri))
    };
    (with("Read "), with("Allow "))
}

/// Files with a key, `{}`, and what they become.
const EDITS: &[(&str, &str, &str, &str)] = &[
    (
        "a.py",
        "OPENAI_KEY = '{}'\n",
        "OPENAI_KEY = os.environ[\"OPENAI_KEY\"]\n",
        "OPENAI_KEY = '{}'  # skanner:allow openai-project-key REASON\n",
    ),
    (
        "b.py",
        "🦀 = f\"{}\" # 🦀\r\nb",
        "🦀 = os.environ[\"OPENAI_API_KEY\"] # 🦀\r\nb",
        "🦀 = f\"{}\" # 🦀  # skanner:allow openai-project-key REASON\r\nb",
    ),
    (
        "src/a.tsx",
        "const 汉 = `{}`;",
        "const 汉 = process.env.OPENAI_API_KEY;",
        "const 汉 = `{}`;  // skanner:allow openai-project-key REASON",
    ),
    (
        "a.go",
        "key := \"{}\"\r\n",
        "key := os.Getenv(\"OPENAI_API_KEY\")\r\n",
        "key := \"{}\"  // skanner:allow openai-project-key REASON\r\n",
    ),
    (
        "a.sh",
        "export KEY='{}' \\\n  B=1\n",
        "export KEY=\"${OPENAI_API_KEY:?is not set}\" \\\n  B=1\n",
        "# skanner:allow-next-line openai-project-key REASON\nexport KEY='{}' \\\n  B=1\n",
    ),
    (
        ".github/workflows/a.yml",
        "env:\n  OPENAI_KEY: {}\n",
        "env:\n  OPENAI_KEY: ${{ secrets.OPENAI_KEY }}\n",
        "env:\n  OPENAI_KEY: {}  # skanner:allow openai-project-key REASON\n",
    ),
    (
        "n.ipynb",
        "{\"source\": [\"key = \\\"{}\\\"\"]}",
        "{\"source\": [\"key = os.environ['OPENAI_API_KEY']\"]}",
        "",
    ),
    (
        ".env",
        "A=1\nOPENAI_API_KEY={}\n",
        "",
        "A=1\n# skanner:allow-next-line openai-project-key REASON\nOPENAI_API_KEY={}\n",
    ),
    ("a.html", "<p>{}</p>", "", "<p>{}</p>  <!-- skanner:allow openai-project-key REASON -->"),
    ("a.json", "{\"key\": \"{}\"}", "", ""),
    ("a.txt", "{}", "", ""),
    ("c.py", "h = 'Bearer {}'", "", "h = 'Bearer {}'  # skanner:allow openai-project-key REASON"),
    ("d.py", "k = b'{}'", "", "k = b'{}'  # skanner:allow openai-project-key REASON"),
];

#[test]
fn an_edit_leaves_no_key() {
    let sandbox = Sandbox::new();
    for counting in Counting::ALL {
        for capabilities in
            [json!({}), json!({ "workspace": { "workspaceEdit": { "documentChanges": true } } })]
        {
            let mut client = Client::with(&sandbox, counting, capabilities, Value::Null);
            for (number, (path, text, replaced, allowed)) in EDITS.iter().enumerate() {
                let uri = uri(&sandbox, path);
                let key = openai_key(number as u64);
                let text = text.replace("{}", &key);
                let found = edits(&mut client, counting, &uri, &text);
                let expected = |text: &str| {
                    let text =
                        text.replace("{}", &key).replace("REASON", "TODO: say why this is not a secret");
                    Some(text).filter(|text| !text.is_empty())
                };
                assert!(
                    found == (expected(replaced), expected(allowed)),
                    "{path} {}",
                    format!("{found:?}").replace(&key, "{}")
                );
                for text in [found.0, found.1].into_iter().flatten() {
                    assert_eq!(client.opened(&uri, "plaintext", &text), [] as [Value; 0], "{path}");
                }
            }
        }
    }
}

#[test]
fn of_two_keys_on_a_line_the_one_that_is_meant_is_allowed() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let uri = uri(&sandbox, "a.py");
    let keys = [openai_key(1), openai_key(2)];
    let text = format!("a = ['{}', '{}']\n", keys[0], keys[1]);
    let (replaced, allowed) = edits(&mut client, Counting::Utf16, &uri, &text);
    let expected = format!("a = [os.environ[\"OPENAI_API_KEY\"], '{}']\n", keys[1]);
    assert!(replaced.as_deref() == Some(&*expected));
    let allowed = allowed.unwrap();
    assert!(!allowed.contains("skanner:allow openai"), "the fingerprint is named");
    let left = client.opened(&uri, "python", &allowed);
    let [left] = &left[..] else { panic!("{left:?}") };
    let at = allowed.find(&keys[1]).unwrap();
    assert_eq!(left["range"], Counting::Utf16.range(&allowed, at..at + keys[1].len()));
    // And then the other one.
    let (_, both) = edits(&mut client, Counting::Utf16, &uri, &allowed);
    assert_eq!(client.opened(&uri, "python", &both.unwrap()).len(), 0);
}

#[test]
fn the_page_to_revoke_is_opened() {
    let sandbox = Sandbox::new();
    let uri = uri(&sandbox, "a.py");
    let shows = json!({ "window": { "showDocument": { "support": true } } });
    let mut client = Client::with(&sandbox, Counting::Utf16, shows, Value::Null);
    let found = client.opened(&uri, "python", &openai_key(1));
    let actions = client.actions(&uri, &found[0]["range"]);
    let action = actions.iter().find(|action| !action["command"].is_null()).unwrap();
    assert_eq!(action["title"], "Open the page to revoke it (OpenAI)");
    let command =
        json!({ "command": action["command"]["command"], "arguments": action["command"]["arguments"] });
    assert_eq!(client.request("workspace/executeCommand", command.clone()), Value::Null);
    let shown = client.wait(|message| message["method"] == "window/showDocument");
    assert!(shown["params"]["uri"].as_str().unwrap().starts_with("https://platform.openai.com/"));
    for arguments in [
        json!([]),
        json!([{ "uri": uri, "rule": "x" }]),
        json!([{ "uri": "y", "rule": "openai-project-key" }]),
    ] {
        let mut command = command.clone();
        command["arguments"] = arguments;
        assert_eq!(client.request("workspace/executeCommand", command)["error"]["code"], -32602);
    }
    let mut client = Client::new(&sandbox);
    let found = client.opened(&uri, "python", &openai_key(1));
    assert!(client.actions(&uri, &found[0]["range"]).iter().all(|action| action["command"].is_null()));
}

#[test]
fn actions_are_for_the_range_and_the_kind() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let uri = uri(&sandbox, "a.py");
    let text = format!("a = 1\nb = '{}'\n", openai_key(1));
    client.opened(&uri, "python", &text);
    let line = |line: u64| json!({ "start": { "line": line, "character": 0 }, "end": { "line": line, "character": 99 } });
    assert_eq!((client.actions(&uri, &line(0)).len(), client.actions(&uri, &line(1)).len()), (0, 2));
    for (only, count) in
        [(json!(["quickfix"]), 2), (json!([""]), 2), (json!(["refactor"]), 0), (json!([]), 0)]
    {
        let params = json!({ "textDocument": { "uri": uri }, "range": line(1), "context": { "only": only } });
        assert_eq!(
            client.request("textDocument/codeAction", params).as_array().unwrap().len(),
            count,
            "{only}"
        );
    }
}

#[test]
fn an_encoded_key_can_be_allowed_but_not_replaced() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let uri = uri(&sandbox, "a.py");
    let text = format!("a = '{}'", BASE64_STANDARD.encode(format!("key={}", openai_key(1))));
    let (replaced, allowed) = edits(&mut client, Counting::Utf16, &uri, &text);
    assert!(replaced.is_none());
    assert_eq!(client.opened(&uri, "python", &allowed.unwrap()).len(), 0);
}

#[test]
fn the_variable_is_that_of_the_issuer() {
    let sandbox = Sandbox::new();
    let mut client = Client::new(&sandbox);
    let uri = uri(&sandbox, "a.rb");
    let text = format!("key = '{}'", key("sk-ant-api03-{B:85}{Z16}-{B:5}{Z16}AA", 1));
    let (replaced, _) = edits(&mut client, Counting::Utf16, &uri, &text);
    assert_eq!(replaced.as_deref(), Some("key = ENV.fetch(\"ANTHROPIC_API_KEY\")"));
}
