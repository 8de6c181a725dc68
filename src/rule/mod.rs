//! Rules: what the keys of an issuer look like, and what to say when one is found. Plain data from
//! `rules/*.toml`.

mod allowlist;
mod english;
mod expression;
mod families;
mod keyword;
mod known;
mod load;
mod model;
mod parts;
mod prefixes;
mod required;
mod schema;
mod severity;
mod shape;
mod words;

pub(crate) use allowlist::AllowedByText;
pub(crate) use allowlist::{Allowlist, AllowlistTarget, PlaceTerms, WordSet};
pub(crate) use english::word_evidence;
pub use expression::Expression;
pub(crate) use expression::{
    Clip, ExpressionError, ExpressionMatch, LONGEST_MATCH, MOST_COMPILED, MOST_EXPRESSIONS,
};
pub(crate) use families::Families;
pub use keyword::Keyword;
pub(crate) use keyword::{LONGEST as LONGEST_KEYWORD, SHORTEST as SHORTEST_KEYWORD};
pub(crate) use known::{KNOWN_VALUE, KnownValue, KnownValues, known_value_rule};
pub use load::RuleSet;
pub(crate) use load::literals;
pub use model::ContextWord;
pub(crate) use model::rule_tables;
pub use model::{Confidence, Edges, Family, Form, Github, Guidance, Rule, Severity};
pub(crate) use parts::{BASE64URL, ByteClass};
pub(crate) use prefixes::minimal;
pub(crate) use schema::word_schema;
pub(crate) use shape::Part;
pub use shape::Shape;
pub(crate) use words::words;
