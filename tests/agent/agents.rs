//! Payloads as each agent writes them, and what each takes for an answer.

use serde_json::{Value, json};

/// What one agent sends and takes.
pub(crate) struct Agent {
    pub(crate) name: &'static str,
    /// Before a file is written: its path and content.
    pub(crate) write: fn(&str, &str) -> Value,
    /// Before a command is run.
    pub(crate) command: fn(&str) -> Value,
    /// Before a part of a file is replaced: its path, the old and the new text.
    pub(crate) edit: Option<fn(&str, &str, &str) -> Value>,
    /// After a command has run: its output.
    pub(crate) output: fn(&str) -> Value,
    /// A prompt.
    pub(crate) prompt: Option<fn(&str) -> Value>,
    /// Whether it blocks by exit code 2, and reads standard error.
    pub(crate) by_exit_code: bool,
    /// The output that an answer gives back, and the same of the payload; nothing where an agent cannot replace one.
    pub(crate) given_back: fn(&Value, &Value) -> Option<(Value, Value)>,
    /// The schema of all its answers, from the sources that `src/agent/dialect/` names.
    pub(crate) schema: fn() -> Value,
}

fn claude(event: &str, rest: Value) -> Value {
    let base = json!({
        "session_id": "s", "transcript_path": "/home/u/.claude/projects/p/s.jsonl", "cwd": "/work/p",
        "permission_mode": "default", "hook_event_name": event,
    });
    merged(base, rest)
}

fn codex(event: &str, rest: Value) -> Value {
    let base = json!({
        "session_id": "s", "transcript_path": null, "cwd": "/work/p", "permission_mode": "default", "model": "m",
        "turn_id": "t", "hook_event_name": event,
    });
    merged(base, rest)
}

fn qwen(event: &str, rest: Value) -> Value {
    let base = json!({
        "session_id": "s", "transcript_path": "/home/u/.qwen/s.jsonl", "cwd": "/work/p", "timestamp": "2026-11-01T00:00:00Z",
        "hook_event_name": event,
    });
    merged(base, rest)
}

fn gemini(event: &str, rest: Value) -> Value {
    let base = json!({
        "session_id": "s", "transcript_path": "/home/u/.gemini/s.json", "cwd": "/work/p",
        "timestamp": "2026-11-01T00:00:00Z", "hook_event_name": event,
    });
    merged(base, rest)
}

fn vs_code(event: &str, rest: Value) -> Value {
    let base = json!({
        "timestamp": "2026-11-01T00:00:00Z", "cwd": "/work/p", "session_id": "s", "hook_event_name": event,
        "transcript_path": "/home/u/.config/Code/User/workspaceStorage/x/github.copilot-chat/t.json",
    });
    merged(base, rest)
}

fn copilot(rest: Value) -> Value {
    merged(json!({ "sessionId": "s", "timestamp": 1, "cwd": "/work/p" }), rest)
}

fn cursor(event: &str, rest: Value) -> Value {
    let base = json!({
        "conversation_id": "c", "generation_id": "g", "model": "m", "hook_event_name": event, "cursor_version": "2.0",
        "workspace_roots": ["/work/p"], "user_email": null,
    });
    merged(base, rest)
}

fn vibe(event: &str, rest: Value) -> Value {
    let base = json!({
        "session_id": "s", "transcript_path": "/t", "cwd": "/work/p", "hook_event_name": event, "tool_call_id": "1",
    });
    merged(base, rest)
}

fn kiro(event: &str, rest: Value) -> Value {
    merged(json!({ "hook_event_name": event, "cwd": "/work/p" }), rest)
}

fn windsurf(event: &str, info: Value) -> Value {
    json!({
        "agent_action_name": event, "trajectory_id": "t", "execution_id": "e", "timestamp": "2026-11-01T00:00:00Z",
        "tool_info": info,
    })
}

fn opencode(event: &str, rest: Value) -> Value {
    merged(json!({ "hook_event_name": event, "cwd": "/work/p" }), rest)
}

fn merged(mut base: Value, rest: Value) -> Value {
    let Value::Object(rest) = rest else { panic!("{rest}") };
    base.as_object_mut().unwrap().extend(rest);
    base
}

fn input(tool: &str, input: Value) -> Value {
    json!({ "tool_name": tool, "tool_input": input, "tool_use_id": "1" })
}

