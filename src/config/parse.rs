//! From TOML to a configuration.

use std::{
    collections::BTreeSet,
    ops::Range,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use toml::de::{DeTable, DeValue};

use super::{
    At, Baseline, Config, Document, Invalid, Problem, Regrade, Scope, allow,
    allow::list,
    nearest, own,
    table::{Once, Reader, Table, Value, quoted},
};
use crate::rule::{Confidence, Rule, RuleSet, Severity};

/// The keys of the file.
pub(super) const KEYS: [&str; 9] = [
    "min-confidence",
    "rules",
    "exclude-rules",
    "severity",
    "accept-unread",
    "trust-foreign-markers",
    "baseline",
    "allow",
    "rule",
];

/// The keys of `[baseline]`.
pub(super) const BASELINE_KEYS: [&str; 2] = ["file", "scope"];

pub(super) const CONFIDENCES: [(&str, Confidence); 3] =
    [("certain", Confidence::Certain), ("likely", Confidence::Likely), ("possible", Confidence::Possible)];

pub(super) const SEVERITIES: [(&str, Severity); 4] = [
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
];

const SCOPES: [(&str, Scope); 2] = [("file", Scope::File), ("secret", Scope::Secret)];

/// To find the nearest id takes a while, and nobody reads so many.
const MOST_UNKNOWN: usize = 100;

/// Ids of rules that the file names; whether they exist is known when all of it has been read.
#[derive(Default)]
pub(super) struct Ids {
    named: Vec<(String, Range<usize>)>,
}

impl Ids {
    pub(super) fn named(&mut self, id: &str, span: Range<usize>) {
        self.named.push((id.to_owned(), span));
    }

    fn check(&self, reader: &Reader<'_>, own: &[At<Arc<Rule>>]) {
        if self.named.is_empty() {
            return;
        }
        let built_in = RuleSet::builtin().iter().map(|rule| rule.id.as_str());
        let known: BTreeSet<&str> = built_in.chain(own.iter().map(|rule| rule.value.id.as_str())).collect();
        let unknown = self.named.iter().filter(|(id, _)| !known.contains(id.as_str()));
        for (id, span) in unknown.take(MOST_UNKNOWN) {
            let hint = match nearest(id, known.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "`skanner rules list` shows them all".to_owned(),
            };
            reader.problem(span.clone(), format!("there is no rule `{id}`; {hint}"));
        }
    }
}

pub(super) fn parse(document: &Document, shown: &str) -> Result<Config, Invalid> {
    let text = document.text.as_str();
    let invalid = |problems| Invalid { shown: shown.to_owned(), text: document.text.clone(), problems };
    let root = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().trim().replace('\n', "; ");
        invalid(vec![Problem { message: format!("this is no TOML: {message}"), span }])
    })?;
    let reader = Reader::new(text, shown);
    let config = find_table(&reader, document, root.get_ref()).map(|table| read(document, shown, &table));
    let problems = reader.into_problems();
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(invalid(problems)),
    }
}

/// The table of the file that is meant.
fn find_table<'r, 't>(
    reader: &'r Reader<'t>,
    document: &Document,
    root: &'r DeTable<'t>,
) -> Option<Table<'r, 't>> {
    let tables = document.kind.tables();
    if tables.is_empty() {
        return Some(Table::of(reader, "the configuration", root, 0..0));
    }
    let mut found = Vec::new();
    for path in tables {
        let mut value: Option<&Value<'t>> = root.get(path[0]);
        for key in &path[1..] {
            value = value.and_then(|value| value.get_ref().as_table()).and_then(|table| table.get(*key));
        }
        found.extend(value);
    }
    if let [_, other, ..] = found[..] {
        reader.problem(
            other.span(),
            "there is a table for skanner in [package.metadata], too; put all into one",
        );
    }
    let value = found.first()?;
    match value.get_ref() {
        DeValue::Table(entries) => Some(Table::of(reader, "the configuration", entries, value.span())),
        _ => {
            reader.problem(value.span(), "the configuration of skanner must be a table");
            None
        }
    }
}

