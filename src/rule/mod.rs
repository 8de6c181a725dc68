//! Rules: what the keys of an issuer look like, and what to say when one is found. Plain data from
//! `rules/*.toml`.

mod load;
mod model;
mod parts;
mod prefixes;
mod schema;
mod shape;
mod words;

pub use load::{RuleSet, literals};
pub(crate) use model::rule_tables;
pub use model::{Confidence, ContextWord, Edges, Form, Rule, Severity};
pub use parts::{BASE64URL, ByteClass, NamedPart};
pub(crate) use prefixes::minimal;
pub(crate) use schema::word_schema;
pub use shape::{Part, Shape};
pub(crate) use words::words;
