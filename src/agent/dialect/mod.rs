//! The agents whose hooks are known, one per file.

mod claude_code;
mod codex;
mod copilot;
mod cursor;
mod gemini;
mod kiro;
mod opencode;
mod qwen;
mod vibe;
mod vs_code;
mod windsurf;

use super::model::AgentDialect;

/// All of them. The first one that recognizes a payload counts, and those that take nearly everything come last.
pub(crate) static DIALECTS: &[&AgentDialect] = &[
    &opencode::DIALECT,
    &windsurf::DIALECT,
    &cursor::DIALECT,
    &vibe::DIALECT,
    &gemini::DIALECT,
    &copilot::DIALECT,
    &kiro::DIALECT,
    &codex::DIALECT,
    &qwen::DIALECT,
    &vs_code::DIALECT,
    &claude_code::DIALECT,
];
