//! Forms with a regular expression: what belongs to them, and what does not.

use std::{ops::Range, sync::Arc};

use schemars::{Schema, SchemaGenerator, json_schema};

use super::{
    fields::{Element, Field, Finish, FromToml},
    reader::{TomlTable, Value},
};
use crate::rule::{Expression, ExpressionError, Form, Keyword, LONGEST_KEYWORD, SHORTEST_KEYWORD};

/// The keys of a form that only a regular expression has.
pub(super) const OF_EXPRESSIONS: &[&str] = &["keywords", "slow", "entropy", "min_digits", "not", "path"];

/// The keys of a form that only shapes have, and what an expression has in place of them.
pub(super) const OF_SHAPES: &[(&str, &str)] = &[
    ("edges", "write in the expression what may stand beside a key, such as \\b"),
    ("word_before", "write in the expression what may stand before a key, such as (?:[a-z]{2}_)?"),
];

/// The most bits that a byte can have.
const MOST_ENTROPY: f64 = 8.0;

/// The most digits that make sense to ask for.
const MOST_DIGITS: usize = 512;

/// An expression that the engine can search for.
pub(super) struct Searched;

/// An expression that something else must match.
pub(super) struct Condition;

/// A literal near which an expression is tried.
pub(super) struct KeywordText;

/// Bits for each character.
pub(super) struct Entropy;

/// A number of digits.
pub(super) struct Digits;

/// Reads an expression. An error points at the place in it, if the file has it as it is.
fn expression(field: &Field<'_, '_>, what: &str, value: &Value<'_>) -> Option<Arc<Expression>> {
    let reader = field.table.reader;
    let source = reader.string(what, "a regular expression, such as 'acme_[a-z0-9]{32}'", value)?;
    match Expression::parse(source) {
        Ok(expression) => Some(Arc::new(expression)),
        Err(ExpressionError { what, at }) => {
            let place = |at: Range<usize>| {
                let start = value.span().start + reader.text[value.span()].find(source)?;
                (at.end <= source.len()).then(|| start + at.start..start + at.end.max(at.start + 1))
            };
            let span = at.and_then(place).unwrap_or_else(|| value.span());
            reader.problem(span, format!("bad regular expression: {what}"));
            None
        }
    }
}

impl FromToml for Searched {
    type Value = Arc<Expression>;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self::Value> {
        let expression = expression(field, &field.quoted(), value)?;
        let checked = expression.check_lengths();
        checked.map_err(|why| field.problem(value, format!("bad regular expression: {why}"))).ok()?;
        Some(expression)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}

impl FromToml for Condition {
    type Value = Arc<Expression>;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self::Value> {
        let what = if field.key == "not" { "one of `not`".to_owned() } else { field.quoted() };
        expression(field, &what, value)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}

impl Element for Condition {
    const ARRAY: &'static str = "an array of regular expressions, such as ['^0+$']";
}

impl FromToml for KeywordText {
    type Value = String;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<String> {
        let keyword = field.table.reader.string("a keyword", "a text, such as \"acme\"", value)?;
        if keyword.len() < SHORTEST_KEYWORD {
            let what = format!(
                "the keyword {keyword:?} is shorter than {SHORTEST_KEYWORD} bytes, so it would be everywhere; write a \
                 longer one"
            );
            field.problem(value, what);
            return None;
        }
        if keyword.len() > LONGEST_KEYWORD {
            let what =
                format!("the keyword {keyword:?} is longer than {LONGEST_KEYWORD} bytes; write a part of it");
            field.problem(value, what);
            return None;
        }
        Some(keyword.to_owned())
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": SHORTEST_KEYWORD, "maxLength": LONGEST_KEYWORD })
    }
}

impl Element for KeywordText {
    const ARRAY: &'static str = "an array of texts, such as [\"acme\"]";
}

impl FromToml for Entropy {
    type Value = f64;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<f64> {
        let number = value.get_ref();
        let text = number.as_float().map(toml::de::DeFloat::as_str);
        let text = text.or_else(|| number.as_integer().map(toml::de::DeInteger::as_str));
        let bits: Option<f64> = text.and_then(|text| text.parse().ok());
        let Some(bits) = bits else {
            field.table.reader.wrong_type(&field.quoted(), "a number of bits, such as 3.5", value);
            return None;
        };
        if !(bits > 0.0 && bits <= MOST_ENTROPY) {
            let range = format!("more than 0 and not more than {MOST_ENTROPY} bits for each character");
            field
                .problem(value, format!("`entropy` must be {range}, such as 3.5; hex digits have at most 4"));
            return None;
        }
        Some(bits)
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "exclusiveMinimum": 0, "maximum": 8 })
    }
}

