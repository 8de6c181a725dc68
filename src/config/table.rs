//! TOML with positions: whatever has the wrong type or name becomes a problem at its place, and reading goes on.

use std::{cell::RefCell, collections::BTreeSet, ops::Range, sync::Arc};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    At, Place,
    error::{Problem, line_number, nearest},
};

pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// What all parts of a file share: its text, and what is wrong so far.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) shown: Arc<str>,
    problems: RefCell<Vec<Problem>>,
    /// Where lines begin, so that ten thousand entries are not counted from the top each.
    lines: Vec<usize>,
}

/// A table whose keys are known.
pub(super) struct Table<'r, 't> {
    pub(super) reader: &'r Reader<'t>,
    entries: &'r DeTable<'t>,
    span: Range<usize>,
    /// What it is called, as `[baseline]`.
    name: &'static str,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, shown: &str) -> Self {
        let lines = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).collect();
        Self { text, shown: shown.into(), problems: RefCell::default(), lines }
    }

    pub(super) fn problem(&self, span: Range<usize>, message: impl Into<String>) {
        self.problems.borrow_mut().push(Problem { message: message.into(), span });
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        problems
    }

    pub(super) fn place(&self, at: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= at) as u64 + 1;
        debug_assert_eq!(line, line_number(self.text, at));
        Place { file: self.shown.clone(), line }
    }

    pub(super) fn at<T>(&self, value: T, span: &Range<usize>) -> At<T> {
        At { value, place: self.place(span.start) }
    }

    /// Says that a value has another type than `expected`, which is given with an article and an example.
    fn wrong_type(&self, what: &str, expected: &str, value: &Value<'_>) {
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

    pub(super) fn boolean(&self, what: &str, value: &Value<'t>) -> Option<bool> {
        let boolean = value.get_ref().as_bool();
        if boolean.is_none() {
            self.wrong_type(what, "true or false", value);
        }
        boolean
    }

    /// The elements of an array that must not be empty.
    pub(super) fn array<'v>(&self, what: &str, expected: &str, value: &'v Value<'t>) -> Vec<&'v Value<'t>> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(what, expected, value);
            return Vec::new();
        };
        array.iter().collect()
    }

    /// One of some words.
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

    /// A table, with an error for every key that is not among `known`.
    pub(super) fn table<'r>(
        &'r self,
        name: &'static str,
        known: &[&str],
        value: &'r Value<'t>,
    ) -> Option<Table<'r, 't>> {
        let Some(entries) = value.get_ref().as_table() else {
            self.wrong_type(name, &format!("a table with {}", quoted(known)), value);
            return None;
        };
        let table = Table { reader: self, entries, span: value.span(), name };
        table.check_keys(known);
        Some(table)
    }
}

impl<'r, 't> Table<'r, 't> {
    /// The table without a look at its keys.
    pub(super) fn of(
        reader: &'r Reader<'t>,
        name: &'static str,
        entries: &'r DeTable<'t>,
        span: Range<usize>,
    ) -> Self {
        Self { reader, entries, span, name }
    }

    pub(super) fn check_keys(&self, known: &[&str]) {
        for (key, _) in self.entries {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let hint = meant(name, known, "the keys are");
            self.reader.problem(key.span(), format!("unknown key `{name}` in {}{hint}", self.name));
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'r Value<'t>> {
        self.entries.get(key)
    }

    /// A key that must be there; `why` says what for.
    pub(super) fn required(&self, key: &str, why: &str) -> Option<&'r Value<'t>> {
        let value = self.get(key);
        if value.is_none() {
            self.missing(&format!("has no `{key}`: {why}"));
        }
        value
    }

    /// Says that the table lacks something.
    pub(super) fn missing(&self, message: &str) {
        self.reader.problem(self.span.clone(), format!("{} {message}", self.name));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'r Spanned<DeString<'t>>, &'r Value<'t>)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries.into_iter()
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    pub(super) fn place(&self) -> Place {
        self.reader.place(self.span.start)
    }
}

/// What was meant, or all there is: `; did you mean …?`.
pub(super) fn meant(word: &str, known: &[&str], lead: &str) -> String {
    match nearest(word, known.iter().copied()) {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => format!("; {lead} {}", quoted(known)),
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

/// Says of every text after the first one like it that it is there twice.
pub(super) struct Once<'s> {
    what: &'static str,
    seen: BTreeSet<&'s str>,
}

impl<'s> Once<'s> {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, seen: BTreeSet::new() }
    }

    pub(super) fn check(&mut self, reader: &Reader<'_>, text: &'s str, span: Range<usize>) -> bool {
        let is_new = self.seen.insert(text);
        if !is_new {
            reader.problem(span, format!("{} `{text}` is there twice", self.what));
        }
        is_new
    }
}
