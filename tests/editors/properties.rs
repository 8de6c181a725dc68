//! What holds for all texts and all edits.
// skanner:allow-file unused-suppression: these are texts of tests

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};

use crate::{
    client::{Client, Counting, uri},
    support::{Sandbox, openai_key},
};

/// Pieces of texts: parts of keys, line ends, and characters of every length.
fn piece() -> impl Strategy<Value = String> {
    let key = openai_key(1);
    let (start, end) = key.split_at(30);
    let fixed = [
        key.clone(),
        start.to_owned(),
        end.to_owned(),
        "🦀".to_owned(),
        "é\u{301}".to_owned(),
        "\r\n".to_owned(),
        "\n".to_owned(),
        "\r".to_owned(),
        " = '".to_owned(),
        "'".to_owned(),
        " # skanner:allow".to_owned(),
        "x".to_owned(),
        String::new(),
    ];
    prop::sample::select(fixed.to_vec())
}

/// What an edit replaces, and the pieces that it puts there.
type DrawnEdit = (Index, Index, Vec<String>);

/// Where an edit may begin or end: not within a line end, which no editor splits.
fn cut(text: &str, at: &Index) -> usize {
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let ends: Vec<usize> =
        ends.filter(|at| !(text[..*at].ends_with('\r') && text[*at..].starts_with('\n'))).collect();
    ends[at.index(ends.len())]
}

/// A diagnostic without the version of the text.
fn sorted(mut diagnostics: Vec<Value>) -> Vec<Value> {
    diagnostics.sort_by_key(Value::to_string);
    diagnostics
}

#[test]
fn edits_lead_to_what_the_final_text_has() {
    let sandbox = Sandbox::new();
    for counting in Counting::ALL {
        let mut client = Client::with(&sandbox, counting, json!({}), Value::Null);
        let number = std::cell::Cell::new(0);
        let strategy = (vec(piece(), 0..12), vec((any::<Index>(), any::<Index>(), vec(piece(), 0..4)), 1..8));
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(60));
        let client = std::cell::RefCell::new(&mut client);
        let property = |(start, edits): (Vec<String>, Vec<DrawnEdit>)| {
            let client = &mut *client.borrow_mut();
            number.set(number.get() + 1);
            let file = |name: &str| uri(&sandbox, &format!("{name}-{}.py", number.get()));
            let (edited, opened) = (file("edited"), file("opened"));
            let mut text = start.concat();
            client.open(&edited, "python", &text);
            let mut version = 1;
            for edits in edits.chunks(2) {
                let changes: Vec<Value> = edits
                    .iter()
                    .map(|(from, to, with)| {
                        let (from, to) = (cut(&text, from), cut(&text, to));
                        let (from, to) = (from.min(to), from.max(to));
                        let change =
                            json!({ "range": counting.range(&text, from..to), "text": with.concat() });
                        text.replace_range(from..to, &with.concat());
                        change
                    })
                    .collect();
                version += 1;
                client.change(&edited, version, json!(changes));
            }
            let found = client.diagnostics(&edited, version);
            prop_assert_eq!(sorted(found), sorted(client.opened(&opened, "python", &text)));
            Ok(())
        };
        runner.run(&strategy, property).unwrap();
    }
}

#[test]
fn no_key_is_in_anything_sent() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    let all = json!({
        "window": { "showDocument": { "support": true } },
        "workspace": { "configuration": true },
    });
    let mut client = Client::with(&sandbox, Counting::Utf16, all, Value::Null);
    let keys: Vec<String> = (0..12).map(openai_key).collect();
    let texts = [
        "a = '{}'",
        "{} = '{}'",
        "OPENAI_{}_KEY = '{}'",
        "a = '{}' # skanner:allow {}",
        "a = '{}' # skanner:allow: {}",
        "a = '{}' # skanner:allow x until {}",
        "# skanner:allow-file {}\n{}",
        "{}{}",
        "{} \u{1b}[31m {}",
        "a = '{}'\\\n# {}",
    ];
    for (number, text) in texts.iter().enumerate() {
        let key = &keys[number];
        for path in ["a.py", "a.yml", "a.sh", "a.txt", ".env", "skanner.toml", "pyproject.toml"] {
            let uri = uri(&sandbox, path);
            let text = text.replace("{}", key) + if path == "pyproject.toml" { "[tool.skanner]" } else { "" };
            let found = client.opened(&uri, "x", &text);
            for one in found {
                client.actions(&uri, &one["range"]);
            }
        }
    }
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "minConfidence": keys[10] } }));
    client.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "config": format!("{}.toml", keys[10]) } }),
    );
    client.request(&keys[10], Value::Null);
    client.request(
        "workspace/executeCommand",
        json!({ "command": keys[10], "arguments": [{ "rule": keys[10] }] }),
    );
    let uri = uri(&sandbox, "b.py");
    client.open(&uri, "python", &keys[11]);
    client.wait(|message| message["params"]["uri"] == uri);
    for key in &keys {
        // Four characters at the end may be shown, and so may the prefix.
        for part in [&key[12..24], &key[80..92], &key[key.len() - 16..key.len() - 4]] {
            assert!(!client.received.contains(part), "a part of a key was sent");
        }
    }
}