impl FromToml for Digits {
    type Value = usize;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<usize> {
        let Some(number) = value.get_ref().as_integer() else {
            field.table.reader.wrong_type(&field.quoted(), "a number, such as 2", value);
            return None;
        };
        let count = usize::from_str_radix(number.as_str(), number.radix()).ok();
        let count = count.filter(|count| (1..=MOST_DIGITS).contains(count));
        if count.is_none() {
            field.problem(value, format!("`{}` must be from 1 to {MOST_DIGITS}", field.key));
        }
        count
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST_DIGITS })
    }
}

impl Finish for Form {
    fn finish(read: Option<Self>, table: &TomlTable<'_, '_>) -> Option<Self> {
        let say = |value: &Value<'_>, what: String| table.reader.problem(value.span(), what);
        let Some(regex) = table.get("regex") else {
            if table.get("shapes").is_none() {
                table.missing(
                    "has neither `shapes` nor `regex`: say how the key is written, such as shapes = [\"acme-{A:32}\"]",
                );
            }
            for key in OF_EXPRESSIONS {
                if let Some(value) = table.get(key) {
                    say(value, format!("`{key}` goes with `regex`, and this form has none"));
                }
            }
            // A bad shape has been reported.
            return read.filter(|form| !form.shapes.is_empty());
        };
        if table.get("shapes").is_some() {
            say(regex, "a form has either `shapes` or `regex`; write a [[rule.form]] for each".to_owned());
        }
        for (key, instead) in OF_SHAPES {
            if let Some(value) = table.get(key) {
                say(value, format!("`{key}` goes with `shapes`; {instead}"));
            }
        }
        let mut form = read?;
        // A bad expression or keyword has been reported.
        let expression = form.regex.as_ref()?;
        let are_read = |key: &str, count: usize| {
            table.get(key).and_then(|value| value.get_ref().as_array()).is_none_or(|all| all.len() == count)
        };
        if !are_read("keywords", form.keywords.len()) || !are_read("not", form.not.len()) {
            return None;
        }
        form.searched = searched(expression, &form.keywords);
        if let (true, Some(value), false) = (form.slow, table.get("slow"), form.keywords.is_empty()) {
            say(
                value,
                "`slow` tries the expression on all of every text, so `keywords` do nothing; remove one"
                    .to_owned(),
            );
        } else if form.searched.is_empty() && !form.slow {
            let why = format!(
                "there are no {SHORTEST_KEYWORD} bytes that every match contains, so it would be tried everywhere"
            );
            let how = "give `keywords` that stand near such keys, or slow = true";
            say(regex, format!("{why}; {how}"));
        }
        Some(form)
    }
}

/// The keywords to search for. Those that an expression contains say more than others: where it matches.
fn searched(expression: &Expression, keywords: &[String]) -> Vec<Keyword> {
    let required = expression.required();
    let keywords: Vec<Vec<u8>> = keywords.iter().map(|text| text.to_ascii_lowercase().into_bytes()).collect();
    let contains = |one: &Keyword| {
        keywords.iter().any(|text| one.text.windows(text.len()).any(|part| part == &text[..]))
    };
    if keywords.is_empty() || !required.is_empty() && required.iter().all(contains) {
        return required.to_vec();
    }
    keywords.into_iter().map(|text| Keyword { text, before: None }).collect()
}
