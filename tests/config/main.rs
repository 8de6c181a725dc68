//! The configuration: how it is read, what is said when it is wrong, and what it changes.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod documents;
mod errors;
mod expressions;
mod extending;
mod finding;
mod foreign_rules;
mod hooks;
mod own_rules;
#[path = "../support/pack.rs"]
mod pack;
mod policy;
mod precedence;
mod reading;
mod schema;
#[path = "../support/mod.rs"]
mod support;
mod thresholds;
mod values;

use skanner::testing::config::{Config, ConfigDocument, ConfigKind, Invalid};

/// Reads a text as `skanner.toml`.
fn parse(text: &str) -> Result<Config, Invalid> {
    parse_as(ConfigKind::Own, "skanner.toml", text)
}

/// Reads a text as a file of this kind.
fn parse_as(kind: ConfigKind, name: &str, text: &str) -> Result<Config, Invalid> {
    let file = std::path::Path::new("/p").join(name);
    let document = ConfigDocument { file, base: "/p".into(), kind, text: text.to_owned() };
    Config::parse(&document, name)
}
