//! The JSON Schema of choices.

use super::model::{Confidence, Edges, Family, Github, Severity};

/// Gives choices a schema: each word with its meaning.
macro_rules! word_schema {
    ($($name:ident),+) => {$(
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let words = Self::WORDS.iter().zip(Self::MEANINGS);
                let one = |((word, _), about): (&(&str, Self), &&str)| {
                    serde_json::json!({ "type": "string", "const": word, "description": about.trim() })
                };
                schemars::json_schema!({
                    "description": Self::ABOUT.trim(),
                    "oneOf": words.map(one).collect::<Vec<_>>(),
                })
            }
        }
    )+};
}
pub(crate) use word_schema;

word_schema!(Confidence, Edges, Family, Github, Severity);
