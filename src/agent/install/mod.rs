//! Tells agents to run the hook, in their own settings: as an edit of the text, so that everything else in it stays as it is.

mod command_line;
mod json_edit;
mod plugin;
mod settings;
mod toml_block;

pub(crate) use settings::{AGENTS, AgentInstall, AgentScope, change, program_in, shell_word};

/// What to do with the settings of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingsChange<'c> {
    /// Run the hook with this program, as it is written for a shell.
    Install(&'c str),
    /// Do not run it any more.
    Uninstall,
}
