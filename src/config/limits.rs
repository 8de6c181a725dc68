//! The values of `[policy]`.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::{
    fields::{Element, Field, FromToml, choices},
    reader::Value,
    text::Pattern,
};
use crate::rule::{word_schema, words};

words! {
    /// A kind of suppression that a policy may let count.
    pub enum AllowedKind {
        /// Comments such as `skanner:allow`.
        Comment = "comment",
        /// Entries of a baseline.
        Baseline = "baseline",
        /// `[[allow]]` entries of a configuration.
        Entry = "entry",
        /// Comments and lists for other scanners.
        Foreign = "foreign",
        /// `accept-unread` entries of a configuration.
        Unread = "unread",
    }
}
word_schema!(AllowedKind);
choices!(AllowedKind);

impl Element for AllowedKind {
    const ARRAY: &'static str = "an array of kinds, such as [\"comment\", \"entry\"]";
    const MAY_BE_EMPTY: bool = true;
}

/// `require-reason`, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonRule {
    /// `false`
    Nowhere,
    /// `true`
    Usual,
    /// `"everywhere"`
    Everywhere,
}

impl ReasonRule {
    /// As it is written.
    pub(crate) fn value(self) -> serde_json::Value {
        match self {
            Self::Nowhere => json!(false),
            Self::Usual => json!(true),
            Self::Everywhere => json!("everywhere"),
        }
    }
}

impl FromToml for ReasonRule {
    type Value = Self;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self> {
        match (value.get_ref().as_bool(), value.get_ref().as_str()) {
            (Some(true), _) => Some(Self::Usual),
            (Some(false), _) => Some(Self::Nowhere),
            (_, Some("everywhere")) => Some(Self::Everywhere),
            (_, Some(text)) => {
                field.problem(
                    value,
                    format!("{} cannot be `{text}`; it is true, false or \"everywhere\"", field.quoted()),
                );
                None
            }
            _ => {
                field.table.reader.wrong_type(&field.quoted(), "true, false or \"everywhere\"", value);
                None
            }
        }
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": [true, false, "everywhere"] })
    }
}

/// A number of days, such as `90d` or `90`.
pub(super) struct DayCount;

/// A longer time is no limit: about a hundred years, in days.
const MOST_DAYS: u32 = 36_500;

impl FromToml for DayCount {
    type Value = u32;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<u32> {
        let inner = value.get_ref();
        let text = match (inner.as_str(), inner.as_integer()) {
            (Some(text), _) => text.to_owned(),
            (_, Some(number)) => number.to_string(),
            _ => {
                field.table.reader.wrong_type(&field.quoted(), "a number of days, such as \"90d\"", value);
                return None;
            }
        };
        let digits = text.strip_suffix('d').unwrap_or(&text);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let days = is_number.then(|| digits.parse().ok()).flatten();
        let days = days.filter(|days| (1..=MOST_DAYS).contains(days));
        if days.is_none() {
            let what = format!("a number of days from 1 to {MOST_DAYS}, such as \"90d\"");
            field.problem(value, format!("`{}` cannot be `{text}`; it must be {what}", field.key));
        }
        days
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": MOST_DAYS },
            { "type": "string", "pattern": "^0*[1-9][0-9]{0,4}d?$" },
        ] })
    }
}

/// Patterns of paths, of which one must not be an exception.
pub(super) struct PathPatterns;

impl FromToml for PathPatterns {
    type Value = Vec<String>;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Vec<String>> {
        let paths = Vec::<Pattern>::read(field, value)?;
        if !paths.is_empty() && paths.iter().all(|path| path.starts_with('!')) {
            let what = "`paths` has only exceptions, which match nothing: first name where keys may be allowed, such as \"tests/**\"";
            field.problem(value, what);
        }
        Some(paths)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Vec::<Pattern>::schema(generator);
        schema.insert("minItems".to_owned(), json!(1));
        schema
    }
}
