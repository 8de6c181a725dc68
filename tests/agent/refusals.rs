//! What may not be written, run or sent.

use base64::Engine as _;
use serde_json::{Value, json};

use super::{answer, hook};
use crate::{
    agents::AGENTS,
    support::{key, openai_key},
};

/// A text with keys, and how it is called.
type KeyCase = (&'static str, fn(&str, &str) -> String);

/// Ways to write keys.
const WAYS: &[KeyCase] = &[
    ("plain", |key, _| format!("API_KEY = \"{key}\"")),
    ("beside quotation marks and line ends", |key, _| format!("a\n\t\"it's\" \\\\ '{key}'\n\u{1f980}\n")),
    ("base64", |key, _| base64::engine::general_purpose::STANDARD.encode(format!("x={key}"))),
    ("percent", |key, _| format!("https://x/?k={}", key.replace('-', "%2D"))),
    ("escaped", |key, _| format!("k = '{}'", key.replace("sk-", "sk\\x2d"))),
    ("two", |key, other| format!("a={key}\nb={other}\n")),
    ("in JSON in JSON", |key, _| json!({ "a": json!({ "b": key }).to_string() }).to_string()),
    ("after much text", |key, _| format!("{}{key}", "some words of text\n".repeat(3000))),
];

const CLEAN: &[&str] = &[
    "",
    "import os\nkey = os.environ[\"OPENAI_API_KEY\"]\n",
    "sk-proj-…w9QA",
    "OPENAI_API_KEY=${OPENAI_API_KEY:?is not set}",
    "sk-your-key-here",
];

#[test]
fn no_agent_writes_runs_or_is_asked_a_key() {
    let (first, second) = (openai_key(1), openai_key(2));
    let mut payloads = 0;
    for agent in AGENTS {
        for (way, text) in WAYS {
            let text = text(&first, &second);
            let prompts = agent.prompt.iter().map(|prompt| prompt(&text));
            let calls =
                [(agent.write)("/work/p/src/app.py", &text), (agent.command)(&format!("echo {text}"))];
            for payload in calls.into_iter().chain(prompts) {
                payloads += 1;
                let answer = answer(agent, &payload, &[&first, &second]);
                assert!(answer.is_some(), "{} {way}: {payload}", agent.name);
            }
        }
        for text in CLEAN {
            let prompts = agent.prompt.iter().map(|prompt| prompt(text));
            let calls = [(agent.write)("/work/p/src/app.py", text), (agent.command)(&format!("echo {text}"))];
            for payload in calls.into_iter().chain(prompts) {
                payloads += 1;
                assert_eq!(answer(agent, &payload, &[]), None, "{}", agent.name);
            }
        }
    }
    assert!(payloads > 300, "{payloads}");
}

#[test]
fn a_key_may_be_removed_and_moved_but_not_added() {
    let (old, new) = (openai_key(3), openai_key(4));
    for agent in AGENTS {
        let Some(edit) = agent.edit else { continue };
        let edit = |before: &str, after: &str| {
            edit("/work/p/a.py", &format!("k = '{before}'"), &format!("k = '{after}'"))
        };
        assert_eq!(answer(agent, &edit(&old, "x"), &[&old]), None, "{}", agent.name);
        assert_eq!(answer(agent, &edit(&old, &format!("{old}' + '")), &[&old]), None, "{}", agent.name);
        assert!(answer(agent, &edit("x", &new), &[&new]).is_some(), "{}", agent.name);
        assert!(answer(agent, &edit(&old, &new), &[&old, &new]).is_some(), "{}", agent.name);
    }
}

/// A payload of Claude Code.
fn before(tool: &str, input: Value) -> String {
    json!({ "session_id": "s", "cwd": "/work/p", "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input }).to_string()
}

#[track_caller]
fn reason(arguments: &[&str], payload: String) -> String {
    let run = hook(arguments, payload);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    answer["hookSpecificOutput"]["permissionDecisionReason"].as_str().unwrap().to_owned()
}

#[test]
fn a_reason_says_what_where_and_what_to_do() {
    let key = openai_key(5);
    for (tool, input, expected) in [
        (
            "Write",
            json!({ "file_path": "/work/p/src/app.py", "content": format!("import x\n\nOPENAI_KEY = \"{key}\"\n") }),
            &[
                "would be written to src/app.py",
                "rule openai-project-key",
                "in `content`, line 3",
                "Write os.environ[\"OPENAI_KEY\"] in its place",
            ][..],
        ),
        (
            "Write",
            json!({ "file_path": "/work/p/.env", "content": format!("OPENAI_API_KEY={key}\n") }),
            &["written to .env", "ask the user to fill it in"],
        ),
        ("Bash", json!({ "command": format!("grep -r {key} .") }), &["in this command", "`skanner scan`"]),
        (
            "mcp__db__query",
            json!({ "rows": [{ "old_string": key }] }),
            &["passed to mcp__db__query", "in `rows[0].old_string`, line 1"],
        ),
    ] {
        let reason = reason(&[], before(tool, input));
        for words in expected {
            assert!(reason.contains(words), "{words}: {reason}");
        }
    }
}

#[test]
fn names_around_a_value_are_its_context() {
    let hex = key("sk-{h:32}", 6);
    let settings = json!({ "mcpServers": { "x": { "env": { "DEEPSEEK_API_KEY": hex } } } });
    let content = serde_json::to_string_pretty(&settings).unwrap();
    for input in [settings, json!({ "file_path": "/work/p/.mcp.json", "content": content })] {
        assert!(reason(&[], before("Tool", input)).contains("DEEPSEEK_API_KEY"));
    }
}

#[test]
fn reading_is_not_forbidden() {
    for (tool, input) in [
        ("Read", json!({ "file_path": "/work/p/.env" })),
        ("Grep", json!({ "pattern": "sk-[a-z]+", "path": ".env" })),
        ("Bash", json!({ "command": "cat .env && grep -rn 'sk-proj-' src" })),
    ] {
        let run = hook(&[], before(tool, input));
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    }
}

#[test]
fn nothing_that_an_agent_can_write_suppresses_a_key() {
    let key = openai_key(7);
    for comment in ["skanner:allow", "skanner:allow-file", "gitleaks:allow", "pragma: allowlist secret"] {
        let content = format!("# {comment}\nk = \"{key}\"  # {comment}\n");
        reason(&[], before("Write", json!({ "file_path": "/work/p/a.py", "content": content })));
    }
}

#[test]
fn the_users_settings_count() {
    let sandbox = crate::support::Sandbox::new();
    let value = "correct-horse-battery-7291";
    let file = sandbox.write(".env", format!("DB_PASSWORD={value}\n"));
    let payload = before("Bash", json!({ "command": format!("psql --password {value}") }));
    assert_eq!(hook(&[], &payload).stdout, "");
    let told = reason(&["--values-from", file.to_str().unwrap()], payload);
    assert!(told.contains("DB_PASSWORD") || told.contains("known"), "{told}");
    let key = openai_key(8);
    let payload = before("Bash", json!({ "command": format!("echo {key}") }));
    let run = hook(&["--exclude-rule", "openai-project-key"], payload);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
}

#[test]
fn hooks_of_git_are_not_skipped_if_that_is_wanted() {
    let payload = |line: &str| before("Bash", json!({ "command": line }));
    let line = "cd x && git commit --no-verify -m y";
    assert_eq!(hook(&[], payload(line)).stdout, "");
    assert!(reason(&["--deny-no-verify"], payload(line)).contains("`git commit` with `--no-verify`"));
    let argv = before("shell", json!({ "command": ["bash", "-lc", "git push --no-verify"] }));
    assert!(reason(&["--deny-no-verify"], argv).contains("git push"));
    assert_eq!(hook(&["--deny-no-verify"], payload("git commit -m 'no --no-verify'")).stdout, "");
}

#[test]
fn only_an_edit_takes_a_text_away() {
    let key = openai_key(9);
    for (tool, arguments) in [
        ("Write", json!({ "file_path": "/work/p/a.py", "content": key, "old_string": key })),
        ("Bash", json!({ "command": format!("echo {key}"), "old_string": key })),
        ("Other", json!({ "text": key, "old_text": key })),
    ] {
        let payload = json!({
            "session_id": "s", "transcript_path": "/home/me/.claude/projects/x/y.jsonl", "cwd": "/work/p",
            "permission_mode": "default", "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": arguments,
        });
        let run = hook(&[], payload.to_string());
        assert!(run.stdout.contains("\"deny\"") && !run.stdout.contains(&key[20..60]), "{tool}: {run:?}");
    }
}
