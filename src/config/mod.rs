//! The configuration: plain data, read strictly. Every value knows the line it stands on, so that whatever it changes
//! can be traced to it.
//!
//! `find` looks for the file, `reader` reads TOML with positions, `model` says what may stand in it: a new key is a line
//! there. `fields`, `text` and `own` say what its types are.

mod environment;
mod error;
mod fields;
mod find;
mod model;
mod own;
mod parse;
mod pattern;
mod place;
mod reader;
mod settings;
mod text;

pub use environment::VARIABLES;
pub(crate) use environment::{Environment, word};
pub use error::Invalid;
pub(crate) use error::nearest;
pub use find::{ConfigDocument, ConfigKind};
pub(crate) use find::{NAMES, find, named, root};
pub(crate) use model::{AcceptUnread, Allow};
pub use model::{Config, Scope, schema};
pub use place::ConfigPosition;
pub(crate) use settings::{MIN_CONFIDENCE, OptionValues, SettingSource, Settings};

/// A `skanner.toml` that says in comments what can be set.
pub const TEMPLATE: &str = include_str!("template.toml");
