//! Which files those are. A new one is a row.

use self::{
    AgentFileKind::{Commands, Instructions, Settings, Transcript},
    PathStart::{Applications, Home, Project},
};

/// What such a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgentFileKind {
    /// Settings, which name MCP servers with their keys.
    Settings,
    /// What an agent is told at the start of every session.
    Instructions,
    /// What was said and done in past sessions.
    Transcript,
    /// The commands that were typed.
    Commands,
}

/// Where a path of the table starts.
#[derive(Clone, Copy, Debug)]
pub(super) enum PathStart {
    /// The root of a repository.
    Project,
    /// The home directory.
    Home,
    /// What a variable names, or else a path below the home directory.
    Variable(&'static str, &'static str),
    /// `$XDG_CONFIG_HOME` or `~/.config`; on macOS `~/Library/Application Support`; on Windows `%APPDATA%`.
    Applications,
}

const CONFIG: PathStart = PathStart::Variable("XDG_CONFIG_HOME", ".config");
const DATA: PathStart = PathStart::Variable("XDG_DATA_HOME", ".local/share");
const CLAUDE: PathStart = PathStart::Variable("CLAUDE_CONFIG_DIR", ".claude");
const CODEX: PathStart = PathStart::Variable("CODEX_HOME", ".codex");
const COPILOT: PathStart = PathStart::Variable("COPILOT_HOME", ".copilot");
const VIBE: PathStart = PathStart::Variable("VIBE_HOME", ".vibe");

