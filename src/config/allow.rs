//! What somebody declares to be fine: `[[allow]]` and `accept-unread`.

use std::ops::Range;

use ignore::gitignore::GitignoreBuilder;
use toml::{de::DeValue, value::Datetime};

use super::{
    Place,
    parse::Ids,
    table::{Reader, Table, Value},
};
use crate::{day::Day, finding::Fingerprint};

/// The keys of `[[allow]]`.
pub(super) const ALLOW_KEYS: [&str; 5] = ["rule", "paths", "fingerprints", "reason", "until"];

/// The keys of an entry of `accept-unread`.
pub(super) const ACCEPT_KEYS: [&str; 3] = ["path", "reason", "until"];

/// One `[[allow]]`: keys that are no findings. All that it names must agree; of several paths or fingerprints, one is
/// enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// Where it begins.
    pub place: Place,
    /// The rules that it is for, which exist; all rules if there are none.
    pub rules: Vec<String>,
    /// Patterns as in `.gitignore`, from [`super::Config::base`]; all paths if there are none.
    pub paths: Vec<String>,
    /// Fingerprints of keys, each with its own place; all keys if there are none.
    pub fingerprints: Vec<super::At<String>>,
    /// Why that is fine.
    pub reason: Option<String>,
    /// The last day that it counts, in UTC.
    pub until: Option<Day>,
}

/// One entry of `accept-unread`: inputs that may stay unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptUnread {
    /// Where it begins.
    pub place: Place,
    /// A pattern as in `.gitignore`, from [`super::Config::base`].
    pub path: String,
    /// Why that is fine.
    pub reason: Option<String>,
    /// The last day that it counts, in UTC.
    pub until: Option<Day>,
}

pub(super) fn allow(reader: &Reader<'_>, value: &Value<'_>, ids: &mut Ids) -> Option<Allow> {
    let table = reader.table("[[allow]]", &ALLOW_KEYS, value)?;
    if table.get("paths").is_none() && table.get("fingerprints").is_none() {
        table.missing(if table.get("rule").is_some() {
            "needs `paths` or `fingerprints`; to switch a rule off everywhere, name it in `exclude-rules`"
        } else {
            "needs `paths` or `fingerprints`, or it would allow everything"
        });
        return None;
    }
    let rules = rules(&table, ids);
    let paths = list(&table, "paths", "an array of patterns, such as [\"tests/**\"]");
    let paths: Vec<_> = paths.iter().filter_map(|path| pattern(reader, path)).collect();
    if let (Some(value), true) = (table.get("paths"), all_exceptions(&paths)) {
        let what =
            "only exceptions are here, which match nothing: name first what is allowed, such as \"tests/**\"";
        reader.problem(value.span(), what);
    }
    let mut fingerprints = Vec::new();
    for value in list(&table, "fingerprints", "an array of fingerprints, as the JSON report has them") {
        let Some(text) = reader.string("a fingerprint", "a string", value) else { continue };
        if Fingerprint::parse(text).is_some() {
            fingerprints.push(reader.at(text.to_owned(), &value.span()));
        } else {
            reader.problem(
                value.span(),
                format!(
                    "`{text}` is no fingerprint: that is {} digits of 0-9 and a-f, as in the JSON report",
                    Fingerprint::DIGITS
                ),
            );
        }
    }
    Some(Allow {
        place: table.place(),
        rules,
        paths,
        fingerprints,
        reason: reason(&table),
        until: until(&table),
    })
}

pub(super) fn accept_unread(reader: &Reader<'_>, value: &Value<'_>) -> Option<AcceptUnread> {
    let table = reader.table("an entry of accept-unread", &ACCEPT_KEYS, value)?;
    let path = table.required("path", "say what may stay unread, such as path = \"tests/data/*.zip\"");
    let path = path.and_then(|value| {
        let path = pattern(reader, value)?;
        if path.starts_with('!') {
            let what = format!(
                "`{path}` is an exception, which matches nothing; for a name that begins so, write '\\{path}'"
            );
            reader.problem(value.span(), what);
        }
        Some(path)
    });
    let (reason, until) = (reason(&table), until(&table));
    Some(AcceptUnread { place: table.place(), path: path?, reason, until })
}

/// The rule that an entry is for, or several.
fn rules(table: &Table<'_, '_>, ids: &mut Ids) -> Vec<String> {
    const ONE: &str = "the id of a rule, such as \"uuid-key\"";
    let Some(value) = table.get("rule") else { return Vec::new() };
    let values = match value.get_ref() {
        DeValue::Array(_) => list(table, "rule", ONE),
        _ => vec![value],
    };
    let mut rules = Vec::new();
    for value in values {
        if let Some(id) = table.reader.string("a rule", ONE, value) {
            ids.named(id, value.span());
            rules.push(id.to_owned());
        }
    }
    rules
}

