//! A configuration that is open in the editor: what is wrong with it is shown where it is wrong, before it is saved.

use std::path::Path;

use super::text_check::TextMark;
use crate::{
    bytes::char_floor,
    config::{Config, ConfigDocument, ConfigKind, NamedFiles, kind_of_name},
    report::Level,
    session::Redactor,
};

/// What is wrong with a file, if it is a configuration. One that needs other files is not judged by itself: what is wrong
/// with all of them together is told when they are loaded.
pub(super) fn problems(file: &Path, text: &str) -> Vec<TextMark> {
    let kind = file.file_name().and_then(|name| name.to_str()).and_then(kind_of_name);
    let Some(kind) = kind.filter(|kind| *kind == ConfigKind::Own || text.contains("skanner")) else {
        return Vec::new();
    };
    let base = file.parent().unwrap_or(file).to_owned();
    let document = ConfigDocument { file: file.to_owned(), base, kind, text: text.to_owned() };
    if document.named_files() != NamedFiles::default() {
        return Vec::new();
    }
    let Err(invalid) = Config::parse(&document, "skanner.toml") else { return Vec::new() };
    let redactor = Redactor::default();
    let problems = invalid.problems.into_iter().map(|problem| {
        let start = char_floor(text, problem.span.start);
        TextMark {
            range: start..char_floor(text, problem.span.end).max(start),
            level: Level::Error,
            ..TextMark::of_text("configuration", redactor.line(&problem.message))
        }
    });
    problems.collect()
}
