//! The files in which coding agents and shells keep what keys end up in: settings with MCP servers, instructions, transcripts,
//! command histories. Files whose purpose is to hold credentials, such as `~/.claude/.credentials.json`, are not among them.
//!
//! Source of the paths: the documentation of each agent, as of November 2026.

#[cfg(feature = "cli")]
mod find;
mod pattern;
mod table;

#[cfg(feature = "cli")]
pub(crate) use find::AgentFiles;
use pattern::is_match;
pub(crate) use table::AgentFileKind;
use table::{PathStart, TABLE};

impl AgentFileKind {
    /// What a file is, by its path with `/` between the parts, wherever the home directory or the repository is.
    #[must_use]
    pub(crate) fn of(path: &str) -> Option<Self> {
        let names: Vec<&str> = path.split('/').collect();
        let is_it = |start: PathStart, pattern: &str| {
            let before = match start {
                PathStart::Variable(_, default) => default,
                _ => "",
            };
            let before = before.split('/').filter(|part| !part.is_empty());
            let parts: Vec<&str> = before.chain(pattern.split('/')).collect();
            (0..names.len()).any(|at| is_match(&names[at..], &parts))
        };
        let mut rows = TABLE.iter();
        let row = rows.find(|(_, _, start, patterns)| patterns.iter().any(|pattern| is_it(*start, pattern)));
        row.map(|(_, kind, ..)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_that_of_the_place() {
        for (path, expected) in [
            ("/home/me/.claude/projects/a/b.jsonl", Some(AgentFileKind::Transcript)),
            (".mcp.json", Some(AgentFileKind::Settings)),
            ("sub/CLAUDE.md", Some(AgentFileKind::Instructions)),
            ("/root/.bash_history", Some(AgentFileKind::Commands)),
            ("C:/Users/me/.codex/sessions/2026/11/29/rollout-x.jsonl", Some(AgentFileKind::Transcript)),
            ("src/settings.json", None),
            ("projects/a/b.jsonl", None),
            ("history.jsonl", None),
            ("", None),
        ] {
            assert_eq!(AgentFileKind::of(path), expected, "{path}");
        }
    }
}
