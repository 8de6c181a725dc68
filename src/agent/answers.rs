//! Answers that several agents share. Each has only the members that all of its agents allow, since Codex refuses an answer
//! with any other one.

use super::{
    json_tokens::quoted,
    model::{AgentEvent, HookAnswer, MaskedOutput},
    payload::string,
};

/// `hookSpecificOutput` with a refusal of a tool, as Claude Code made it usual.
pub(crate) fn refused_tool(event: &AgentEvent<'_>, reason: &str) -> String {
    format!(
        r#""hookSpecificOutput":{{"hookEventName":"{}","permissionDecision":"deny","permissionDecisionReason":{}}}"#,
        event.row.name,
        quoted(reason)
    )
}

/// `hookSpecificOutput` with a refusal to ask for a permission.
pub(crate) fn refused_permission(reason: &str) -> HookAnswer {
    HookAnswer::json(format!(
        r#"{{"hookSpecificOutput":{{"hookEventName":"PermissionRequest","decision":{{"behavior":"deny","message":{}}}}}}}"#,
        quoted(reason)
    ))
}

/// A decision with its reason.
pub(crate) fn decision(word: &str, reason: &str) -> HookAnswer {
    HookAnswer::json(format!(r#"{{"decision":"{word}","reason":{}}}"#, quoted(reason)))
}

/// Text for the model beside an output that cannot be replaced.
pub(crate) fn context(event: &AgentEvent<'_>, text: &str) -> HookAnswer {
    HookAnswer::json(format!(
        r#"{{"hookSpecificOutput":{{"hookEventName":"{}","additionalContext":{}}}}}"#,
        event.row.name,
        quoted(text)
    ))
}

/// What was masked, and the output as a text: for agents that show the reason of a refusal in place of the output.
pub(crate) fn as_reason(output: &MaskedOutput) -> String {
    let text = string(&output.value);
    format!("{}\n\n{}", output.note, text.as_deref().unwrap_or(&output.value))
}
