//! opencode, which runs plugins and no commands: `install/opencode.ts` is the plugin that sends these payloads and
//! reads these answers. Source: `dist/index.d.ts` of the npm package `@opencode-ai/plugin` 1.18.33.

use crate::agent::{
    json_tokens::quoted,
    model::{AgentDialect, EventRow, HookAnswer},
};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "opencode",
    recognizes: |_, event| DIALECT.events.iter().any(|row| row.name == event),
    events: &[
        EventRow::before("tool.execute.before", &["tool_input"]),
        EventRow::after("tool.execute.after", &["tool_response"]),
    ],
    deny: |_, reason| HookAnswer::json(format!(r#"{{"deny":{}}}"#, quoted(reason))),
    replace: |_, output| {
        HookAnswer::json(format!(r#"{{"output":{},"note":{}}}"#, output.value, quoted(&output.note)))
    },
};
