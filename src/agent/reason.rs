//! What an agent and its user are told: which key, where, and what to do instead. Never the key.

use super::{
    carried::CarriedText,
    json_view::ViewPlace,
    model::{AgentEvent, AgentEventKind},
};
use crate::{
    advice::{KeyPlace, Replacement},
    finding::{Excerpt, Finding},
};

/// How many keys are named.
pub(crate) const MOST_NAMED: usize = 5;

/// A key that was found in a text of an event.
pub(crate) struct CarriedKey<'c> {
    /// The key.
    pub(crate) finding: Finding,
    /// Where it was found.
    pub(crate) carried: &'c CarriedText<'c>,
    /// Its place, if that is known already.
    pub(crate) place: Option<ViewPlace>,
}

impl CarriedKey<'_> {
    /// The key and its place, in words.
    fn in_words(&self) -> String {
        let Finding { rule, secret, occurrences, .. } = &self.finding;
        let place = self.place.clone().unwrap_or_else(|| self.carried.place(&occurrences[0].span));
        let more = match occurrences.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let masked = secret.masked();
        let shown = if masked == "…" { String::new() } else { format!(" {masked}") };
        format!("{}{shown} (rule {}), in `{}`, line {}{more}", rule.title, rule.id, place.field, place.line)
    }

    /// What to write in its place.
    fn instead(&self) -> Option<Replacement> {
        self.instead_in(&self.carried.path)
    }

    fn instead_in(&self, path: &str) -> Option<Replacement> {
        let Finding { rule, occurrences, .. } = &self.finding;
        let Excerpt { text, marker } = &occurrences[0].excerpt;
        let place = KeyPlace { path, excerpt: text, marker: *marker, is_in_git: false, is_output: false };
        Replacement::of(place, &rule.names, &rule.issuer)
    }

    /// The variable that would hold it, which is called alike in all languages.
    fn variable(&self) -> String {
        self.instead_in(".sh").map_or_else(|| "API_KEY".to_owned(), |instead| instead.variable)
    }
}

/// Why something may not happen.
pub(crate) fn denial(event: &AgentEvent<'_>, keys: &[CarriedKey<'_>]) -> String {
    let Some(first) = keys.first() else { return String::new() };
    let path = &first.carried.path;
    let (where_to, advice) = match event.row.kind {
        AgentEventKind::Prompt => (
            "this prompt".to_owned(),
            format!(
                "Take the key out and send the prompt again. Name the variable that holds it instead, such as {}.",
                first.variable()
            ),
        ),
        AgentEventKind::BeforeRead => (
            format!("the content of {}", if path.is_empty() { "this file" } else { path }),
            "The file was not read, since this agent cannot mask a part of it. Work with the names of the variables, or ask \
             the user."
                .to_owned(),
        ),
        _ if is_command(event) => (
            "this command".to_owned(),
            format!(
                "Do not put a key into a command: let it read the key from the environment, as \"${}\". To look for a key, \
                 run `skanner scan`.",
                first.variable()
            ),
        ),
        _ if !path.is_empty() => (format!("what would be written to {path}"), written(first)),
        _ => (
            format!("what would be passed to {}", if event.tool.is_empty() { "a tool" } else { &event.tool }),
            format!("Do not pass a key on. Name the variable that holds it instead, such as {}.", first.variable()),
        ),
    };
    let sly = match event.row.kind {
        AgentEventKind::BeforeTool => " Do not encode or split the key to get around this.",
        _ => "",
    };
    format!("skanner found {} in {where_to}: {}. {advice}{sly}", count(keys.len()), listed(keys))
}

/// What was masked in an output; and what was found in it, for where nothing can be masked.
pub(crate) fn masked(event: &AgentEvent<'_>, keys: &[CarriedKey<'_>]) -> (String, String) {
    let names = listed(keys);
    let count = count(keys.len());
    let (them, they) = if keys.len() == 1 { ("it", "it is") } else { ("them", "they are") };
    let warning = format!(
        "skanner found {count} in this output: {names}. This agent does not let a hook mask {them}, so {they} in plain sight. \
         Do not repeat or write {them}: refer to a key by the name of its variable."
    );
    // The output of a tool that failed cannot be replaced anywhere.
    if event.row.name.contains("ailure") {
        return (warning.clone(), warning);
    }
    let note = format!(
        "skanner masked {count} in this output: {names}. The real text still holds {them}: refer to a key by the name of its \
         variable, and never write a masked text back into a file."
    );
    (note, warning)
}

/// Advice for a file.
fn written(key: &CarriedKey<'_>) -> String {
    let path = &key.carried.path;
    let Some(Replacement { variable, expression, note, .. }) = key.instead() else {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        return match name.starts_with(".env") {
            true => format!("Leave the value of {} empty, and ask the user to fill it in.", key.variable()),
            false => format!(
                "Do not write a key into a file. Name the variable that holds it instead, such as {}.",
                key.variable()
            ),
        };
    };
    let note = note.map(|note| format!(" {note}")).unwrap_or_default();
    match expression.is_empty() {
        true => format!("Do not write a key into a file.{note}"),
        false => format!("Write {expression} in its place, and let the environment hold {variable}.{note}"),
    }
}

/// Whether a tool runs a command of a shell.
fn is_command(event: &AgentEvent<'_>) -> bool {
    let tool = event.tool.to_ascii_lowercase();
    let is_shell =
        ["bash", "shell", "powershell", "execute_bash", "run_shell_command", "exec_command", "terminal"];
    is_shell.contains(&tool.as_str())
        || ["beforeShellExecution", "pre_run_command", "PreSkillShellCommand"].contains(&event.row.name)
}

fn listed(keys: &[CarriedKey<'_>]) -> String {
    let mut names: Vec<String> = keys.iter().take(MOST_NAMED).map(CarriedKey::in_words).collect();
    if keys.len() > MOST_NAMED {
        names.push(format!("and {} more", keys.len() - MOST_NAMED));
    }
    names.join("; ")
}

fn count(keys: usize) -> String {
    if keys == 1 { "a key".to_owned() } else { format!("{keys} keys") }
}
