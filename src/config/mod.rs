//! The configuration: plain data, strictly parsed. Every value knows its line, so that whatever it changes can be
//! traced back to it.
//!
//! `find` locates the file, `reader` reads TOML with positions, and `model` defines the keys: a new key is one line
//! there. `fields`, `text`, `own` and `expression` define the types of values.

#[cfg(feature = "cli")]
mod append;
mod environment;
mod error;
mod expression;
mod extend;
mod fields;
mod find;
mod limits;
mod model;
mod own;
mod parse;
mod pattern;
mod place;
mod policy;
mod reader;
mod restrict;
mod rule_file;
mod setting_source;
mod settings;
mod text;

#[cfg(feature = "cli")]
pub(crate) use append::{NewAllow, NewAllowed};
pub use environment::VARIABLES;
pub(crate) use environment::{Environment, word};
pub use error::Invalid;
pub(crate) use error::nearest;
pub(crate) use extend::{MOST_EXTENDED, NamedFiles};
#[cfg(feature = "git")]
pub(crate) use find::of_texts;
pub use find::{ConfigDocument, ConfigKind};
pub(crate) use find::{NAMES, find, named, policy_document, root};
#[cfg(feature = "cli")]
pub(crate) use find::{candidates, kind_of_name};
pub(crate) use model::{AcceptUnread, Allow};
pub use model::{Config, Scope, schema};
pub(crate) use own::check_totals;
pub use place::ConfigPosition;
pub(crate) use place::Positioned;
pub(crate) use policy::Policy;
pub(crate) use rule_file::RuleFile;
pub(crate) use setting_source::SettingSource;
pub(crate) use settings::{MIN_CONFIDENCE, OptionValues, Setting, Settings};

/// A `skanner.toml` with comments that explain the settings.
pub const TEMPLATE: &str = include_str!("template.toml");
