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

pub use environment::{Environment, VARIABLES, word};
pub use error::{Invalid, Problem, nearest};
pub use find::{ConfigDocument, ConfigKind, NAMES, find, named, root};
pub use model::{AcceptUnread, Allow, BaselineTable, Config, Scope, SeverityOverride, schema};
pub use place::{ConfigPosition, Positioned};
pub use settings::{MIN_CONFIDENCE, OptionValues, Setting, SettingSource, Settings};

/// A `skanner.toml` that says in comments what can be set.
pub const TEMPLATE: &str = include_str!("template.toml");
