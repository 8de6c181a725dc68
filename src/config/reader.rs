//! Reads TOML with positions. A wrong type or name becomes a problem at its position, and reading continues.

use std::{cell::RefCell, ops::Range, sync::Arc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    error::{Problem, nearest},
    place::{ConfigPosition, Positioned},
};
use crate::{bytes::line_of, cold::ColdSort};

/// Keys of `[policy]` that people may write elsewhere.
const LIMITS: [&str; 5] = ["allow-by", "require-reason", "latest-until", "max-severity", "read-ignored"];

pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// The shared state of reading a file: its text, and the problems so far.
pub(super) struct TableReader<'t> {
    pub(super) text: &'t str,
    pub(super) shown: Arc<str>,
    problems: RefCell<Vec<Problem>>,
    /// Ids of rules that the file names. Whether they exist is checked once the whole file has been read.
    ids: RefCell<Vec<(String, Range<usize>)>>,
    /// The offsets of lines, so that lines are not counted from the top for each of ten thousand entries.
    lines: Vec<usize>,
}

/// A table with known keys.
pub(super) struct TomlTable<'r, 't> {
    pub(super) reader: &'r TableReader<'t>,
    entries: &'r DeTable<'t>,
    span: Range<usize>,
    /// Its name in messages, such as `[baseline]`.
    name: &'static str,
}

impl<'t> TableReader<'t> {
    pub(super) fn new(text: &'t str, shown: &str) -> Self {
        let lines = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).collect();
        Self { text, shown: shown.into(), problems: RefCell::default(), ids: RefCell::default(), lines }
    }

    pub(super) fn problem(&self, span: Range<usize>, message: impl Into<String>) {
        self.problems.borrow_mut().push(Problem { message: message.into(), span });
    }

    pub(super) fn names_rule(&self, id: &str, span: Range<usize>) {
        self.ids.borrow_mut().push((id.to_owned(), span));
    }

    pub(super) fn named_rules(&self) -> Vec<(String, Range<usize>)> {
        self.ids.take()
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.cold_sort_by_key(|problem| (problem.span.start, problem.span.end));
        problems
    }

    pub(super) fn place(&self, at: usize) -> ConfigPosition {
        let line = self.lines.partition_point(|start| *start <= at) as u64 + 1;
        debug_assert_eq!(line, line_of(self.text.as_bytes(), at));
        ConfigPosition { file: self.shown.clone(), line }
    }

    pub(super) fn at<T>(&self, value: T, span: &Range<usize>) -> Positioned<T> {
        Positioned { value, place: self.place(span.start) }
    }

    /// Reports that a value is not of the `expected` type, which comes with an article and an example.
    pub(super) fn wrong_type(&self, what: &str, expected: &str, value: &Value<'_>) {
        self.problem(
            value.span(),
            format!("{what} must be {expected}, but this is {}", with_article(value.get_ref())),
        );
    }

    pub(super) fn string<'v>(&self, what: &str, expected: &str, value: &'v Value<'t>) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(what, expected, value);
        }
        text
    }

    /// Reads one of several words.
    pub(super) fn word<T: Copy>(&self, what: &str, words: &[(&str, T)], value: &Value<'t>) -> Option<T> {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let text = self.string(what, &format!("one of {}", quoted(&names)), value)?;
        let found = words.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let hint = match nearest(text, names.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`? It is one of {}", quoted(&names)),
                None => format!("it is one of {}", quoted(&names)),
            };
            self.problem(value.span(), format!("{what} cannot be `{text}`; {hint}"));
        }
        found
    }

    pub(super) fn table<'r>(
        &'r self,
        name: &'static str,
        known: &[&str],
        value: &'r Value<'t>,
    ) -> Option<TomlTable<'r, 't>> {
        let entries = value.get_ref().as_table();
        if entries.is_none() {
            self.wrong_type(name, &format!("a table with {}", quoted(known)), value);
        }
        Some(TomlTable { reader: self, entries: entries?, span: value.span(), name })
    }
}

impl<'r, 't> TomlTable<'r, 't> {
    /// The file itself, which has no span of its own.
    pub(super) fn whole(reader: &'r TableReader<'t>, name: &'static str, entries: &'r DeTable<'t>) -> Self {
        Self { reader, entries, span: 0..0, name }
    }

    pub(super) fn check_keys(&self, known: &[&str]) {
        for (key, _) in self.entries {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let hint = match nearest(name, known.iter().copied()) {
                _ if matches!(name, "exclude" | "ignore" | "exclude-paths" | "extend-exclude") => {
                    "`[[allow]]` with `paths` suppresses the findings in some files; all files are read"
                        .to_owned()
                }
                _ if LIMITS.contains(&name) => {
                    "in the policy of an organization, it belongs under [policy]".to_owned()
                }
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("the keys are {}", quoted(known)),
            };
            self.reader.problem(key.span(), format!("unknown key `{name}` in {}; {hint}", self.name));
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'r Value<'t>> {
        self.entries.get(key)
    }

    /// Reports that the table lacks something.
    pub(super) fn missing(&self, message: &str) {
        self.reader.problem(self.span.clone(), format!("{} {message}", self.name));
    }

    pub(super) fn place(&self) -> ConfigPosition {
        self.reader.place(self.span.start)
    }
}

pub(super) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn with_article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
