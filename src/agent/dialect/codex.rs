//! Codex CLI. Source: the schemas in `codex-rs/hooks/schema/generated` of openai/codex, which allow no other member, and its
//! documentation of hooks (developers.openai.com/codex/hooks): `decision: "block"` after a tool replaces the result with the
//! reason. `updatedToolOutput` is refused there as invalid (issues 31015 and 38135).

use crate::agent::{
    answers::{as_reason, decision, refused_permission, refused_tool},
    model::{AgentDialect, AgentEvent, EventRow, HookAnswer},
    payload::Payload,
};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "Codex",
    recognizes,
    events: &[
        EventRow::before("PreToolUse", &["tool_input"]),
        EventRow::before("PermissionRequest", &["tool_input"]),
        EventRow::after("PostToolUse", &["tool_response"]),
        EventRow::prompt("UserPromptSubmit", &["prompt"]),
        EventRow::quiet("Interrupt"),
        EventRow::quiet("PostCompact"),
        EventRow::quiet("PreCompact"),
        EventRow::quiet("SessionEnd"),
        EventRow::quiet("SessionStart"),
        EventRow::quiet("Stop"),
        EventRow::quiet("StopFailure"),
        EventRow::quiet("SubagentStart"),
        EventRow::quiet("SubagentStop"),
    ],
    deny,
    replace: |_, output| decision("block", &as_reason(output)),
};

/// Claude Code has no turns, and names its model in no event that carries a key.
fn recognizes(payload: &Payload<'_>, event: &str) -> bool {
    let is_usual = DIALECT.events.iter().any(|row| row.name == event);
    is_usual
        && !payload.has("timestamp")
        && (payload.has("turn_id") || payload.has("model") && payload.has("permission_mode"))
}

fn deny(event: &AgentEvent<'_>, reason: &str) -> HookAnswer {
    match event.row.name {
        "PermissionRequest" => refused_permission(reason),
        "PreToolUse" => HookAnswer::json(format!("{{{}}}", refused_tool(event, reason))),
        _ => decision("block", reason),
    }
}
