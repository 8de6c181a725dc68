//! The plugin for opencode, which runs no commands of its own.

use crate::agent::json_tokens::{decoded, quoted};

const TEMPLATE: &str = include_str!("opencode.ts");

/// What stands around the path of the program.
const PROGRAM: &str = "const PROGRAM = \"";

/// The plugin for a program.
pub(crate) fn text(program: &str) -> String {
    let quoted = quoted(program);
    TEMPLATE.replace("{PROGRAM}", &quoted[1..quoted.len() - 1])
}

/// The program of a text, if it is our plugin.
pub(crate) fn program(text: &str) -> Option<String> {
    let first = TEMPLATE.lines().next()?;
    if text.lines().next()? != first {
        return None;
    }
    let rest = &text[text.find(PROGRAM)? + PROGRAM.len()..];
    Some(decoded(&rest[..rest.find("\"\n")?]))
}
