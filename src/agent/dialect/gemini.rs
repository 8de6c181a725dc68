//! Gemini CLI. Source: `docs/hooks/reference.md` and `coreToolHookTriggers.ts` of google-gemini/gemini-cli: the reason of a
//! refusal replaces the result. `hookSpecificOutput.tool_output` was proposed in its pull request 19505, which was closed.

use crate::agent::{
    answers::{as_reason, decision},
    model::{AgentDialect, EventRow, MaskedOutput},
    payload::member,
};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "Gemini CLI",
    recognizes: |_, event| DIALECT.events.iter().any(|row| row.name == event),
    events: &[
        EventRow::before("BeforeTool", &["tool_input"]),
        EventRow::after("AfterTool", &["tool_response"]),
        EventRow::prompt("BeforeAgent", &["prompt"]),
        EventRow::quiet("AfterAgent"),
        EventRow::quiet("AfterModel"),
        EventRow::quiet("BeforeModel"),
        EventRow::quiet("BeforeToolSelection"),
        EventRow::quiet("PreCompress"),
    ],
    deny: |_, reason| decision("deny", reason),
    replace: |_, output| decision("deny", &as_reason(&for_model(output))),
};

/// What reaches the model is only a part of the result.
fn for_model(output: &MaskedOutput) -> MaskedOutput {
    let part = member(&output.value, "llmContent").unwrap_or(&output.value);
    MaskedOutput { value: part.to_owned(), ..output.clone() }
}
