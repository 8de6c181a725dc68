//! Events with an answer of their own.

use serde_json::{Value, json};

use super::hook;
use crate::support::{cases, openai_key};

/// A payload with members of its own.
fn payload(base: Value, members: Value) -> Value {
    let (Value::Object(mut base), Value::Object(members)) = (base, members) else { panic!("no objects") };
    base.extend(members);
    base.into()
}

#[test]
fn events_are_answered_as_their_agents_expect() {
    let key = openai_key(41);
    let claude = |event: &str| json!({ "session_id": "s", "cwd": "/w", "permission_mode": "default", "hook_event_name": event });
    let codex = |event: &str| payload(claude(event), json!({ "turn_id": "t", "model": "m" }));
    let vs_code =
        |event: &str| json!({ "timestamp": "t", "cwd": "/w", "session_id": "s", "hook_event_name": event });
    let copilot = json!({ "sessionId": "s", "timestamp": 1, "cwd": "/w" });
    let cursor =
        |event: &str| json!({ "conversation_id": "c", "cursor_version": "2", "hook_event_name": event });
    let command = json!({ "tool_name": "Bash", "tool_input": { "command": format!("echo {key}") } });
    let failure = json!({ "tool_name": "Bash", "tool_input": {}, "error": format!("no {key}") });
    let masked = format!("k sk-proj-…{}", &key[key.len() - 4..]);
    for (what, payload, pointer, expected) in [
        (
            "Claude Code asks",
            payload(claude("PermissionRequest"), command.clone()),
            "/hookSpecificOutput/decision/behavior",
            "deny",
        ),
        (
            "Codex asks",
            payload(codex("PermissionRequest"), command.clone()),
            "/hookSpecificOutput/decision/behavior",
            "deny",
        ),
        (
            "Claude Code loads a skill",
            payload(claude("PreSkillShellCommand"), command.clone()),
            "/hookSpecificOutput/permissionDecision",
            "deny",
        ),
        (
            "Claude Code expands",
            payload(claude("UserPromptExpansion"), json!({ "prompt": "/x", "command_args": key })),
            "/decision",
            "block",
        ),
        (
            "Claude Code sends a form",
            payload(claude("ElicitationResult"), json!({ "action": "accept", "content": { "k": key } })),
            "/hookSpecificOutput/action",
            "decline",
        ),
        (
            "Claude Code has failed",
            payload(claude("PostToolUseFailure"), failure.clone()),
            "/hookSpecificOutput/hookEventName",
            "PostToolUseFailure",
        ),
        ("VS Code asks", payload(vs_code("PermissionRequest"), command.clone()), "/behavior", "deny"),
        (
            "Copilot CLI as VS Code",
            payload(
                vs_code("PostToolUse"),
                json!({ "tool_name": "Bash", "tool_input": {}, "tool_result": { "result_type": "success", "text_result_for_llm": format!("k {key}") } }),
            ),
            "/modifiedResult/textResultForLlm",
            &masked,
        ),
        (
            "Copilot CLI asks",
            payload(copilot.clone(), json!({ "toolName": "bash", "toolInput": { "command": key } })),
            "/behavior",
            "deny",
        ),
        (
            "Copilot CLI transforms",
            payload(copilot.clone(), json!({ "prompt": "x", "transformedPrompt": format!("k {key}") })),
            "/modifiedTransformedPrompt",
            &masked,
        ),
        (
            "Cursor reads",
            payload(
                cursor("beforeReadFile"),
                json!({ "file_path": "/w/.env", "content": format!("K={key}") }),
            ),
            "/permission",
            "deny",
        ),
        (
            "Cursor calls MCP",
            payload(
                cursor("beforeMCPExecution"),
                json!({ "tool_name": "x", "tool_input": json!({ "k": key }).to_string() }),
            ),
            "/permission",
            "deny",
        ),
        (
            "Cursor as Claude Code",
            payload(cursor("PreToolUse"), command.clone()),
            "/hookSpecificOutput/permissionDecision",
            "deny",
        ),
        ("Cursor as Claude Code", payload(cursor("PreToolUse"), command), "/permission", "deny"),
    ] {
        let run = hook(&[], payload.to_string());
        crate::assert_secret(&run.stdout, &key, what);
        let answer: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{what}: {error}: {run:?}"));
        assert_eq!(answer.pointer(pointer).and_then(Value::as_str), Some(expected), "{what}: {answer}");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{what}");
    }
    // What cannot be replaced: the model is told not to repeat it.
    let output = json!({ "tool_name": "Shell", "tool_input": "{}", "tool_output": json!({ "output": key }).to_string() });
    let answer: Value =
        serde_json::from_str(&hook(&[], payload(cursor("postToolUse"), output).to_string()).stdout).unwrap();
    assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["additional_context"]);
}

#[test]
fn any_bytes_are_read_or_refused() {
    let words = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"hook_event_name\"",
        "\"PreToolUse\"",
        "\"PostToolUse\"",
        "\"tool_input\"",
        "\"tool_response\"",
        "\"hooks\"",
        "\"old_string\"",
        "\"command\"",
        "\"/s hook agent\"",
        "\"a\\n\"",
        "1",
        "null",
        " ",
        "\n",
        "//",
        "/*",
        "*/",
        "git commit -n",
        "'",
        "\"",
        "$(",
        ")",
        "<<E",
        "[[hooks]]",
        "ü",
    ];
    let mut random = fastrand::Rng::with_seed(9);
    for _ in 0..cases(20_000, 2_000_000) {
        let length = random.usize(0..24);
        let mut text: String = (0..length).map(|_| words[random.usize(0..words.len())]).collect();
        if random.bool() {
            text = format!("{{\"hook_event_name\":\"PostToolUse\",\"tool_response\":{text}}}");
        }
        let _ = skanner::testing::fuzz::agent(text.as_bytes());
    }
}
