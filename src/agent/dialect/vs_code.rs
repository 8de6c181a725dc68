//! Copilot in VS Code, and Copilot CLI where its events are configured with the names that VS Code gives them. Source:
//! `docs/agents/reference/hooks-reference.md` of microsoft/vscode-docs, and `content/copilot/reference/hooks-reference.md` of
//! github/docs. In VS Code, nothing replaces an output.

use crate::agent::{
    answers::{as_reason, context, decision, refused_tool},
    json_tokens::quoted,
    model::{AgentDialect, AgentEvent, EventRow, HookAnswer, MaskedOutput},
    payload::{Payload, member},
};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "Copilot",
    recognizes,
    events: &[
        EventRow::before("PreToolUse", &["tool_input"]),
        EventRow::before("PermissionRequest", &["tool_input"]),
        EventRow::after("PostToolUse", &["tool_response", "tool_result"]),
        EventRow::after("PostToolUseFailure", &["error"]),
        EventRow::prompt("UserPromptSubmit", &["prompt"]),
        EventRow::quiet("ErrorOccurred"),
        EventRow::quiet("Notification"),
        EventRow::quiet("PreCompact"),
        EventRow::quiet("SessionEnd"),
        EventRow::quiet("SessionStart"),
        EventRow::quiet("Stop"),
        EventRow::quiet("SubagentStart"),
        EventRow::quiet("SubagentStop"),
    ],
    deny,
    replace,
};

/// Its events are those of Claude Code, and have a time.
fn recognizes(payload: &Payload<'_>, event: &str) -> bool {
    payload.has("timestamp") && DIALECT.events.iter().any(|row| row.name == event)
}

/// Each of the two reads its own members.
fn deny(event: &AgentEvent<'_>, reason: &str) -> HookAnswer {
    let text = quoted(reason);
    HookAnswer::json(match event.row.name {
        "PreToolUse" => format!(
            r#"{{"permissionDecision":"deny","permissionDecisionReason":{text},{}}}"#,
            refused_tool(event, reason)
        ),
        "PermissionRequest" => format!(r#"{{"behavior":"deny","message":{text}}}"#),
        _ => format!(r#"{{"continue":false,"stopReason":{text}}}"#),
    })
}

fn replace(event: &AgentEvent<'_>, output: &MaskedOutput) -> HookAnswer {
    if event.row.name != "PostToolUse" {
        return context(event, &output.note);
    }
    let text = member(&output.value, "text_result_for_llm").filter(|_| output.field == "tool_result");
    let Some(text) = text else { return decision("block", &as_reason(output)) };
    HookAnswer::json(format!(
        r#"{{"modifiedResult":{{"resultType":"success","textResultForLlm":{text}}},"additionalContext":{}}}"#,
        quoted(&output.note)
    ))
}
