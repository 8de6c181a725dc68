//! Readers that fuzz targets call, for what is not public otherwise.

use crate::{
    agent::{self, install},
    baseline::Baseline,
    blob::Content,
    finding::Detection,
    git::index::Index,
    hidden::escape_control,
    import as lists, masking,
    rule::Confidence,
    scan::{Engine, Scratch},
    session::Redactor,
    suppression,
};

/// A text of a stranger as it is shown.
#[must_use]
pub fn shown(bytes: &[u8]) -> String {
    escape_control(&Redactor::default().text(bytes)).into_owned()
}

/// Parses the comments of a text, and asks each of them about each key.
pub fn comments(bytes: &[u8]) {
    let engine = Engine::new(Confidence::Possible).watch(suppression::words(true));
    let (mut scratch, mut found) = (Scratch::default(), Vec::new());
    let _ = engine.scan(Content::Bytes(bytes), &mut scratch, &mut 0, |one: Detection| found.push(one));
    for mut comment in suppression::parse_comments(scratch.take_word_matches()) {
        for one in &found {
            let _ = comment.may_allow(&one.span);
        }
    }
}

/// Parses an index without its checksum, and returns the number of its entries.
///
/// # Errors
/// Why it cannot be read.
pub fn index(bytes: &[u8], hash_length: usize) -> Result<usize, String> {
    Index::parse(&[bytes, &vec![0; hash_length]].concat(), hash_length).map(|index| {
        for entry in index.entries() {
            let _ = (index.name(entry), index.id(entry));
        }
        index.entries().len()
    })
}

/// Parses a baseline, and returns it as it would be written.
///
/// # Errors
/// Why it cannot be read.
pub fn baseline(bytes: &[u8]) -> Result<String, String> {
    Baseline::parse(bytes, "a").map(|baseline| baseline.to_string()).map_err(|error| format!("{error:#}"))
}

/// Reads a list of another scanner, and returns how many things it holds.
///
/// # Errors
/// Why it cannot be read.
pub fn import(bytes: &[u8]) -> Result<usize, String> {
    lists::read(bytes).map(|list| list.count()).map_err(|refusal| refusal.to_string())
}

/// Reads a payload of a coding agent, and masks all of each text in it. Takes the same bytes for a command line and for the
/// settings of each agent, too. Returns how many texts the payload carries.
///
/// # Errors
/// Why it cannot be read.
pub fn agent(bytes: &[u8]) -> Result<usize, String> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = agent::skips_hooks(text);
        for one in install::AGENTS {
            let program = install::program_in(one, text);
            for change in [install::SettingsChange::Install("/s"), install::SettingsChange::Uninstall] {
                let changed = install::change(one, text, change).ok().flatten().unwrap_or_default();
                let _ = install::change(one, &changed, install::SettingsChange::Uninstall);
            }
            drop(program);
        }
    }
    let event = agent::recognize(bytes)?;
    let texts = agent::carried(&event);
    for text in &texts {
        let masked = text.edited(&masking::all(text.text.as_bytes()));
        let _ = agent::again(&masked.0, text).text;
    }
    let _ = agent::command(&event);
    Ok(texts.len())
}
