//! Kiro CLI. Source: kiro.dev/docs/cli/hooks: exit code 2 blocks a tool, and the model gets what is on standard error.
//! Nothing replaces an output or blocks a prompt; the user sees standard error as a warning. What is on standard output
//! would reach the model.

use crate::agent::{
    model::{AgentDialect, EventRow, HookAnswer},
    payload::Payload,
};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "Kiro",
    recognizes,
    events: &[
        EventRow::before("preToolUse", &["tool_input"]),
        EventRow::after("postToolUse", &["tool_response"]),
        EventRow::prompt("userPromptSubmit", &["prompt"]),
        EventRow::quiet("agentSpawn"),
        EventRow::quiet("stop"),
    ],
    deny: |_, reason| HookAnswer::exit_code(reason),
    replace: |_, output| HookAnswer::exit_code(&output.warning),
};

/// Cursor has the same names, and comes before.
fn recognizes(payload: &Payload<'_>, event: &str) -> bool {
    payload.has("hook_event_name") && DIALECT.events.iter().any(|row| row.name == event)
}
