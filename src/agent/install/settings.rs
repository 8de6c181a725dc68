//! The settings of each agent: where they are, and what to write there. Sources are those that `dialect/` names.

use std::path::Path;

use serde_json::{Value, json};

use super::{SettingsChange, command_line, json_edit::JsonSettings, plugin, toml_block};
use crate::bytes::line_of;

/// Whose settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgentScope {
    /// Those of the user, for all projects.
    User,
    /// Those of one project.
    Project,
}

/// How settings are written.
#[derive(Debug)]
enum SettingsForm {
    /// `hooks` has a list for each event, and each of its elements has hooks. The time is in seconds, or in
    /// milliseconds.
    Matched(&'static [&'static str], u64),
    /// `hooks` has a list of commands for each event. New settings begin with these members.
    Flat(&'static [&'static str], &'static [(&'static str, u64)], fn(&str) -> Value),
    /// Tables of TOML.
    Vibe,
    /// A file of our own.
    Plugin,
}

/// An agent that can be told to run the hook.
#[derive(Debug)]
pub(crate) struct AgentInstall {
    /// What it is called on the command line.
    pub(crate) id: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// The directory that tells that it is used, in a project and below the home of a user.
    pub(crate) directories: (&'static str, &'static str),
    /// Its settings, in a project and below the home of a user.
    pub(crate) files: (&'static str, &'static str),
    form: SettingsForm,
}

/// All of them, by name.
pub(crate) static AGENTS: &[AgentInstall] = &[
    AgentInstall {
        id: "claude-code",
        name: "Claude Code",
        directories: (".claude", ".claude"),
        files: (".claude/settings.json", ".claude/settings.json"),
        form: SettingsForm::Matched(&["PreToolUse", "PostToolUse", "UserPromptSubmit"], 10),
    },
    AgentInstall {
        id: "codex",
        name: "Codex",
        directories: (".codex", ".codex"),
        files: (".codex/hooks.json", ".codex/hooks.json"),
        form: SettingsForm::Matched(&["PreToolUse", "PostToolUse", "UserPromptSubmit"], 10),
    },
    AgentInstall {
        id: "copilot",
        name: "Copilot",
        directories: (".github/hooks", ".copilot"),
        files: (".github/hooks/skanner.json", ".copilot/hooks/skanner.json"),
        form: SettingsForm::Flat(
            &["preToolUse", "postToolUse", "userPromptTransformed"],
            &[("version", 1)],
            |line| json!({ "type": "command", "bash": line, "powershell": line, "timeoutSec": 10 }),
        ),
    },
    AgentInstall {
        id: "cursor",
        name: "Cursor",
        directories: (".cursor", ".cursor"),
        files: (".cursor/hooks.json", ".cursor/hooks.json"),
        form: SettingsForm::Flat(
            &["preToolUse", "beforeReadFile", "beforeSubmitPrompt", "postToolUse"],
            &[("version", 1)],
            |line| json!({ "command": line }),
        ),
    },
    AgentInstall {
        id: "gemini",
        name: "Gemini CLI",
        directories: (".gemini", ".gemini"),
        files: (".gemini/settings.json", ".gemini/settings.json"),
        form: SettingsForm::Matched(&["BeforeTool", "AfterTool", "BeforeAgent"], 10_000),
    },
    AgentInstall {
        id: "opencode",
        name: "opencode",
        directories: (".opencode", ".config/opencode"),
        files: (".opencode/plugins/skanner.ts", ".config/opencode/plugins/skanner.ts"),
        form: SettingsForm::Plugin,
    },
    AgentInstall {
        id: "qwen",
        name: "Qwen Code",
        directories: (".qwen", ".qwen"),
        files: (".qwen/settings.json", ".qwen/settings.json"),
        form: SettingsForm::Matched(&["PreToolUse", "PostToolUse", "UserPromptSubmit"], 10_000),
    },
    AgentInstall {
        id: "vibe",
        name: "Mistral Vibe",
        directories: (".vibe", ".vibe"),
        files: (".vibe/hooks.toml", ".vibe/hooks.toml"),
        form: SettingsForm::Vibe,
    },
    AgentInstall {
        id: "windsurf",
        name: "Windsurf",
        directories: (".windsurf", ".codeium/windsurf"),
        files: (".windsurf/hooks.json", ".codeium/windsurf/hooks.json"),
        form: SettingsForm::Flat(
            &[
                "pre_write_code",
                "pre_run_command",
                "pre_mcp_tool_use",
                "pre_user_prompt",
                "post_mcp_tool_use",
            ],
            &[],
            |line| json!({ "command": line, "show_output": true }),
        ),
    },
];

