//! Which agent a payload comes from, and what it tells.

use super::{
    dialect::DIALECTS,
    model::AgentEvent,
    payload::{Payload, member},
};

/// The event that a payload tells of.
///
/// # Errors
/// In words, when it is no payload, or one of an agent or event that is not known. Nothing of its contents is in them.
pub(crate) fn recognize(bytes: &[u8]) -> Result<AgentEvent<'_>, String> {
    let payload = Payload::read(bytes)?;
    let Some(name) = event_name(&payload) else {
        return Err("names no event, so the agent is not known".to_owned());
    };
    let Some(dialect) = DIALECTS.iter().find(|dialect| (dialect.recognizes)(&payload, &name)) else {
        return Err("comes from an agent that is not known".to_owned());
    };
    let Some(row) = dialect.events.iter().find(|row| row.name == name) else {
        return Err(format!("tells of an event of {} that is not known", dialect.name));
    };
    let tool = tool(&payload);
    Ok(AgentEvent { dialect, row, tool, payload })
}

/// The name of the event. Copilot CLI does not write it, but each of its events has a member of its own.
fn event_name(payload: &Payload<'_>) -> Option<String> {
    let named = ["hook_event_name", "hookEventName", "agent_action_name"];
    if let Some(name) = named.iter().find_map(|name| payload.text(name)) {
        return Some(name);
    }
    let own = [
        ("toolResult", "postToolUse"),
        ("transformedPrompt", "userPromptTransformed"),
        ("serverName", "preMcpToolCall"),
        ("toolInput", "permissionRequest"),
        ("toolArgs", "preToolUse"),
        ("prompt", "userPromptSubmitted"),
        ("stopReason", "agentStop"),
        ("trigger", "preCompact"),
        ("errorContext", "errorOccurred"),
        ("source", "sessionStart"),
        ("reason", "sessionEnd"),
        ("agentName", "subagentStart"),
    ];
    if !payload.has("sessionId") {
        return None;
    }
    if payload.has("toolName") && payload.has("error") {
        return Some("postToolUseFailure".to_owned());
    }
    own.iter().find(|(member, _)| payload.has(member)).map(|(_, event)| (*event).to_owned())
}

/// The name of the tool.
fn tool(payload: &Payload<'_>) -> String {
    let named = ["tool_name", "toolName"].iter().find_map(|name| payload.text(name));
    let in_info = || {
        payload
            .value("tool_info")
            .and_then(|info| member(info, "mcp_tool_name")?.strip_prefix('"')?.strip_suffix('"'))
    };
    named.or_else(|| in_info().map(str::to_owned)).unwrap_or_default()
}
