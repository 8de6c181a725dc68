//! Parses TOML into a configuration.

use toml::de::{DeTable, DeValue};

use super::{
    error::{Invalid, Problem, nearest},
    fields::Keys,
    find::{ConfigDocument, ConfigKind},
    model::Config,
    reader::{TableReader, TomlTable, Value},
};
use crate::{
    cold,
    rule::{KNOWN_VALUE, RuleSet},
};

/// Finding the nearest id takes a while, and nobody reads more than this.
const MOST_UNKNOWN: usize = 100;

/// A repository does not limit itself, and nobody should think that it does.
const NOT_HERE: &str = "`[policy]` has no effect in the configuration of a repository; put it into the file of the \
                        organization that --policy or SKANNER_POLICY names";

impl Config {
    /// Parses a configuration. `shown` is the name of its file, as it may be shown.
    ///
    /// # Errors
    /// Everything that is wrong with it, with line numbers.
    pub fn parse(document: &ConfigDocument, shown: &str) -> Result<Self, Invalid> {
        Self::parse_over(document, shown, Self::default())
    }

    /// The same on top of another one, whose rules it may name.
    ///
    /// # Errors
    /// The same as those of [`Self::parse`].
    pub(crate) fn parse_over(document: &ConfigDocument, shown: &str, base: Self) -> Result<Self, Invalid> {
        let text = document.text.as_str();
        let invalid = |problems| Invalid { shown: shown.to_owned(), text: document.text.clone(), problems };
        let root = DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().trim().replace('\n', "; ");
            invalid(vec![Problem { message: format!("not valid TOML: {message}"), span }])
        })?;
        let reader = TableReader::new(text, shown);
        let config = find_table(&reader, document, root.get_ref())
            .and_then(|table| {
                if let Some(value) = table.get("policy").filter(|_| document.kind != ConfigKind::Policy) {
                    reader.problem(value.span(), NOT_HERE);
                    return None;
                }
                Self::from_table(&table)
            })
            .map(|config| {
                check_ids(&reader, &config, &base);
                Self {
                    file: document.file.clone(),
                    shown: shown.into(),
                    base: document.base.clone(),
                    ..config
                }
            });
        let problems = reader.into_problems();
        let config = config.filter(|_| problems.is_empty()).ok_or_else(|| invalid(problems))?;
        Ok(config.over(base))
    }
}

/// Finds the table that holds the configuration.
fn find_table<'r, 't>(
    reader: &'r TableReader<'t>,
    document: &ConfigDocument,
    root: &'r DeTable<'t>,
) -> Option<TomlTable<'r, 't>> {
    let tables = document.kind.tables();
    if tables.is_empty() {
        return Some(TomlTable::whole(reader, Config::NAME, root));
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
            "there is also a table for skanner in [package.metadata]; merge them into one",
        );
    }
    let value = found.first()?;
    match value.get_ref() {
        DeValue::Table(entries) => Some(TomlTable::whole(reader, Config::NAME, entries)),
        _ => {
            reader.problem(value.span(), "the configuration of skanner must be a table");
            None
        }
    }
}

/// Checks that the rules named in the file exist.
fn check_ids(reader: &TableReader<'_>, config: &Config, base: &Config) {
    let named = reader.named_rules();
    if named.is_empty() {
        return;
    }
    let built_in = RuleSet::builtin().iter().map(|rule| rule.id.as_str());
    let own = config.own_rules.iter().chain(&base.own_rules).map(|rule| rule.value.id.as_str());
    let known = cold::set(built_in.chain(own).chain([KNOWN_VALUE]));
    let unknown = named.iter().filter(|(id, _)| !known.contains(id.as_str()));
    for (id, span) in unknown.take(MOST_UNKNOWN) {
        let hint = match nearest(id, known.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "`skanner rules list` shows them all".to_owned(),
        };
        reader.problem(span.clone(), format!("there is no rule `{id}`; {hint}"));
    }
}
