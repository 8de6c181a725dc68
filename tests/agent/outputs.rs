//! Outputs come back with their keys masked, and with no other change.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{answer, hook};
use crate::{
    agents::AGENTS,
    support::{cases, key, openai_key},
};

/// How a key is shown.
fn masked(key: &str) -> String {
    format!("sk-proj-…{}", &key[key.len() - 4..])
}

#[test]
fn agents_get_the_same_output_without_the_key() {
    let (first, second) = (openai_key(11), openai_key(12));
    for agent in AGENTS {
        for text in [
            format!("A=1\nOPENAI_API_KEY={first}\nB=ü \"x\" \\ \u{1f980}\n"),
            format!("{first}\n{second}\n"),
            format!("1\t{first}"),
        ] {
            let payload = (agent.output)(&text);
            let answer = answer(agent, &payload, &[&first, &second]);
            let answer = answer.unwrap_or_else(|| panic!("{}: {payload}", agent.name));
            let Some((found, original)) = (agent.given_back)(&answer, &payload) else {
                assert!(agent.by_exit_code, "{}: {answer}", agent.name);
                continue;
            };
            let expected =
                original.to_string().replace(&first, &masked(&first)).replace(&second, &masked(&second));
            assert_eq!(found.to_string(), expected, "{}", agent.name);
        }
        let clean = (agent.output)("A=1\nOPENAI_API_KEY=$X\n");
        assert_eq!(super::answer(agent, &clean, &[]), None, "{}", agent.name);
        let again = (agent.output)(&format!("OPENAI_API_KEY={}\n", masked(&first)));
        assert_eq!(super::answer(agent, &again, &[]), None, "{}", agent.name);
    }
}

/// The output that Claude Code gets back for a value, as bytes; `None` if it stays as it is.
fn given_back(raw: &str) -> Option<String> {
    let payload = format!(
        r#"{{"cwd":"/w","hook_event_name":"PostToolUse","tool_name":"Bash","tool_input":{{}},"tool_response":{raw}}}"#
    );
    let run = hook(&[], payload);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{raw}");
    if run.stdout.is_empty() {
        return None;
    }
    assert!(serde_json::from_str::<Value>(&run.stdout).is_ok(), "{raw}: {}", run.stdout);
    let start = r#"{"hookSpecificOutput":{"hookEventName":"PostToolUse","updatedToolOutput":"#;
    let rest = run.stdout.strip_prefix(start).unwrap();
    Some(rest[..rest.rfind(r#","additionalContext":"#).unwrap()].to_owned())
}

#[test]
fn every_byte_but_the_key_is_kept() {
    let key = openai_key(13);
    let escaped = key.replacen("sk", "\\u0073\\u006b", 1);
    for (raw, expected) in [
        (
            format!(r#"{{ "a" : "{key}" , "n" : 1.50e+300, "a":"\u00e9\/" }}"#),
            format!(r#"{{ "a" : "{}" , "n" : 1.50e+300, "a":"\u00e9\/" }}"#, masked(&key)),
        ),
        (format!(r#"["\ud83e\udd80 {key}\n"]"#), format!(r#"["\ud83e\udd80 {}\n"]"#, masked(&key))),
        (format!(r#"{{"{key}":null}}"#), format!(r#"{{"{}":null}}"#, masked(&key))),
        (format!(r#""k={escaped}\tx""#), format!(r#""k={}\tx""#, masked(&key))),
        (format!(r#"{{"x":"{{\"k\":\"{key}\"}}"}}"#), format!(r#"{{"x":"{{\"k\":\"{}\"}}"}}"#, masked(&key))),
    ] {
        assert_eq!(given_back(&raw).as_deref(), Some(expected.as_str()));
    }
}

#[test]
fn a_key_is_masked_wherever_it_stands_once_it_is_known() {
    let hex = key("sk-{h:32}", 14);
    let raw = json!({ "stdout": format!("DEEPSEEK_API_KEY={hex}\n\n\n{}\n{hex}\n", "x ".repeat(5000)) })
        .to_string();
    let found = given_back(&raw).unwrap();
    assert!(!found.contains(&hex[8..24]), "it is still there");
}

#[test]
fn split_and_packed_keys_do_not_come_back() {
    let key = openai_key(15);
    let (head, tail) = key.split_at(60);
    let numbers = key.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(",");
    for raw in [
        format!(r#"{{"a":["{head}","{tail}"]}}"#),
        format!(r#"{{"type":"Buffer","data":[{numbers}]}}"#),
        format!(r#"{{"a":"{head}\n{tail}"}}"#),
    ] {
        let Some(found) = given_back(&raw) else { continue };
        crate::assert_secret(&found, &key, &raw);
        assert!(!found.contains(&numbers), "{found}");
    }
}

fn values(key: &'static str) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        "[a-z\"\\\\\n\t ü🦀=:,]{0,12}".prop_map(Value::from),
        ("[a-z\"\\\\\n ü🦀=:,]{0,6}[ =\n]", "([ \n\"][a-z\"\\\\\n ü]{0,6})?")
            .prop_map(move |(before, after)| Value::from(format!("{before}{key}{after}"))),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z\"\n ü]{0,5}", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

#[test]
fn any_output_comes_back_with_nothing_but_its_keys_masked() {
    let key: &'static str = Box::leak(openai_key(16).into_boxed_str());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: u32::try_from(cases(60, 2000)).unwrap(),
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let property = |(value, pretty): (Value, bool)| {
        let raw = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let expected = raw.replace(key, &masked(key));
        let found = given_back(&raw);
        prop_assert_eq!(found.is_some(), raw.contains(key));
        let found = found.unwrap_or(raw);
        prop_assert_eq!(&found, &expected);
        // And once more: nothing is found.
        prop_assert_eq!(given_back(&found), None);
        Ok(())
    };
    runner.run(&(values(key), any::<bool>()), property).unwrap();
}

#[test]
fn the_rest_of_a_key_that_is_wrapped_is_hidden() {
    let key = crate::support::openai_key(21);
    for width in [60, 72, 76, 80, 100] {
        for between in ["\n", "\r\n", "=\r\n", "\n+", "\n    "] {
            let lines: Vec<&str> =
                key.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
            let payload = serde_json::json!({
                "session_id": "s", "transcript_path": "/home/me/.claude/projects/x/y.jsonl", "cwd": "/work/p",
                "permission_mode": "default", "hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_input": {},
                "tool_response": { "stdout": format!("first\n{}\nlast", lines.join(between)), "stderr": "" },
            });
            let run = super::hook(&[], payload.to_string());
            let found = (0..key.len() - 20).find(|at| run.stdout.contains(&key[*at..at + 20]));
            assert!(run.stdout.contains("first\\n") && run.stdout.contains("last\""), "{run:?}");
            assert_eq!(found, None, "{width} {between:?}: {}", run.stdout);
        }
    }
}