/// Who keeps files, where, and which. `*` stands for a part of a name, and `**` for any number of directories.
pub(super) type FileRow = (&'static str, AgentFileKind, PathStart, &'static [&'static str]);

pub(super) const TABLE: &[FileRow] = &[
    (
        "Claude Code",
        Settings,
        Project,
        &[".mcp.json", ".claude/settings.json", ".claude/settings.local.json"],
    ),
    (
        "Claude Code",
        Instructions,
        Project,
        &[
            "CLAUDE.md",
            "CLAUDE.local.md",
            ".claude/CLAUDE.md",
            ".claude/agents/**/*.md",
            ".claude/commands/**/*.md",
            ".claude/skills/**/*.md",
            ".claude/rules/**/*.md",
        ],
    ),
    ("Claude Code", Settings, Home, &[".claude.json"]),
    ("Claude Code", Settings, CLAUDE, &["settings.json", "settings.local.json", ".claude.json"]),
    (
        "Claude Code",
        Instructions,
        CLAUDE,
        &["CLAUDE.md", "agents/**/*.md", "commands/**/*.md", "skills/**/*.md", "rules/**/*.md"],
    ),
    (
        "Claude Code",
        Transcript,
        CLAUDE,
        &[
            "projects/**/*.jsonl",
            "projects/**/*.txt",
            "projects/**/*.md",
            "history.jsonl",
            "todos/*.json",
            "plans/*.md",
            "file-history/**/*",
            "paste-cache/*",
            "shell-snapshots/*",
            "debug/*.txt",
        ],
    ),
    ("Claude Desktop", Settings, Applications, &["Claude/claude_desktop_config.json"]),
    ("Codex", Settings, Project, &[".codex/config.toml"]),
    ("Codex", Settings, CODEX, &["config.toml", "hooks.json"]),
    ("Codex", Instructions, CODEX, &["AGENTS.md", "AGENTS.override.md", "prompts/*.md", "skills/**/*.md"]),
    (
        "Codex",
        Transcript,
        CODEX,
        &[
            "sessions/**/*.jsonl",
            "archived_sessions/**/*.jsonl",
            "history.jsonl",
            "log/*.log",
            "shell_snapshots/*",
        ],
    ),
    (
        "coding agents",
        Instructions,
        Project,
        &["AGENTS.md", "AGENTS.override.md", "AGENT.md", ".agents/**/*.md"],
    ),
    ("Gemini CLI", Settings, Project, &[".gemini/settings.json", ".gemini/.env"]),
    ("Gemini CLI", Instructions, Project, &["GEMINI.md", ".gemini/commands/**/*.toml"]),
    ("Gemini CLI", Settings, Home, &[".gemini/settings.json"]),
    ("Gemini CLI", Instructions, Home, &[".gemini/GEMINI.md", ".gemini/commands/**/*.toml"]),
    (
        "Gemini CLI",
        Transcript,
        Home,
        &[".gemini/tmp/**/*.json", ".gemini/tmp/**/*.jsonl", ".gemini/tmp/*/shell_history"],
    ),
    (
        "Copilot",
        Settings,
        Project,
        &[".github/mcp.json", ".github/hooks/*.json", ".github/copilot/settings.json"],
    ),
    (
        "Copilot",
        Instructions,
        Project,
        &[
            ".github/copilot-instructions.md",
            ".github/instructions/**/*.md",
            ".github/prompts/*.md",
            ".github/agents/*.md",
        ],
    ),
    ("Copilot", Settings, COPILOT, &["config.json", "settings.json", "mcp-config.json"]),
    ("Copilot", Instructions, COPILOT, &["copilot-instructions.md", "instructions/**/*.md", "agents/*.md"]),
    (
        "Copilot",
        Transcript,
        COPILOT,
        &[
            "session-state/**/*",
            "history-session-state/**/*",
            "command-history-state/**/*",
            "session-store.db",
            "logs/*.log",
        ],
    ),
    ("VS Code", Settings, Project, &[".vscode/mcp.json", ".vscode/settings.json"]),
    ("VS Code", Settings, Applications, &["Code/User/mcp.json", "Code/User/settings.json"]),
    ("VS Code", Transcript, Applications, &["Code/User/workspaceStorage/*/chatSessions/*"]),
    ("Cursor", Settings, Project, &[".cursor/mcp.json", ".cursor/hooks.json"]),
    ("Cursor", Instructions, Project, &[".cursorrules", ".cursor/rules/**/*", ".cursor/commands/*.md"]),
    ("Cursor", Settings, Home, &[".cursor/mcp.json", ".cursor/hooks.json"]),
    ("Cursor", Settings, Applications, &["Cursor/User/settings.json"]),
    ("Cursor", Transcript, Home, &[".cursor/projects/**/agent-transcripts/**/*"]),
    ("Windsurf", Settings, Home, &[".codeium/windsurf/mcp_config.json"]),
    ("Windsurf", Instructions, Project, &[".windsurfrules", ".windsurf/rules/*.md"]),
    (
        "opencode",
        Settings,
        Project,
        &["opencode.json", "opencode.jsonc", ".opencode/opencode.json", ".opencode/opencode.jsonc"],
    ),
    (
        "opencode",
        Instructions,
        Project,
        &[
            ".opencode/agent/**/*.md",
            ".opencode/agents/**/*.md",
            ".opencode/command/**/*.md",
            ".opencode/commands/**/*.md",
        ],
    ),
    ("opencode", Settings, CONFIG, &["opencode/opencode.json", "opencode/opencode.jsonc"]),
    ("opencode", Instructions, CONFIG, &["opencode/AGENTS.md"]),
    (
        "opencode",
        Transcript,
        DATA,
        &[
            "opencode/storage/**/*.json",
            "opencode/project/**/*.json",
            "opencode/opencode.db",
            "opencode/tool-output/*",
            "opencode/log/*.log",
        ],
    ),
    ("Vibe", Settings, Project, &[".vibe/config.toml"]),
    ("Vibe", Settings, VIBE, &["config.toml"]),
    ("Vibe", Instructions, VIBE, &["AGENTS.md", "prompts/*.md"]),
    ("Vibe", Transcript, VIBE, &["logs/**/*"]),
    ("Aider", Settings, Project, &[".aider.conf.yml"]),
    ("Aider", Settings, Home, &[".aider.conf.yml"]),
    ("Aider", Transcript, Project, &[".aider.chat.history.md", ".aider.input.history", ".aider.llm.history"]),
    (
        "Cline",
        Settings,
        Applications,
        &["Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"],
    ),
    ("Cline", Transcript, Applications, &["Code/User/globalStorage/saoudrizwan.claude-dev/tasks/*/*.json"]),
    ("Roo Code", Settings, Project, &[".roo/mcp.json"]),
    ("Continue", Settings, Home, &[".continue/config.json", ".continue/config.yaml"]),
    ("Continue", Transcript, Home, &[".continue/sessions/*.json"]),
    ("Zed", Settings, Project, &[".zed/settings.json"]),
    ("Zed", Settings, CONFIG, &["zed/settings.json"]),
    ("Qwen Code", Settings, Project, &[".qwen/settings.json"]),
    ("Qwen Code", Settings, Home, &[".qwen/settings.json"]),
    ("Qwen Code", Transcript, Home, &[".qwen/tmp/**/*.json", ".qwen/projects/**/*.jsonl"]),
    ("Kiro", Settings, Project, &[".kiro/settings/mcp.json"]),
    ("Kiro", Settings, Home, &[".kiro/settings/mcp.json"]),
    ("Junie", Settings, Project, &[".junie/mcp/mcp.json"]),
    ("Junie", Instructions, Project, &[".junie/guidelines.md"]),
    ("Goose", Settings, CONFIG, &["goose/config.yaml"]),
    ("bash", Commands, Home, &[".bash_history"]),
    ("zsh", Commands, Home, &[".zsh_history", ".zhistory", ".histfile"]),
    ("fish", Commands, DATA, &["fish/fish_history"]),
    ("PowerShell", Commands, DATA, &["powershell/PSReadLine/ConsoleHost_history.txt"]),
    (
        "PowerShell",
        Commands,
        Applications,
        &["Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt"],
    ),
    ("Python", Commands, Home, &[".python_history"]),
    ("Node.js", Commands, Home, &[".node_repl_history"]),
];
