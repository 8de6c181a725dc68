//! Qwen Code, a fork of Gemini CLI with the hooks of Claude Code. Source: `docs/users/features/hooks.md` of
//! QwenLM/qwen-code: no answer replaces an output, so that it is refused, and the reason says what it was.

use crate::agent::{
    answers::{as_reason, context, decision, refused_permission, refused_tool},
    model::{AgentDialect, AgentEvent, EventRow, HookAnswer, MaskedOutput},
    payload::Payload,
};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "Qwen Code",
    recognizes,
    events: &[
        EventRow::before("PreToolUse", &["tool_input"]),
        EventRow::before("PermissionRequest", &["tool_input"]),
        EventRow::after("PostToolUse", &["tool_response"]),
        EventRow::after("PostToolUseFailure", &["error"]),
        EventRow::prompt("UserPromptSubmit", &["prompt"]),
        EventRow::quiet("MessageDisplay"),
        EventRow::quiet("Notification"),
        EventRow::quiet("PermissionDenied"),
        EventRow::quiet("PostCompact"),
        EventRow::quiet("PreCompact"),
        EventRow::quiet("SessionDelete"),
        EventRow::quiet("SessionEnd"),
        EventRow::quiet("SessionStart"),
        EventRow::quiet("Stop"),
        EventRow::quiet("StopFailure"),
        EventRow::quiet("SubagentStart"),
        EventRow::quiet("SubagentStop"),
        EventRow::quiet("TodoCompleted"),
        EventRow::quiet("TodoCreated"),
    ],
    deny,
    replace,
};

/// Its events are those of Claude Code, and have a time as those of Gemini CLI.
fn recognizes(payload: &Payload<'_>, event: &str) -> bool {
    let is_usual = DIALECT.events.iter().any(|row| row.name == event);
    let transcript = payload.text("transcript_path").unwrap_or_default();
    let is_own = transcript.replace('\\', "/").contains("/.qwen/");
    is_usual && payload.has("timestamp") && (is_own || payload.has("permission_mode"))
}

fn deny(event: &AgentEvent<'_>, reason: &str) -> HookAnswer {
    match event.row.name {
        "PermissionRequest" => refused_permission(reason),
        "PreToolUse" => HookAnswer::json(format!("{{{}}}", refused_tool(event, reason))),
        _ => decision("block", reason),
    }
}

fn replace(event: &AgentEvent<'_>, output: &MaskedOutput) -> HookAnswer {
    match event.row.name {
        "PostToolUse" => decision("block", &as_reason(output)),
        _ => context(event, &output.note),
    }
}
