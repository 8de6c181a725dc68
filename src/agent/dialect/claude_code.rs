//! Claude Code, and agents that take its hooks as they are. Source: `sdk.d.ts` of the npm package
//! `@anthropic-ai/claude-agent-sdk` 0.3.332, and anthropics/claude-code, issue 68951: what replaces an output must have the
//! shape of that tool's output, or it is dropped.

use crate::agent::{
    answers::{context, decision, refused_permission, refused_tool},
    json_tokens::quoted,
    model::{AgentDialect, AgentEvent, EventRow, HookAnswer, MaskedOutput},
};

pub(super) static DIALECT: AgentDialect = AgentDialect {
    name: "Claude Code",
    recognizes: |_, event| event.starts_with(|first: char| first.is_ascii_uppercase()),
    events: &[
        EventRow::before("PreToolUse", &["tool_input"]),
        EventRow::before("PermissionRequest", &["tool_input"]),
        EventRow::before("PreSkillShellCommand", &["tool_input"]),
        EventRow::after("PostToolUse", &["tool_response"]),
        EventRow::after("PostToolUseFailure", &["error"]),
        EventRow::prompt("UserPromptSubmit", &["prompt"]),
        EventRow::prompt("UserPromptExpansion", &["prompt", "command_args"]),
        EventRow::before("ElicitationResult", &["content"]),
        EventRow::quiet("ConfigChange"),
        EventRow::quiet("CwdChanged"),
        EventRow::quiet("DirectoryAdded"),
        EventRow::quiet("Elicitation"),
        EventRow::quiet("FileChanged"),
        EventRow::quiet("InstructionsLoaded"),
        EventRow::quiet("MessageDisplay"),
        EventRow::quiet("Notification"),
        EventRow::quiet("PermissionDenied"),
        EventRow::quiet("PostCompact"),
        EventRow::quiet("PostModelSwitch"),
        EventRow::quiet("PostToolBatch"),
        EventRow::quiet("PreCompact"),
        EventRow::quiet("PreModelSwitch"),
        EventRow::quiet("SessionEnd"),
        EventRow::quiet("SessionStart"),
        EventRow::quiet("Setup"),
        EventRow::quiet("Stop"),
        EventRow::quiet("StopFailure"),
        EventRow::quiet("SubagentStart"),
        EventRow::quiet("SubagentStop"),
        EventRow::quiet("TaskCompleted"),
        EventRow::quiet("TaskCreated"),
        EventRow::quiet("TeammateIdle"),
        EventRow::quiet("WorktreeCreate"),
        EventRow::quiet("WorktreeRemove"),
    ],
    deny,
    replace,
};

fn deny(event: &AgentEvent<'_>, reason: &str) -> HookAnswer {
    match event.row.name {
        "PermissionRequest" => refused_permission(reason),
        // The block message would repeat the prompt.
        "UserPromptSubmit" | "UserPromptExpansion" => HookAnswer::json(format!(
            r#"{{"decision":"block","reason":{},"hookSpecificOutput":{{"hookEventName":"{}","suppressOriginalPrompt":true}}}}"#,
            quoted(reason),
            event.row.name
        )),
        "ElicitationResult" => HookAnswer::json(format!(
            r#"{{"systemMessage":{},"hookSpecificOutput":{{"hookEventName":"ElicitationResult","action":"decline"}}}}"#,
            quoted(reason)
        )),
        "PreToolUse" | "PreSkillShellCommand" => {
            HookAnswer::json(format!("{{{}}}", refused_tool(event, reason)))
        }
        _ => decision("block", reason),
    }
}

fn replace(event: &AgentEvent<'_>, output: &MaskedOutput) -> HookAnswer {
    if event.row.name != "PostToolUse" {
        return context(event, &output.note);
    }
    HookAnswer::json(format!(
        r#"{{"hookSpecificOutput":{{"hookEventName":"PostToolUse","updatedToolOutput":{},"additionalContext":{}}}}}"#,
        output.value,
        quoted(&output.note)
    ))
}
