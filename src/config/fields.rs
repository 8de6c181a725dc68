//! The values of keys: how each type is read, and its schema. A table is a list of keys with their types, defined by
//! `tables`. Anything wrong becomes a problem, and the other keys are still read.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::{
    place::Positioned,
    reader::{TomlTable, Value},
};
use crate::{
    finding::FailOn,
    rule::{Confidence, Edges, Family, Github, Severity},
};

/// A key of a table.
pub(super) struct Field<'f, 't> {
    pub(super) table: &'f TomlTable<'f, 't>,
    pub(super) key: &'static str,
    /// Why it is required; `None` if it is optional.
    pub(super) why: Option<&'static str>,
}

/// How a value is read. If the resulting type is not specific enough, a marker type implements this.
pub(super) trait FromToml {
    type Value;

    /// Reads the value. Returns `None` after reporting what is wrong with it.
    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self::Value>;

    fn schema(generator: &mut SchemaGenerator) -> Schema;
}

/// An element of an array.
pub(super) trait Element: FromToml {
    /// What the array must be, with an article and an example.
    const ARRAY: &'static str;
    const MAY_BE_EMPTY: bool = false;
    /// The message for a single element outside of an array.
    const SINGLE: Option<&'static str> = None;

    fn say_empty(field: &Field<'_, '_>, value: &Value<'_>) {
        let hint = field.why.map_or("; add a value or remove it".to_owned(), |why| format!(": {why}"));
        field.problem(value, format!("`{}` is empty{hint}", field.key));
    }
}

/// A table of known keys.
pub(super) trait Keys: Finish {
    const NAME: &'static str;
    const KEYS: &'static [&'static str];

    fn fields(table: &TomlTable<'_, '_>) -> Option<Self>;

    fn from_table(table: &TomlTable<'_, '_>) -> Option<Self> {
        table.check_keys(Self::KEYS);
        Self::finish(Self::fields(table), table)
    }
}

/// The parts of a table besides its keys.
pub(super) trait Finish: Sized {
    /// Checks the table as a whole, and fills in fields that are not keys.
    fn finish(read: Option<Self>, _: &TomlTable<'_, '_>) -> Option<Self> {
        read
    }
}

impl Field<'_, '_> {
    /// Its name in messages.
    pub(super) fn quoted(&self) -> String {
        format!("`{}`", self.key)
    }

    pub(super) fn problem(&self, value: &Value<'_>, message: impl Into<String>) {
        self.table.reader.problem(value.span(), message);
    }
}

impl<'r, 't> TomlTable<'r, 't> {
    /// Reads a required key.
    pub(super) fn required<K: FromToml>(&self, key: &'static str, why: &'static str) -> Option<K::Value> {
        let Some(value) = self.get(key) else {
            self.missing(&format!("has no `{key}`: {why}"));
            return None;
        };
        K::read(&Field { table: self, key, why: Some(why) }, value)
    }

    /// Reads an optional key, or returns the default.
    pub(super) fn default<K: FromToml<Value: Default>>(&self, key: &'static str) -> Option<K::Value> {
        let read = self.get(key).and_then(|value| K::read(&Field { table: self, key, why: None }, value));
        Some(read.unwrap_or_default())
    }
}

/// Reads the elements of an array.
pub(super) fn elements<'v, 't, E: Element>(
    field: &Field<'_, '_>,
    value: &'v Value<'t>,
) -> Option<&'v [Value<'t>]> {
    match (value.get_ref().as_array(), E::SINGLE) {
        (Some(array), _) => {
            if array.is_empty() && !E::MAY_BE_EMPTY {
                E::say_empty(field, value);
            }
            return Some(array);
        }
        (None, Some(several)) if value.get_ref().is_table() => field.problem(value, several),
        _ => field.table.reader.wrong_type(&field.quoted(), E::ARRAY, value),
    }
    None
}

impl<E: Element> FromToml for Vec<E> {
    type Value = Vec<E::Value>;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self::Value> {
        let read = elements::<E>(field, value)?.iter().map(|element| E::read(field, element));
        if field.why.is_none() {
            return Some(read.flatten().collect());
        }
        // Read all elements before a bad one fails the whole array.
        let read: Vec<_> = read.collect();
        read.into_iter().collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let mut items = E::schema(generator);
        items.remove("minLength");
        let mut schema = json_schema!({ "type": "array", "items": items });
        if !E::MAY_BE_EMPTY {
            schema.insert("minItems".to_owned(), json!(1));
        }
        schema
    }
}