fn read(document: &Document, shown: &str, table: &Table<'_, '_>) -> Config {
    let reader = table.reader;
    table.check_keys(&KEYS);
    let mut ids = Ids::default();
    let min_confidence = table.get("min-confidence").and_then(|value| {
        let confidence = reader.word("`min-confidence`", &CONFIDENCES, value)?;
        Some(reader.at(confidence, &value.span()))
    });
    let rules = rule_list(table, "rules", &mut ids);
    let exclude_rules = rule_list(table, "exclude-rules", &mut ids);
    let severity = severities(table, &mut ids);
    let accept_unread = list(
        table,
        "accept-unread",
        "an array of tables, such as [{ path = \"tests/data/*.zip\", reason = \"damaged on purpose\" }]",
    );
    let trust_foreign_markers = table
        .get("trust-foreign-markers")
        .and_then(|value| Some(reader.at(reader.boolean("`trust-foreign-markers`", value)?, &value.span())));
    let allow_entries = tables(table, "allow", "[[allow]]");
    let own_rules = own::rules(reader, &tables(table, "rule", "[[rule]]"));
    let config = Config {
        file: document.file.clone(),
        shown: shown.into(),
        base: document.base.clone(),
        min_confidence,
        rules,
        exclude_rules,
        severity,
        accept_unread: accept_unread.iter().filter_map(|entry| allow::accept_unread(reader, entry)).collect(),
        trust_foreign_markers,
        baseline: table.get("baseline").map(|value| baseline(reader, value)).unwrap_or_default(),
        allow: allow_entries.iter().filter_map(|entry| allow::allow(reader, entry, &mut ids)).collect(),
        own_rules,
    };
    ids.check(reader, &config.own_rules);
    config
}

/// The entries of an array of tables; none is fine.
fn tables<'r, 't>(table: &Table<'r, 't>, key: &str, name: &str) -> Vec<&'r Value<'t>> {
    let Some(value) = table.get(key) else { return Vec::new() };
    if value.get_ref().is_table() {
        table.reader.problem(value.span(), format!("there may be several: write {name} with two brackets"));
        return Vec::new();
    }
    table.reader.array(&format!("`{key}`"), &format!("an array of tables, each under {name}"), value)
}

fn rule_list(table: &Table<'_, '_>, key: &'static str, ids: &mut Ids) -> Option<At<Vec<String>>> {
    let value = table.get(key)?;
    let mut once = Once::new("the rule");
    let mut rules = Vec::new();
    for element in list(table, key, "an array of ids of rules, such as [\"uuid-key\"]") {
        let id = table.reader.string("a rule", "the id of a rule, such as \"uuid-key\"", element);
        if let Some(id) = id.filter(|id| once.check(table.reader, id, element.span())) {
            ids.named(id, element.span());
            rules.push(id.to_owned());
        }
    }
    Some(table.reader.at(rules, &value.span()))
}

fn severities(table: &Table<'_, '_>, ids: &mut Ids) -> Vec<At<Regrade>> {
    let Some(value) = table.get("severity") else { return Vec::new() };
    let reader = table.reader;
    let Some(entries) = value.get_ref().as_table() else {
        let names: Vec<_> = SEVERITIES.iter().map(|(name, _)| *name).collect();
        reader.problem(
            value.span(),
            format!("`severity` must be a table with a line for each rule, such as uuid-key = \"low\"; there are {}", quoted(&names)),
        );
        return Vec::new();
    };
    let mut regrades = Vec::new();
    for (key, value) in Table::of(reader, "[severity]", entries, value.span()).iter() {
        let rule: &str = key.get_ref();
        ids.named(rule, key.span());
        if let Some(severity) = reader.word(&format!("the severity of {rule}"), &SEVERITIES, value) {
            regrades.push(reader.at(Regrade { rule: rule.to_owned(), severity }, &key.span()));
        }
    }
    regrades
}

fn baseline(reader: &Reader<'_>, value: &Value<'_>) -> Baseline {
    let Some(table) = reader.table("[baseline]", &BASELINE_KEYS, value) else { return Baseline::default() };
    let file = table.get("file").and_then(|value| {
        let text = reader.string("`file`", "a path, such as \".skanner-baseline\"", value)?;
        if is_below(text) && !is_of_git(text) {
            return Some(reader.at(PathBuf::from(text), &value.span()));
        }
        if text.is_empty() {
            reader.problem(value.span(), "`file` is empty; name a file, or take it away");
            return None;
        }
        if is_of_git(text) {
            reader.problem(
                value.span(),
                format!("`{text}` is in the folder of git, where no baseline may be; name a file beside it"),
            );
            return None;
        }
        reader.problem(
            value.span(),
            format!("`{text}` is no path of a file below the folder of the configuration; --baseline names any file"),
        );
        None
    });
    let scope = table
        .get("scope")
        .and_then(|value| Some(reader.at(reader.word("`scope`", &SCOPES, value)?, &value.span())));
    Baseline { file, scope }
}

/// Whether a path leads to something below the folder it starts from. A hostile repository must not choose a file
/// elsewhere that `skanner baseline` reads or writes.
fn is_below(path: &str) -> bool {
    let mut parts = Path::new(path).components().peekable();
    !path.ends_with('/') && parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Whether a path leads into the folder of git, where a file may be run as a hook or say what to run. File systems of
/// Windows and macOS ignore case, dots and spaces at an end, and know the folder as `git~1`.
fn is_of_git(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| {
        let part = part.trim_end_matches(['.', ' ']);
        part.eq_ignore_ascii_case(".git") || part.eq_ignore_ascii_case("git~1")
    })
}