/// The elements of an array, which says nothing if it is empty.
pub(super) fn list<'r, 't>(table: &Table<'r, 't>, key: &'static str, expected: &str) -> Vec<&'r Value<'t>> {
    let Some(value) = table.get(key) else { return Vec::new() };
    let elements = table.reader.array(&format!("`{key}`"), expected, value);
    if elements.is_empty() && value.get_ref().is_array() {
        table.reader.problem(value.span(), format!("`{key}` is empty; name something, or take it away"));
    }
    elements
}

/// A pattern as in `.gitignore`.
pub(super) fn pattern(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let text = reader.string("a path", "a pattern, such as \"tests/**\"", value)?;
    let why = if text.trim().is_empty() || text.starts_with('#') {
        "it matches nothing".to_owned()
    } else if let Some(why) = never(text) {
        why
    } else if !text.contains(['[', ']', '{', '}', '\\']) {
        // Nothing else can be wrong, and to ask the library takes longer than all the rest: there may be thousands.
        return Some(text.to_owned());
    } else {
        match GitignoreBuilder::new("").add_line(None, text) {
            Ok(_) => return Some(text.to_owned()),
            Err(error) => plain(error),
        }
    };
    reader.problem(
        value.span(),
        format!("`{text}` is no pattern as in .gitignore, such as \"tests/**\" or \"*.env\": {why}"),
    );
    None
}

/// Whether patterns take away from nothing.
fn all_exceptions(patterns: &[String]) -> bool {
    !patterns.is_empty() && patterns.iter().all(|pattern| pattern.starts_with('!'))
}

/// Why a pattern matches no path, though the library takes it.
fn never(text: &str) -> Option<String> {
    let body = text.trim_end();
    let body = body.strip_prefix('!').unwrap_or(body);
    let body = body.strip_prefix('/').unwrap_or(body);
    let body = body.strip_suffix('/').unwrap_or(body);
    if body.is_empty() {
        return Some("it matches nothing".to_owned());
    }
    if body.split('/').any(|part| part == "..") {
        return Some(
            "paths start from the folder of the configuration, and none leads out of there".to_owned(),
        );
    }
    if body.split('/').any(|part| part.is_empty() || part == ".") {
        let plain: Vec<_> = body.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        let start = if text.starts_with("./") && plain.len() == 1 { "/" } else { "" };
        return Some(format!("no path has an empty part or `.` in it; write \"{start}{}\"", plain.join("/")));
    }
    has_open_bracket(body).then(|| "a `[` has no `]`; for the character itself, write '\\['".to_owned())
}

/// Whether a class such as `[a-z]` has no end, which the library takes for a text and git for nothing.
fn has_open_bracket(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '[']) {
        let mut inner = rest[at + 1..].chars();
        if rest.as_bytes()[at] == b'\\' {
            inner.next();
            rest = inner.as_str();
            continue;
        }
        let class = inner.as_str();
        let class = class.strip_prefix(['!', '^']).unwrap_or(class);
        // A bracket at the beginning is one of the characters.
        let class = class.strip_prefix(']').unwrap_or(class);
        let Some(end) = class.find(']') else { return true };
        rest = &class[end + 1..];
    }
    false
}

/// What the library says, without the pattern that it repeats.
fn plain(error: ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err,
        ignore::Error::WithLineNumber { err, .. } | ignore::Error::WithPath { err, .. } => plain(*err),
        ignore::Error::Partial(errors) => errors.into_iter().map(plain).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

fn reason(table: &Table<'_, '_>) -> Option<String> {
    let value = table.get("reason")?;
    let text = table.reader.string("`reason`", "a text in quotes", value)?;
    if text.trim().is_empty() {
        table.reader.problem(value.span(), "`reason` is empty; say why, or take it away");
    }
    Some(text.to_owned())
}

fn until(table: &Table<'_, '_>) -> Option<Day> {
    const EXPECTED: &str = "`until` must be a day, such as 2027-01-31";
    let value = table.get("until")?;
    let problem = |span: Range<usize>, message: String| table.reader.problem(span, message);
    let date: Datetime = match value.get_ref() {
        DeValue::Datetime(date) => *date,
        DeValue::String(text) => match text.parse() {
            Ok(date) => date,
            Err(_) => {
                problem(value.span(), format!("{EXPECTED}; `{text}` is none"));
                return None;
            }
        },
        _ => {
            problem(value.span(), EXPECTED.to_owned());
            return None;
        }
    };
    let is_whole = date.time.is_none() && date.offset.is_none();
    let day = date.date.filter(|_| is_whole).and_then(|day| Day::parse(&day.to_string()));
    if day.is_none() {
        problem(value.span(), format!("{EXPECTED}, without a time; it counts to the end of that day in UTC"));
    }
    day
}
