//! The configuration of gitleaks: what it lets pass. See `config/config.go` and `config/allowlist.go` of gitleaks.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    entry::{ForeignTool, ImportedList, ImportedPaths},
    json::LineCounter,
    refusal::ListRefusal,
    regex_path,
};
use crate::cold::ColdSort;

/// Tables that make a TOML file a configuration of gitleaks.
pub(super) const TABLES: [&str; 4] = ["allowlist", "allowlists", "extend", "rules"];

/// Reads a configuration.
///
/// # Errors
/// When it is not TOML.
pub(super) fn config(text: &str) -> Result<ImportedList, ListRefusal> {
    let root = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        // The parser's own words may quote the text.
        ListRefusal::at(LineCounter::new(text.as_bytes()).line(at), "not valid TOML")
    })?;
    let mut reading = ConfigReading { text, list: ImportedList::of(ForeignTool::Gitleaks) };
    let mut keys: Vec<_> = root.get_ref().iter().collect();
    keys.cold_sort_by_key(|(key, _)| key.span().start);
    for (key, value) in keys {
        match &**key.get_ref() {
            "allowlist" | "allowlists" => tables(value).for_each(|table| reading.allowlist(table)),
            // `rules-from` reads them, and the files that they extend.
            "rules" => reading.list.has_rules = true,
            "extend" => {
                let extends = |table: &DeTable<'_>| table.get("path").is_some();
                reading.list.has_rules |= value.get_ref().as_table().is_some_and(extends);
            }
            _ => {}
        }
    }
    reading.list.left_out.cold_sort_by_key(|one| one.line);
    Ok(reading.list)
}

struct ConfigReading<'t> {
    text: &'t str,
    list: ImportedList,
}

type TomlValue<'t> = Spanned<DeValue<'t>>;

impl ConfigReading<'_> {
    fn line(&self, value: &TomlValue<'_>) -> u64 {
        LineCounter::new(self.text.as_bytes()).line(value.span().start)
    }

    fn allowlist(&mut self, value: &TomlValue<'_>) {
        let Some(table) = value.get_ref().as_table() else { return };
        let has = |key: &str| table.get(key).is_some();
        let criteria =
            ["paths", "regexes", "stopwords", "commits"].into_iter().filter(|key| has(key)).count();
        let is_and = table
            .get("condition")
            .and_then(|condition| condition.get_ref().as_str())
            .is_some_and(|condition| matches!(condition.to_ascii_uppercase().as_str(), "AND" | "&&"));
        let condition = if is_and && criteria > 1 {
            Some("it counts only together with the others of its allowlist")
        } else if has("targetRules") {
            Some("it is for some rules of gitleaks only")
        } else {
            None
        };
        for (key, why) in [
            (
                "regexes",
                "regular expressions count for the rules of this file only; allow another key by its fingerprint",
            ),
            (
                "stopwords",
                "words count for the rules of this file only; allow another key by its fingerprint",
            ),
            (
                "commits",
                "commits count for the rules of this file only; `skanner baseline create --history` lists other keys",
            ),
        ] {
            for element in table.get(key).into_iter().flat_map(strings) {
                self.list.leave_out(
                    self.line(element.0),
                    format!("{key} {}", element.1),
                    condition.unwrap_or(why),
                );
            }
        }
        for (value, regex) in table.get("paths").into_iter().flat_map(strings) {
            let line = self.line(value);
            self.list.paths.push(ImportedPaths {
                line,
                written: regex.to_owned(),
                patterns: match condition {
                    Some(why) => Err(why.to_owned()),
                    None => regex_path::patterns(regex),
                },
            });
        }
    }
}

/// The tables of an array of tables, or a table alone.
fn tables<'v, 't>(value: &'v TomlValue<'t>) -> impl Iterator<Item = &'v TomlValue<'t>> {
    let all: Vec<_> = match value.get_ref() {
        DeValue::Array(all) => all.iter().collect(),
        _ => vec![value],
    };
    all.into_iter()
}

/// The strings of an array.
fn strings<'v, 't>(value: &'v TomlValue<'t>) -> impl Iterator<Item = (&'v TomlValue<'t>, &'v str)> {
    let all = value.get_ref().as_array();
    all.into_iter().flat_map(|all| all.iter()).filter_map(|one| Some((one, one.get_ref().as_str()?)))
}
