//! Mistral Vibe. Source: docs.mistral.ai/vibe/code/cli/hooks, and `vibe/core/hooks` of mistralai/mistral-vibe, whose older
//! versions name the events otherwise: the reason of a refusal replaces the text of the result. There is no event for prompts.

use crate::agent::{
    answers::{as_reason, decision},
    model::{AgentDialect, EventRow},
};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "Mistral Vibe",
    recognizes: |_, event| DIALECT.events.iter().any(|row| row.name == event),
    events: &[
        EventRow::before("pre_tool", &["tool_input"]),
        EventRow::before("before_tool", &["tool_input"]),
        EventRow::after("post_tool", &["tool_output_text"]),
        EventRow::after("after_tool", &["tool_output_text"]),
        EventRow::quiet("post_agent"),
        EventRow::quiet("post_agent_turn"),
    ],
    deny: |_, reason| decision("deny", reason),
    replace: |_, output| decision("deny", &as_reason(output)),
};