/// The names of members with command lines.
const COMMANDS: &[&str] = &["command", "bash", "powershell"];

impl AgentInstall {
    /// The agent that is called so.
    pub(crate) fn of(id: &str) -> Option<&'static Self> {
        AGENTS.iter().find(|agent| agent.id == id)
    }

    fn events(&self) -> &'static [&'static str] {
        match &self.form {
            SettingsForm::Matched(events, _) | SettingsForm::Flat(events, ..) => events,
            SettingsForm::Vibe | SettingsForm::Plugin => &[],
        }
    }

    /// What to write for each event, with a command line.
    fn entry(&self, line: &str) -> Value {
        match &self.form {
            // Without a matcher, it is for all tools.
            SettingsForm::Matched(_, timeout) => {
                json!({ "hooks": [{ "type": "command", "command": line, "timeout": timeout }] })
            }
            SettingsForm::Flat(_, _, entry) => entry(line),
            SettingsForm::Vibe | SettingsForm::Plugin => Value::Null,
        }
    }

    /// What to add to the settings by hand.
    pub(crate) fn by_hand(&self, program: &str) -> String {
        let line = command_line::of(program);
        match self.form {
            SettingsForm::Vibe => vibe_tables(&line),
            SettingsForm::Plugin => plugin::text(program),
            _ => {
                let events = self.events().iter();
                let lists = events.map(|event| ((*event).to_owned(), json!([self.entry(&line)])));
                json!({ "hooks": Value::Object(lists.collect()) }).to_string()
            }
        }
    }
}

/// The text of settings after a change; `None` if the file is not needed any more. Without a file, the text is empty.
///
/// # Errors
/// In words, when the text is not understood.
pub(crate) fn change(
    agent: &AgentInstall,
    text: &str,
    change: SettingsChange<'_>,
) -> Result<Option<String>, String> {
    match (&agent.form, change) {
        (SettingsForm::Plugin, SettingsChange::Install(program)) => {
            let is_ours = text.is_empty() || plugin::program(text).is_some();
            is_ours.then(|| Some(plugin::text(program))).ok_or_else(|| "another plugin is there".to_owned())
        }
        (SettingsForm::Plugin, SettingsChange::Uninstall) => {
            Ok(plugin::program(text).is_none().then(|| text.to_owned()))
        }
        (SettingsForm::Vibe, SettingsChange::Install(program)) => {
            is_toml(text)?;
            let old = toml_block::block(text).and_then(vibe_line);
            let line = old.and_then(|old| command_line::with_program(&old, program));
            let new =
                toml_block::with(text, &vibe_tables(&line.unwrap_or_else(|| command_line::of(program))));
            is_toml(&new)?;
            Ok(Some(new))
        }
        (SettingsForm::Vibe, SettingsChange::Uninstall) => {
            Ok(Some(toml_block::without(text)).filter(|rest| !rest.is_empty()))
        }
        _ => in_json(agent, text, change),
    }
}

