//! Checks for text values: names, sentences, rule ids, patterns, fingerprints and days.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;
use toml::{de::DeValue, value::Datetime};

use super::{
    fields::{Element, Field, FromToml, elements},
    find::is_extendable,
    pattern,
    reader::Value,
};
use crate::{day::Day, finding::Fingerprint, foreign_rules, hidden::escape_control, rule::RuleSet};

/// So much of a key must be named, in characters, or a pattern would allow every key of an issuer.
const LEAST_OF_VALUE: usize = 6;

/// Defines text types: the resulting type, what messages call it if not by its key, what it must be, its schema, and
/// how to check a value of a key.
macro_rules! texts {
    ($(
        $(#[doc = $about:literal])+
        $name:ident -> $value:ty, [$($what:literal)?], $expected:literal, $schema:tt, $check:expr;
    )+) => {$(
        $(#[doc = $about])+
        pub(super) struct $name;

        impl FromToml for $name {
            type Value = $value;

            fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<$value> {
                let check: fn(&str, &str) -> Result<(), String> = $check;
                let Some(text) = value.get_ref().as_str() else {
                    let what = None::<&str>$(.or(Some($what)))?;
                    let what = what.map_or_else(|| field.quoted(), str::to_owned);
                    field.table.reader.wrong_type(&what, $expected, value);
                    return None;
                };
                check(field.key, text).map_err(|message| field.problem(value, message)).ok()?;
                Some(text.into())
            }

            fn schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

texts! {
    /// A text that is shown in reports.
    Text -> String, [], "a quoted string", { "type": "string", "minLength": 1 }, shown;
    /// The same, with shared ownership.
    SharedText -> Arc<str>, [], "a quoted string", { "type": "string", "minLength": 1 }, shown;
    /// Why something is fine.
    Reason -> String, [], "a quoted string", { "type": "string", "minLength": 1 }, |_, text| {
        holds(!text.trim().is_empty(), || "`reason` is empty; say why or remove it".to_owned())
    };
    /// A page of the issuer.
    Url -> String, [], "a quoted string", { "type": "string", "pattern": "^https://" }, |key, text| {
        shown(key, text)?;
        holds(text.starts_with("https://"), || format!("`{key}` must begin with https://"))
    };
    /// The id of a new rule.
    Id -> String, [], "a name, such as \"acme-api-key\"", { "type": "string", "pattern": "^[a-z][a-z0-9-]*$" }, |_, text| {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_id = text.bytes().all(is_plain) && text.starts_with(|first: char| first.is_ascii_lowercase());
        let what = "is not a rule id: expected lowercase letters, digits and dashes, beginning with a letter";
        holds(is_id, || format!("`{text}` {what}"))
    };
    /// A pattern as in `.gitignore`.
    Pattern -> String, ["a path"], "a pattern, such as \"tests/**\"", { "type": "string", "minLength": 1 }, |_, text| {
        pattern::check(text)
    };
    /// The fingerprint of a secret.
    OneFingerprint -> String, ["a fingerprint"], "a string", { "type": "string", "pattern": "^[0-9a-f]{32}$" }, |_, text| {
        let is_one = Fingerprint::parse(text).is_some();
        let what = "digits of 0-9 and a-f, as in the JSON report";
        holds(is_one, || format!("`{text}` is not a fingerprint: expected {} {what}", Fingerprint::DIGITS))
    };
    /// A key, in which `*` stands for anything.
    KeyPattern -> String, ["a value"], "a key, such as \"sk-test-*\"", { "type": "string", "pattern": "^[*]*([^*\\s][*]*){6,}$" }, |_, text| {
        let literal = text.chars().filter(|one| *one != '*').count();
        let what = "names too little of a key: at least 6 characters besides `*`, such as \"sk-test-*\"";
        holds(literal >= LEAST_OF_VALUE, || format!("`{text}` {what}"))?;
        holds(!text.contains(char::is_whitespace), || format!("`{text}` has a space in it, which no key has"))
    };
    /// Another configuration.
    ExtendedFile -> String, [], "a path, such as \"../organization/skanner.toml\"", { "type": "string", "pattern": "^[^:]*[.]toml$" }, |key, text| {
        let what = "is not the path of a configuration, such as \"../organization/skanner.toml\"; nothing is fetched from elsewhere";
        holds(is_extendable(text), || format!("`{key} = \"{text}\"` {what}"))
    };
    /// A file with rules of another scanner.
    RuleFileName -> String, ["a file of `rules-from`"], "a path, such as \".gitleaks.toml\"", { "type": "string", "pattern": "^[^:]*[.](toml|ya?ml|json)$" }, |_, text| {
        let what = "is not the path of a file with rules: a gitleaks.toml, a .yml of Kingfisher, or a .secretlintrc.json";
        holds(foreign_rules::is_rule_file(text), || format!("`{text}` {what}"))
    };
    /// A file that the configuration may choose. A hostile repository must not make `skanner baseline` read or write a
    /// file elsewhere.
    FileBelow -> PathBuf, [], "a path, such as \".skanner-baseline\"", { "type": "string", "minLength": 1 }, |key, text| {
        let is_below = Path::new(text).components().all(|part| matches!(part, Component::Normal(_)));
        holds(!text.is_empty(), || format!("`{key}` is empty; name a file or remove it"))?;
        let what = "is in the .git directory, where a baseline is not allowed; name a file outside it";
        holds(!is_of_git(text), || format!("`{text}` {what}"))?;
        let what = "is not a file path below the directory of the configuration; use --baseline for any other file";
        holds(is_below && !text.ends_with('/'), || format!("`{text}` {what}"))
    };
    /// A file of variables. A hostile repository must not make a scan tell what is in a file elsewhere.
    ValueFile -> PathBuf, ["a file of values"], "a path, such as \".env\"", { "type": "string", "minLength": 1 }, |_, text| {
        let is_below = Path::new(text).components().all(|part| matches!(part, Component::Normal(_)));
        let what = "is not a file path below the directory of the configuration; use --values-from for any other file";
        holds(is_below && !text.is_empty() && !text.ends_with('/'), || format!("`{text}` {what}"))?;
        holds(!is_of_git(text), || format!("`{text}` is in the .git directory; name a file outside it"))
    };
}

impl Element for ValueFile {
    const ARRAY: &'static str = "an array of paths, such as [\".env\"]";
}

impl Element for Text {
    const ARRAY: &'static str = "an array of strings";
    const MAY_BE_EMPTY: bool = true;
}

impl Element for Pattern {
    const ARRAY: &'static str = "an array of patterns, such as [\"tests/**\"]";
}

impl Element for RuleFileName {
    const ARRAY: &'static str = "an array of files, such as [\".gitleaks.toml\"]";
}

impl Element for KeyPattern {
    const ARRAY: &'static str = "an array of keys, such as [\"sk-test-*\"]";
}

impl Element for OneFingerprint {
    const ARRAY: &'static str = "an array of fingerprints as in the JSON report";
}

fn holds(is_so: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(message()) }
}

/// A text in a report must fit on one line, without terminal control characters.
fn shown(key: &str, text: &str) -> Result<(), String> {
    holds(!text.trim().is_empty(), || format!("`{key}` is empty"))?;
    let is_plain = escape_control(text) == text && !text.contains('\t');
    holds(is_plain, || format!("`{key}` contains a control character, which is not allowed in a report"))
}

/// Whether a path leads into the `.git` directory, where a file may be run as a hook or say what to run. File systems
/// of Windows and macOS ignore case and trailing dots and spaces, and also know the directory as `git~1`.
fn is_of_git(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| {
        let part = part.trim_end_matches(['.', ' ']);
        part.eq_ignore_ascii_case(".git") || part.eq_ignore_ascii_case("git~1")
    })
}

/// The id of an existing rule. It is looked up at the end.
pub(super) struct RuleId;

impl FromToml for RuleId {
    type Value = String;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<String> {
        let reader = field.table.reader;
        let id = reader.string("a rule", "the id of a rule, such as \"uuid-key\"", value)?;
        reader.names_rule(id, value.span());
        Some(id.to_owned())
    }

    /// Any id. Editors offer the built-in ones.
    fn schema(_: &mut SchemaGenerator) -> Schema {
        let built_in: Vec<&str> = RuleSet::builtin().iter().map(|rule| rule.id.as_str()).collect();
        json_schema!({ "type": "string", "pattern": "^[a-z][a-z0-9-]*$", "anyOf": [{ "enum": built_in }, {}] })
    }
}

impl Element for RuleId {
    const ARRAY: &'static str = "an array of rule ids, such as [\"uuid-key\"]";
}

/// Rules, each of them once.
pub(super) struct RuleIds;

impl FromToml for RuleIds {
    type Value = Vec<String>;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Vec<String>> {
        let (mut seen, mut ids) = (BTreeSet::new(), Vec::new());
        for element in elements::<RuleId>(field, value)? {
            match element.get_ref().as_str() {
                Some(id) if !seen.insert(id) => field.problem(element, format!("duplicate rule `{id}`")),
                _ => ids.extend(RuleId::read(field, element)),
            }
        }
        Some(ids)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Vec::<RuleId>::schema(generator);
        schema.insert("uniqueItems".to_owned(), json!(true));
        schema
    }
}

/// One rule, or several.
pub(super) struct RuleOrRules;

impl FromToml for RuleOrRules {
    type Value = Vec<String>;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Vec<String>> {
        match value.get_ref() {
            DeValue::Array(_) => Vec::<RuleId>::read(field, value),
            _ => Some(vec![RuleId::read(field, value)?]),
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [RuleId::schema(generator), Vec::<RuleId>::schema(generator)] })
    }
}

impl FromToml for Day {
    type Value = Self;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self> {
        let expected = format!("`{}` must be a date, such as 2027-01-31", field.key);
        let date: Datetime = match value.get_ref() {
            DeValue::Datetime(date) => *date,
            DeValue::String(text) => {
                let none = |_| field.problem(value, format!("{expected}; `{text}` is not one"));
                text.parse().map_err(none).ok()?
            }
            _ => {
                field.problem(value, expected);
                return None;
            }
        };
        let is_whole = date.time.is_none() && date.offset.is_none();
        let day = date.date.filter(|_| is_whole).and_then(|day| Self::parse(&day.to_string()));
        if day.is_none() {
            let what = format!("{expected}, without a time; it is valid through the end of that day in UTC");
            field.problem(value, what);
        }
        day
    }

    /// A TOML date, which validators treat as a string.
    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
    }
}
