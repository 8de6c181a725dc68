//! What a key may hold: how each type is read, and what the schema says of it. A table is a list of keys with their types,
//! made by `tables`; whatever is wrong becomes a problem, and the other keys are read all the same.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::{
    place::Positioned,
    reader::{TomlTable, Value},
};
use crate::rule::{Confidence, Edges, Severity};

/// A key of a table.
pub(super) struct Field<'f, 't> {
    pub(super) table: &'f TomlTable<'f, 't>,
    pub(super) key: &'static str,
    /// What it must be there for; nothing if it may be absent.
    pub(super) why: Option<&'static str>,
}

/// What a value may be. Where the type of the result does not say enough, a type of its own does.
pub(super) trait FromToml {
    type Value;

    /// The value, or nothing after saying what is wrong with it.
    fn read(field: &Field<'_, '_>, value: &Value<'_>) -> Option<Self::Value>;

    fn schema(generator: &mut SchemaGenerator) -> Schema;
}

/// What may be in an array.
pub(super) trait Element: FromToml {
    /// What the array must be, with an article and an example.
    const ARRAY: &'static str;
    const MAY_BE_EMPTY: bool = false;
    /// What to say where one stands without an array.
    const SINGLE: Option<&'static str> = None;

    fn say_empty(field: &Field<'_, '_>, value: &Value<'_>) {
        let hint = field.why.map_or("; name something, or take it away".to_owned(), |why| format!(": {why}"));
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

/// What there is to a table beside its keys.
pub(super) trait Finish: Sized {
    /// Holds the whole to what its keys do not say by themselves, and fills in what is no key.
    fn finish(read: Option<Self>, _: &TomlTable<'_, '_>) -> Option<Self> {
        read
    }
}

impl Field<'_, '_> {
    /// What messages call it.
    pub(super) fn quoted(&self) -> String {
        format!("`{}`", self.key)
    }

    pub(super) fn problem(&self, value: &Value<'_>, message: impl Into<String>) {
        self.table.reader.problem(value.span(), message);
    }
}

impl<'r, 't> TomlTable<'r, 't> {
    /// What a key holds that must be there.
    pub(super) fn required<K: FromToml>(&self, key: &'static str, why: &'static str) -> Option<K::Value> {
        let Some(value) = self.get(key) else {
            self.missing(&format!("has no `{key}`: {why}"));
            return None;
        };
        K::read(&Field { table: self, key, why: Some(why) }, value)
    }

    /// What a key holds, or what it holds if it is absent.
    pub(super) fn default<K: FromToml<Value: Default>>(&self, key: &'static str) -> Option<K::Value> {
        let read = self.get(key).and_then(|value| K::read(&Field { table: self, key, why: None }, value));
        Some(read.unwrap_or_default())
    }
}

/// The elements of an array.
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
        // All of them are read before one that is bad makes the whole bad.
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

/// Reads choices of words.
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
choices!(Confidence, Edges, Severity);
pub(super) use choices;

/// What one key is in a schema: its name, what it is about, whether it must be there, and what it holds.
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

/// Reads tables, and gives them a schema. See `rule_tables` for what stands where.
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
