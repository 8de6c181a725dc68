//! Copilot CLI and the Copilot coding agent. Source: `content/copilot/reference/hooks-reference.md` of github/docs, and the
//! types of the npm package `@github/copilot-sdk` 1.0.14. The answer to a submitted prompt is dropped there, so its keys are
//! masked where it is transformed.

use crate::agent::{
    json_tokens::quoted,
    model::{AgentDialect, AgentEvent, EventRow, HookAnswer, MaskedOutput},
    payload::Payload,
};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "Copilot CLI",
    recognizes,
    events: &[
        EventRow::before("preToolUse", &["toolArgs"]),
        EventRow::before("permissionRequest", &["toolArgs", "toolInput"]),
        EventRow::before("preMcpToolCall", &["arguments"]),
        EventRow::after("postToolUse", &["toolResult"]),
        EventRow::after("postToolUseFailure", &["error"]),
        EventRow::after("userPromptTransformed", &["transformedPrompt"]),
        EventRow::quiet("userPromptSubmitted"),
        EventRow::quiet("agentStop"),
        EventRow::quiet("errorOccurred"),
        EventRow::quiet("notification"),
        EventRow::quiet("preCompact"),
        EventRow::quiet("sessionEnd"),
        EventRow::quiet("sessionStart"),
        EventRow::quiet("subagentStart"),
        EventRow::quiet("subagentStop"),
    ],
    deny,
    replace,
};

/// Its payloads do not name their event, which their members tell.
fn recognizes(payload: &Payload<'_>, event: &str) -> bool {
    payload.has("sessionId") && DIALECT.events.iter().any(|row| row.name == event)
}

fn deny(event: &AgentEvent<'_>, reason: &str) -> HookAnswer {
    let text = quoted(reason);
    HookAnswer::json(match event.row.name {
        "permissionRequest" => format!(r#"{{"behavior":"deny","message":{text}}}"#),
        _ => format!(r#"{{"permissionDecision":"deny","permissionDecisionReason":{text}}}"#),
    })
}

fn replace(event: &AgentEvent<'_>, output: &MaskedOutput) -> HookAnswer {
    let note = quoted(&output.note);
    HookAnswer::json(match event.row.name {
        "postToolUse" => format!(r#"{{"modifiedResult":{},"additionalContext":{note}}}"#, output.value),
        "userPromptTransformed" => format!(r#"{{"modifiedTransformedPrompt":{}}}"#, output.value),
        _ => format!(r#"{{"additionalContext":{note}}}"#),
    })
}
