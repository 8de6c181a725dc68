//! Cursor, and the hooks of Claude Code that it runs. Source: cursor.com/docs/agent/hooks and
//! cursor.com/docs/reference/third-party-hooks. Only the output of an MCP tool can be replaced.

use crate::agent::{
    answers::refused_tool,
    json_tokens::quoted,
    model::{AgentDialect, AgentEvent, AgentEventKind, EventRow, HookAnswer, MaskedOutput},
    payload::{is_object, string},
};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "Cursor",
    recognizes: |payload, _| {
        payload.has("cursor_version") || payload.has("conversation_id") && payload.has("workspace_roots")
    },
    events: &[
        EventRow::before("preToolUse", &["tool_input"]),
        EventRow::before("beforeShellExecution", &["command"]),
        EventRow::before("beforeMCPExecution", &["tool_input"]),
        EventRow { name: "beforeReadFile", kind: AgentEventKind::BeforeRead, fields: &["content"] },
        EventRow { name: "beforeTabFileRead", kind: AgentEventKind::BeforeRead, fields: &["content"] },
        EventRow::before("subagentStart", &["task"]),
        EventRow::prompt("beforeSubmitPrompt", &["prompt", "context"]),
        EventRow::after("postToolUse", &["tool_output"]),
        EventRow::before("PreToolUse", &["tool_input"]),
        EventRow::after("PostToolUse", &["tool_output", "tool_response"]),
        EventRow::prompt("UserPromptSubmit", &["prompt"]),
        EventRow::quiet("afterAgentResponse"),
        EventRow::quiet("afterAgentThought"),
        EventRow::quiet("afterFileEdit"),
        EventRow::quiet("afterMCPExecution"),
        EventRow::quiet("afterShellExecution"),
        EventRow::quiet("afterTabFileEdit"),
        EventRow::quiet("postToolUseFailure"),
        EventRow::quiet("preCompact"),
        EventRow::quiet("sessionEnd"),
        EventRow::quiet("sessionStart"),
        EventRow::quiet("stop"),
        EventRow::quiet("subagentStop"),
        EventRow::quiet("workspaceOpen"),
        EventRow::quiet("Notification"),
        EventRow::quiet("PreCompact"),
        EventRow::quiet("SessionEnd"),
        EventRow::quiet("SessionStart"),
        EventRow::quiet("Stop"),
        EventRow::quiet("SubagentStop"),
    ],
    deny,
    replace,
};

fn deny(event: &AgentEvent<'_>, reason: &str) -> HookAnswer {
    let text = quoted(reason);
    HookAnswer::json(match (event.row.kind, event.row.name) {
        (AgentEventKind::Prompt, "UserPromptSubmit") => {
            format!(r#"{{"continue":false,"user_message":{text},"decision":"block","reason":{text}}}"#)
        }
        (AgentEventKind::Prompt, _) => format!(r#"{{"continue":false,"user_message":{text}}}"#),
        // For a hook of Claude Code, it is not told which members are read.
        (_, "PreToolUse") => format!(
            r#"{{"permission":"deny","user_message":{text},"agent_message":{text},{}}}"#,
            refused_tool(event, reason)
        ),
        (_, "beforeTabFileRead") => r#"{"permission":"deny"}"#.to_owned(),
        (_, "beforeReadFile") => format!(r#"{{"permission":"deny","user_message":{text}}}"#),
        _ => format!(r#"{{"permission":"deny","user_message":{text},"agent_message":{text}}}"#),
    })
}

fn replace(event: &AgentEvent<'_>, output: &MaskedOutput) -> HookAnswer {
    let note = quoted(&output.note);
    let is_mcp = event.tool.starts_with("MCP:") || event.tool.starts_with("mcp__");
    if !is_mcp || output.field != "tool_output" {
        let warning = quoted(&output.warning);
        return HookAnswer::json(format!(r#"{{"additional_context":{warning}}}"#));
    }
    // The output is JSON in a string.
    let inner = string(&output.value);
    let object = inner.as_deref().filter(|inner| is_object(inner));
    let value = object.unwrap_or(&output.value);
    HookAnswer::json(format!(r#"{{"updated_mcp_tool_output":{value},"additional_context":{note}}}"#))
}