/// An object with these members, all of them optional, and no others.
fn members(members: Value) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": members, "minProperties": 1 })
}

fn text() -> Value {
    json!({ "type": "string", "pattern": "\\S" })
}

fn one_of(words: &[&str]) -> Value {
    json!({ "enum": words })
}

/// What follows the form of Claude Code, with the members that an agent adds.
fn usual(specific: Value) -> Value {
    let mut specific = members(specific);
    specific["properties"]["hookEventName"] = text();
    specific["required"] = json!(["hookEventName"]);
    members(json!({ "decision": one_of(&["block"]), "reason": text(), "hookSpecificOutput": specific }))
}

fn refusal() -> Value {
    json!({ "permissionDecision": one_of(&["deny"]), "permissionDecisionReason": text() })
}

fn permission() -> Value {
    members(json!({ "behavior": one_of(&["deny"]), "message": text() }))
}

/// The output that is the last part of a reason.
fn in_reason(answer: &Value, original: &str) -> Option<(Value, Value)> {
    let reason = answer["reason"].as_str()?;
    Some((json!(reason.split_once("\n\n")?.1), json!(original)))
}

pub(crate) const AGENTS: &[Agent] = &[
    Agent {
        name: "Claude Code",
        write: |path, text| {
            claude("PreToolUse", input("Write", json!({ "file_path": path, "content": text })))
        },
        command: |line| claude("PreToolUse", input("Bash", json!({ "command": line, "description": "d" }))),
        edit: Some(|path, old, new| {
            let edits = json!([{ "old_string": old, "new_string": new, "replace_all": false }]);
            claude("PreToolUse", input("MultiEdit", json!({ "file_path": path, "edits": edits })))
        }),
        output: |text| {
            let response = json!({ "stdout": text, "stderr": "", "interrupted": false, "n": 1.5e300 });
            let call = input("Bash", json!({ "command": "x" }));
            claude("PostToolUse", merged(call, json!({ "tool_response": response })))
        },
        prompt: Some(|text| claude("UserPromptSubmit", json!({ "prompt": text }))),
        by_exit_code: false,
        given_back: |answer, payload| {
            let output = &answer["hookSpecificOutput"]["updatedToolOutput"];
            Some((output.clone(), payload["tool_response"].clone()))
        },
        schema: || {
            let mut specific = refusal();
            specific["updatedToolOutput"] = json!({ "type": "object" });
            specific["additionalContext"] = text();
            specific["suppressOriginalPrompt"] = json!({ "const": true });
            specific["decision"] = permission();
            usual(specific)
        },
    },
    Agent {
        name: "Codex",
        write: |path, text| {
            let lines: String = text.lines().map(|line| format!("+{line}\n")).collect();
            let patch = format!("*** Begin Patch\n*** Add File: {path}\n{lines}*** End Patch\n");
            codex("PreToolUse", input("apply_patch", json!({ "command": patch })))
        },
        command: |line| codex("PreToolUse", input("Bash", json!({ "command": line }))),
        edit: Some(|path, old, new| {
            let patch = format!(
                "*** Begin Patch\n*** Update File: {path}\n@@\n same\n-{old}\n+{new}\n*** End Patch\n"
            );
            codex("PreToolUse", input("apply_patch", json!({ "command": patch })))
        }),
        output: |text| {
            let call = input("Bash", json!({ "command": "x" }));
            codex("PostToolUse", merged(call, json!({ "tool_response": text })))
        },
        prompt: Some(|text| codex("UserPromptSubmit", json!({ "prompt": text }))),
        by_exit_code: false,
        given_back: |answer, payload| in_reason(answer, payload["tool_response"].as_str()?),
        schema: || {
            let mut specific = refusal();
            specific["decision"] = permission();
            usual(specific)
        },
    },
    Agent {
        name: "Qwen Code",
        write: |path, text| {
            let call = input("write_file", json!({ "file_path": path, "content": text }));
            qwen("PreToolUse", merged(call, json!({ "permission_mode": "default" })))
        },
        command: |line| qwen("PreToolUse", input("run_shell_command", json!({ "command": line }))),
        edit: Some(|path, old, new| {
            let edit = json!({ "file_path": path, "old_string": old, "new_string": new });
            qwen("PreToolUse", input("edit", edit))
        }),
        output: |text| {
            let call = input("run_shell_command", json!({ "command": "x" }));
            qwen("PostToolUse", merged(call, json!({ "tool_response": text })))
        },
        prompt: Some(|text| qwen("UserPromptSubmit", json!({ "prompt": text }))),
        by_exit_code: false,
        given_back: |answer, payload| in_reason(answer, payload["tool_response"].as_str()?),
        schema: || usual(refusal()),
    },
    Agent {
        name: "Gemini CLI",
        write: |path, text| {
            gemini("BeforeTool", input("write_file", json!({ "file_path": path, "content": text })))
        },
        command: |line| gemini("BeforeTool", input("run_shell_command", json!({ "command": line }))),
        edit: Some(|path, old, new| {
            let edit = json!({ "file_path": path, "old_string": old, "new_string": new });
            gemini("BeforeTool", input("replace", edit))
        }),
        output: |text| {
            let response = json!({ "llmContent": text, "returnDisplay": "done" });
            let call = input("run_shell_command", json!({ "command": "x" }));
            gemini("AfterTool", merged(call, json!({ "tool_response": response })))
        },
        prompt: Some(|text| gemini("BeforeAgent", json!({ "prompt": text }))),
        by_exit_code: false,
        given_back: |answer, payload| in_reason(answer, payload["tool_response"]["llmContent"].as_str()?),
        schema: || members(json!({ "decision": one_of(&["deny"]), "reason": text() })),
    },
    Agent {
        name: "Copilot in VS Code",
        write: |path, text| {
            vs_code("PreToolUse", input("create_file", json!({ "filePath": path, "content": text })))
        },
        command: |line| vs_code("PreToolUse", input("run_in_terminal", json!({ "command": line }))),
        edit: Some(|path, old, new| {
            let edit = json!({ "filePath": path, "oldString": old, "newString": new });
            vs_code("PreToolUse", input("replace_string_in_file", edit))
        }),
        output: |text| {
            let call = input("run_in_terminal", json!({ "command": "x" }));
            vs_code("PostToolUse", merged(call, json!({ "tool_response": text })))
        },
        prompt: Some(|text| vs_code("UserPromptSubmit", json!({ "prompt": text }))),
        by_exit_code: false,
        given_back: |answer, payload| in_reason(answer, payload["tool_response"].as_str()?),
        schema: || {
            let mut schema = usual(refusal());
            schema["properties"]["permissionDecision"] = one_of(&["deny"]);
            schema["properties"]["permissionDecisionReason"] = text();
            schema["properties"]["continue"] = json!({ "const": false });
            schema["properties"]["stopReason"] = text();
            schema
        },
    },
    Agent {
        name: "Copilot CLI",
        write: |path, text| {
            let args = json!({ "path": path, "file_text": text }).to_string();
            copilot(json!({ "toolName": "create", "toolArgs": args }))
        },
        command: |line| copilot(json!({ "toolName": "bash", "toolArgs": { "command": line } })),
        edit: Some(|path, old, new| {
            let args = json!({ "path": path, "old_str": old, "new_str": new }).to_string();
            copilot(json!({ "toolName": "edit", "toolArgs": args }))
        }),
        output: |text| {
            let result = json!({ "resultType": "success", "textResultForLlm": text, "toolTelemetry": { "a": [1, 2.50] } });
            copilot(json!({ "toolName": "bash", "toolArgs": { "command": "x" }, "toolResult": result }))
        },
        prompt: None,
        by_exit_code: false,
        given_back: |answer, payload| Some((answer["modifiedResult"].clone(), payload["toolResult"].clone())),
        schema: || {
            let mut answer = refusal();
            answer["modifiedResult"] =
                json!({ "type": "object", "required": ["resultType", "textResultForLlm"] });
            answer["additionalContext"] = text();
            members(answer)
        },
    },
    Agent {
        name: "Cursor",
        write: |path, text| {
            cursor("preToolUse", input("Write", json!({ "file_path": path, "content": text })))
        },
        command: |line| cursor("beforeShellExecution", json!({ "command": line, "cwd": "/work/p" })),
        edit: Some(|path, old, new| {
            let edit = json!({ "file_path": path, "old_string": old, "new_string": new });
            cursor("preToolUse", input("StrReplace", edit))
        }),
        output: |text| {
            let output = json!({ "content": [{ "type": "text", "text": text }] }).to_string();
            cursor("postToolUse", json!({ "tool_name": "MCP:x", "tool_input": "{}", "tool_output": output }))
        },
        prompt: Some(|text| cursor("beforeSubmitPrompt", json!({ "prompt": text, "attachments": [] }))),
        by_exit_code: false,
        given_back: |answer, payload| {
            let output = serde_json::from_str(payload["tool_output"].as_str()?).ok()?;
            Some((answer["updated_mcp_tool_output"].clone(), output))
        },
        schema: || {
            members(json!({
                "permission": one_of(&["deny"]), "user_message": text(), "agent_message": text(),
                "continue": { "const": false }, "updated_mcp_tool_output": {}, "additional_context": text(),
            }))
        },
    },
    Agent {
        name: "Mistral Vibe",
        write: |path, text| vibe("pre_tool", input("write_file", json!({ "path": path, "content": text }))),
        command: |line| vibe("before_tool", input("bash", json!({ "command": line }))),
        edit: Some(|path, old, new| {
            let edit = format!("<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n");
            vibe("pre_tool", input("search_replace", json!({ "file_path": path, "content": edit })))
        }),
        output: |text| {
            let call = input("bash", json!({ "command": "x" }));
            let output = json!({
                "tool_status": "success", "tool_output": { "stdout": text }, "tool_output_text": text, "tool_error": null,
            });
            vibe("post_tool", merged(call, output))
        },
        prompt: None,
        by_exit_code: false,
        given_back: |answer, payload| in_reason(answer, payload["tool_output_text"].as_str()?),
        schema: || members(json!({ "decision": one_of(&["deny"]), "reason": text() })),
    },
    Agent {
        name: "Kiro",
        write: |path, text| kiro("preToolUse", input("fs_write", json!({ "path": path, "file_text": text }))),
        command: |line| kiro("preToolUse", input("execute_bash", json!({ "command": line }))),
        edit: Some(|path, old, new| {
            let edit = json!({ "command": "str_replace", "path": path, "old_str": old, "new_str": new });
            kiro("preToolUse", input("fs_write", edit))
        }),
        output: |text| {
            let call = input("execute_bash", json!({ "command": "x" }));
            kiro("postToolUse", merged(call, json!({ "tool_response": { "result": [text] } })))
        },
        prompt: Some(|text| kiro("userPromptSubmit", json!({ "prompt": text }))),
        by_exit_code: true,
        given_back: |_, _| None,
        schema: || json!(false),
    },
    Agent {
        name: "Windsurf",
        write: |path, text| {
            let edits = json!([{ "old_string": "", "new_string": text }]);
            windsurf("pre_write_code", json!({ "file_path": path, "edits": edits }))
        },
        command: |line| windsurf("pre_run_command", json!({ "command_line": line, "cwd": "/work/p" })),
        edit: Some(|path, old, new| {
            let edits = json!([{ "old_string": old, "new_string": new }]);
            windsurf("pre_write_code", json!({ "file_path": path, "edits": edits }))
        }),
        output: |text| windsurf("post_mcp_tool_use", json!({ "mcp_tool_name": "t", "mcp_result": text })),
        prompt: Some(|text| windsurf("pre_user_prompt", json!({ "user_prompt": text }))),
        by_exit_code: true,
        given_back: |_, _| None,
        schema: || json!(false),
    },
    Agent {
        name: "opencode",
        write: |path, text| {
            opencode("tool.execute.before", input("write", json!({ "filePath": path, "content": text })))
        },
        command: |line| opencode("tool.execute.before", input("bash", json!({ "command": line }))),
        edit: Some(|path, old, new| {
            let edit = json!({ "filePath": path, "oldString": old, "newString": new });
            opencode("tool.execute.before", input("edit", edit))
        }),
        output: |text| {
            let response = json!({ "title": "t", "output": text, "metadata": { "exit": 0 } });
            opencode("tool.execute.after", json!({ "tool_name": "bash", "tool_response": response }))
        },
        prompt: None,
        by_exit_code: false,
        given_back: |answer, payload| Some((answer["output"].clone(), payload["tool_response"].clone())),
        schema: || members(json!({ "deny": text(), "output": { "type": "object" }, "note": text() })),
    },
];
