//! The configuration of gitleaks: what it lets pass. See `config/config.go` and `config/allowlist.go` of gitleaks.

use toml::de::DeTable;

use super::{
    entry::{ForeignTool, ImportedList, ImportedPaths},
    refusal::ListRefusal,
    regex_path,
};
use crate::{
    bytes::line_of,
    cold::ColdSort,
    loose_toml::{LooseTable, LooseValue},
};

/// Reads a configuration.
///
/// # Errors
/// When it is not TOML.
pub(super) fn config(text: &str) -> Result<ImportedList, ListRefusal> {
    let root = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        // The parser's own words may quote the text.
        ListRefusal::at(line_of(text.as_bytes(), at), "not valid TOML")
    })?;
    let root = LooseTable { text, entries: root.get_ref(), at: 0 };
    let mut list = ImportedList::of(ForeignTool::Gitleaks);
    for key in ["allowlist", "allowlists"] {
        elements(root, key).filter_map(LooseValue::table).for_each(|table| allowlist(table, &mut list));
    }
    // `rules-from` reads them, and the files that they extend.
    let extends = |table: LooseTable<'_, '_>| table.get("path").is_some();
    list.has_rules =
        root.get("rules").is_some() || root.get("extend").and_then(LooseValue::table).is_some_and(extends);
    list.left_out.cold_sort_by_key(|one| one.line);
    list.paths.cold_sort_by_key(|one| one.line);
    Ok(list)
}

fn allowlist(table: LooseTable<'_, '_>, list: &mut ImportedList) {
    let has = |key: &str| table.get(key).is_some();
    let criteria = ["paths", "regexes", "stopwords", "commits"].into_iter().filter(|key| has(key)).count();
    let condition = table.text("condition").ok().flatten().unwrap_or_default().to_ascii_uppercase();
    let condition = if matches!(condition.as_str(), "AND" | "&&") && criteria > 1 {
        Some("it counts only together with the others of its allowlist")
    } else if has("targetrules") {
        Some("it is for some rules of gitleaks only")
    } else {
        None
    };
    for (key, why) in [
        (
            "regexes",
            "regular expressions count for the rules of this file only; allow another key by its fingerprint",
        ),
        ("stopwords", "words count for the rules of this file only; allow another key by its fingerprint"),
        (
            "commits",
            "commits count for the rules of this file only; `skanner baseline create --history` lists other keys",
        ),
    ] {
        for (line, text) in strings(table, key) {
            list.leave_out(line, format!("{key} {text}"), condition.unwrap_or(why));
        }
    }
    for (line, regex) in strings(table, "paths") {
        list.paths.push(ImportedPaths {
            line,
            patterns: match condition {
                Some(why) => Err(why.to_owned()),
                None => regex_path::patterns(&regex),
            },
            written: regex,
        });
    }
}

/// The elements of an array, or the value alone.
fn elements<'v, 't>(table: LooseTable<'v, 't>, key: &str) -> impl Iterator<Item = LooseValue<'v, 't>> {
    table.get(key).into_iter().flat_map(LooseValue::elements)
}

/// The texts of an array, each with its line.
fn strings<'v>(table: LooseTable<'v, 'v>, key: &'v str) -> impl Iterator<Item = (u64, String)> + 'v {
    elements(table, key).filter_map(move |one| Some((one.line(), one.text(key).ok()?)))
}
