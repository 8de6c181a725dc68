//! The configuration: how it is read, what is said when it is wrong, and what it changes.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod documents;
mod errors;
mod expressions;
mod extending;
mod finding;
mod hooks;
mod own_rules;
#[path = "../support/pack.rs"]
mod pack;
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
    let document = ConfigDocument {
        file: "/p/skanner.toml".into(),
        base: "/p".into(),
        kind: ConfigKind::Own,
        text: text.to_owned(),
    };
    Config::parse(&document, "skanner.toml")
}
