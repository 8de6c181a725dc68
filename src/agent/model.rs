//! What is the same for all agents: an event, what it carries, and what a hook answers.

use super::payload::Payload;

/// What an event means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgentEventKind {
    /// A tool is about to run. Its arguments may write or send a key.
    BeforeTool,
    /// A tool has run. Its output is about to reach the model.
    AfterTool,
    /// The content of a file is about to reach the model.
    BeforeRead,
    /// Somebody has written a prompt.
    Prompt,
    /// Nothing that can carry a key anywhere.
    Quiet,
}

/// An event of an agent, by its name there.
pub(crate) struct EventRow {
    /// The name.
    pub(crate) name: &'static str,
    /// What it means.
    pub(crate) kind: AgentEventKind,
    /// The members of the payload that may hold a key.
    pub(crate) fields: &'static [&'static str],
}

impl EventRow {
    /// An event that cannot carry a key.
    pub(crate) const fn quiet(name: &'static str) -> Self {
        Self { name, kind: AgentEventKind::Quiet, fields: &[] }
    }

    /// A tool is about to run.
    pub(crate) const fn before(name: &'static str, fields: &'static [&'static str]) -> Self {
        Self { name, kind: AgentEventKind::BeforeTool, fields }
    }

    /// A tool has run.
    pub(crate) const fn after(name: &'static str, fields: &'static [&'static str]) -> Self {
        Self { name, kind: AgentEventKind::AfterTool, fields }
    }

    /// Somebody has written a prompt.
    pub(crate) const fn prompt(name: &'static str, fields: &'static [&'static str]) -> Self {
        Self { name, kind: AgentEventKind::Prompt, fields }
    }
}

/// How one agent talks with hooks.
pub(crate) struct AgentDialect {
    /// The name of the agent.
    pub(crate) name: &'static str,
    /// Whether a payload with an event of this name comes from this agent.
    pub(crate) recognizes: fn(&Payload<'_>, &str) -> bool,
    /// The events that it has.
    pub(crate) events: &'static [EventRow],
    /// Forbids what is about to happen.
    pub(crate) deny: fn(&AgentEvent<'_>, &str) -> HookAnswer,
    /// Gives an output back with its keys masked, or does what comes nearest to that.
    pub(crate) replace: fn(&AgentEvent<'_>, &MaskedOutput) -> HookAnswer,
}

/// An event, and whom it comes from.
pub(crate) struct AgentEvent<'p> {
    /// The agent.
    pub(crate) dialect: &'static AgentDialect,
    /// What happens.
    pub(crate) row: &'static EventRow,
    /// The tool; empty if there is none.
    pub(crate) tool: String,
    /// All that the agent says.
    pub(crate) payload: Payload<'p>,
}

/// An output whose keys are masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MaskedOutput {
    /// The member of the payload that it is.
    pub(crate) field: &'static str,
    /// The value, as the agent wrote it but for the keys.
    pub(crate) value: String,
    /// What was masked, in words.
    pub(crate) note: String,
    /// What was found, in words: for agents that cannot be given another output.
    pub(crate) warning: String,
}

/// What a hook answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HookAnswer {
    /// What the agent reads; nothing if all is well.
    pub(crate) stdout: String,
    /// What the agent shows or reads if the exit code is not 0.
    pub(crate) stderr: String,
    /// Whether to exit with 2, by which many agents block.
    pub(crate) blocks: bool,
}

impl HookAnswer {
    /// An answer in JSON.
    pub(crate) fn json(text: String) -> Self {
        Self { stdout: text + "\n", ..Self::default() }
    }

    /// An answer by the exit code.
    pub(crate) fn exit_code(reason: &str) -> Self {
        Self { stderr: format!("{reason}\n"), blocks: true, ..Self::default() }
    }
}
