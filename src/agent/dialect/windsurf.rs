//! Windsurf. Source: docs.windsurf.com/windsurf/cascade/hooks: exit code 2 blocks what is about to happen, and Cascade gets
//! what is on standard error. Nothing replaces an output; the user may see standard error.

use crate::agent::model::{AgentDialect, EventRow, HookAnswer};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "Windsurf",
    recognizes: |payload, _| payload.has("agent_action_name"),
    events: &[
        EventRow::before("pre_write_code", &["tool_info"]),
        EventRow::before("pre_run_command", &["tool_info"]),
        EventRow::before("pre_mcp_tool_use", &["tool_info"]),
        EventRow::prompt("pre_user_prompt", &["tool_info"]),
        EventRow::after("post_mcp_tool_use", &["tool_info"]),
        EventRow::quiet("pre_read_code"),
        EventRow::quiet("post_cascade_response"),
        EventRow::quiet("post_cascade_response_with_transcript"),
        EventRow::quiet("post_read_code"),
        EventRow::quiet("post_run_command"),
        EventRow::quiet("post_setup_worktree"),
        EventRow::quiet("post_write_code"),
    ],
    deny: |_, reason| HookAnswer::exit_code(reason),
    replace: |_, output| HookAnswer::exit_code(&output.warning),
};