impl<K: FromToml> FromToml for Option<K> {
    type Value = Option<K::Value>;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self::Value> {
        K::read(field, value).map(Some)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        K::schema(generator)
    }
}

impl<K: FromToml> FromToml for Positioned<K> {
    type Value = Positioned<K::Value>;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self::Value> {
        Some(field.table.reader.at(K::read(field, value)?, &value.span()))
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        K::schema(generator)
    }
}

impl<E: Element> Element for Positioned<E> {
    const ARRAY: &'static str = E::ARRAY;
}

impl FromToml for bool {
    type Value = bool;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<bool> {
        let read = value.get_ref().as_bool();
        if read.is_none() {
            field.table.reader.wrong_type(&field.quoted(), "true or false", value);
        }
        read
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

impl FromToml for FailOn {
    type Value = Self;

    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self> {
        let Some(text) = value.get_ref().as_str() else {
            field.table.reader.wrong_type(
                &field.quoted(),
                "a text, such as \"high\" or \"high,certain\"",
                value,
            );
            return None;
        };
        Self::parse(text).map_err(|why| field.problem(value, format!("`{}`: {why}", field.key))).ok()
    }

    fn schema(_: &mut SchemaGenerator) -> Schema {
        let words = |words: &[&str]| words.join("|");
        let severities: Vec<_> = Severity::WORDS.iter().map(|(word, _)| *word).collect();
        let confidences: Vec<_> = Confidence::WORDS.iter().map(|(word, _)| *word).collect();
        let pattern = format!("^ *({}) *(, *({}) *)?$", words(&severities), words(&confidences));
        json_schema!({ "type": "string", "pattern": pattern })
    }
}

/// Implements reading for enums written as words.
macro_rules! choices {
    ($($name:ident),+) => {$(
        impl FromToml for $name {
            type Value = Self;

            fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self> {
                field.table.reader.word(&field.quoted(), Self::WORDS, value)
            }

            fn schema(generator: &mut SchemaGenerator) -> Schema {
                generator.subschema_for::<Self>()
            }
        }
    )+};
}
choices!(Confidence, Edges, Family, Github, Severity);
pub(super) use choices;

/// A key in a schema: its name, its description, whether it is required, and the schema of its value.
pub(super) type Property = (&'static str, &'static str, bool, Schema);

/// The schema of a table.
pub(super) fn object<const N: usize>(about: &str, properties: [Property; N]) -> Schema {
    let required: Vec<_> =
        properties.iter().filter(|property| property.2).map(|property| property.0).collect();
    let described = |(key, about, _, mut schema): Property| {
        schema.insert("description".to_owned(), json!(about.trim()));
        (key.to_owned(), schema.to_value())
    };
    let mut schema = json_schema!({
        "type": "object",
        "description": about.trim(),
        "additionalProperties": false,
        "properties": serde_json::Map::from_iter(properties.map(described)),
    });
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// Implements reading for tables, and gives them a schema. See `rule_tables` for the syntax.
macro_rules! read_tables {
    (@type $type:ty) => { $type };
    (@type $type:ty as $kind:ty) => { $kind };
    ($(
        $(#[doc = $about:literal])+
        pub struct $name:ident = $title:literal {$(
            $(#[doc = $doc:literal])+
            $key:literal => $field:ident: $type:ty $(as $kind:ty)? $(= $default:ident)? $(, required $why:literal)?;
        )+} $(with {$(
            $(#[doc = $more_doc:literal])+
            $more:ident: $more_type:ty;
        )+})?
    )+) => {$(
        impl Keys for $name {
            const NAME: &'static str = $title;
            const KEYS: &'static [&'static str] = &[$($key),+];

            fn fields(table: &TomlTable<'_, '_>) -> Option<Self> {
                $(let $field = {
                    type Kind = read_tables!(@type $type $(as $kind)?);
                    $(table.$default::<Kind>($key))?
                    $(table.required::<Kind>($key, $why))?
                };)+
                Some(Self { $($field: $field?,)+ $($($more: Default::default(),)+)? })
            }
        }

        impl FromToml for $name {
            type Value = Self;

            fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self> {
                Self::from_table(&field.table.reader.table(Self::NAME, Self::KEYS, value)?)
            }

            fn schema(generator: &mut SchemaGenerator) -> Schema {
                generator.subschema_for::<Self>()
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                object(concat!($($about),+), [$((
                    $key,
                    concat!($($doc),+),
                    <[&str]>::len(&[$($why)?]) > 0,
                    <read_tables!(@type $type $(as $kind)?)>::schema(generator),
                )),+])
            }
        }
    )+};
}
pub(super) use read_tables;