fn in_json(agent: &AgentInstall, text: &str, change: SettingsChange<'_>) -> Result<Option<String>, String> {
    let mut settings = JsonSettings::new(text)?;
    let first: &[(&str, u64)] = if let SettingsForm::Flat(_, first, _) = &agent.form { first } else { &[] };
    // What is added comes first, so the last event is added first.
    for event in agent.events().iter().rev() {
        let path = ["hooks", *event];
        let ours = settings.strings(&path, COMMANDS)?;
        let mut ours: Vec<_> =
            ours.into_iter().filter(|(.., line)| command_line::program(line).is_some()).collect();
        match change {
            SettingsChange::Install(program) if ours.is_empty() => {
                settings.add(&path, &agent.entry(&command_line::of(program)), first)?;
            }
            SettingsChange::Install(program) => {
                while let Some((_, place, line)) = ours.pop() {
                    let new = command_line::with_program(&line, program);
                    if let Some(new) = new.filter(|new| *new != line) {
                        settings.replace_string(place, &new);
                    }
                }
            }
            SettingsChange::Uninstall => {
                let mut indexes: Vec<usize> = ours.iter().map(|(index, ..)| *index).collect();
                indexes.dedup();
                for index in indexes.into_iter().rev() {
                    remove(&mut settings, agent, event, index)?;
                }
            }
        }
    }
    // A comment in an unusual place must not end in settings that no agent reads.
    JsonSettings::new(settings.text())?;
    let names: Vec<&str> = first.iter().map(|(name, _)| *name).collect();
    // Settings have other members; a file of hooks without hooks is of no use.
    let is_own_file = !agent.files.0.ends_with("settings.json");
    let is_left = change == SettingsChange::Uninstall
        && is_own_file
        && settings.text() != text
        && settings.has_only(&names);
    Ok((!is_left).then(|| settings.text().to_owned()))
}

/// Removes an element of the list of an event, or what is ours in it if it runs other commands as well.
fn remove(
    settings: &mut JsonSettings,
    agent: &AgentInstall,
    event: &str,
    index: usize,
) -> Result<(), String> {
    if let SettingsForm::Matched(..) = agent.form {
        let number = index.to_string();
        let handlers = ["hooks", event, &number, "hooks"];
        let all = settings.strings(&handlers, COMMANDS)?;
        let is_ours = |line: &str| command_line::program(line).is_some();
        let mut ours: Vec<usize> =
            all.iter().filter(|(.., line)| is_ours(line)).map(|(index, ..)| *index).collect();
        ours.dedup();
        if settings.count(&handlers)? > ours.len() {
            return ours.into_iter().rev().try_for_each(|at| settings.remove_item(&handlers, at));
        }
    }
    settings.remove(&["hooks", event], index)
}

/// A program as the settings of an agent name it: for a shell, or as it is.
pub(crate) fn shell_word(agent: &AgentInstall, program: &Path) -> String {
    match agent.form {
        SettingsForm::Plugin => program.to_string_lossy().into_owned(),
        _ => command_line::for_shell(program),
    }
}

/// The program that settings name, as it is written there.
pub(crate) fn program_in(agent: &AgentInstall, text: &str) -> Option<String> {
    match agent.form {
        SettingsForm::Plugin => plugin::program(text),
        SettingsForm::Vibe => {
            let line = toml_block::block(text).and_then(vibe_line)?;
            command_line::program(&line).map(str::to_owned)
        }
        _ => {
            let settings = JsonSettings::new(text).ok()?;
            let lines = agent
                .events()
                .iter()
                .flat_map(|event| settings.strings(&["hooks", *event], COMMANDS).unwrap_or_default());
            let mut programs = lines.filter_map(|(.., line)| command_line::program(&line).map(str::to_owned));
            programs.next()
        }
    }
}

fn vibe_tables(line: &str) -> String {
    let line = crate::agent::json_tokens::quoted(line);
    let table = |event: &str| {
        format!(
            "[[hooks]]\nname = \"skanner-{event}\"\ntype = \"{event}\"\ncommand = {line}\ntimeout = 10.0\n"
        )
    };
    format!("{}\n{}", table("pre_tool"), table("post_tool"))
}

/// The command line in our tables.
fn vibe_line(block: &str) -> Option<String> {
    let tables: toml::Table = block.parse().ok()?;
    Some(tables.get("hooks")?.as_array()?.first()?.get("command")?.as_str()?.to_owned())
}

fn is_toml(text: &str) -> Result<(), String> {
    let parsed = text.parse::<toml::Table>();
    parsed.map(drop).map_err(|error| {
        let line = line_of(text.as_bytes(), error.span().map_or(0, |span| span.start));
        format!("line {line} is not valid TOML, or `hooks` is not a list of tables")
    })
}
