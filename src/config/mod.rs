//! The configuration: plain data, read strictly. Every value knows the line it stands on, so that whatever it changes
//! can be traced to it.
//!
//! `find` looks for the file, `table` reads TOML with positions, `parse` and its neighbors give each value its type.

mod allow;
mod environment;
mod error;
mod find;
mod own;
mod parse;
mod schema;
mod settings;
mod table;

use std::{fmt, path::PathBuf, sync::Arc};

use crate::rule::{Confidence, Rule, Severity};

pub use allow::{AcceptUnread, Allow};
pub use environment::{Environment, VARIABLES, word};
pub use error::{Invalid, Problem, nearest};
pub use find::{Document, Kind, NAMES, find, named, root};
pub use schema::schema;
pub use settings::{Flags, MIN_CONFIDENCE, Setting, Settings, Source};

/// A `skanner.toml` that says in comments what can be set.
pub const TEMPLATE: &str = include_str!("template.toml");

/// A line of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, as it may be shown.
    pub file: Arc<str>,
    /// The line, 1-based.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// What an entry of the baseline stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The secret in one file: in a new file it is a finding again.
    #[default]
    File,
    /// The secret, wherever it is.
    Secret,
}

impl Scope {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Secret => "secret",
        }
    }
}

/// The `[baseline]` table.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// The file, relative to [`Config::base`]; it never leads out of there.
    pub file: Option<At<PathBuf>>,
    /// What its entries stand for.
    pub scope: Option<At<Scope>>,
}

/// One line of `[severity]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regrade {
    /// The rule's id.
    pub rule: String,
    /// What it is worth from now on.
    pub severity: Severity,
}

/// A configuration file, as it was read.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file, absolute.
    pub file: PathBuf,
    /// The file as it may be shown.
    pub shown: Arc<str>,
    /// The folder that its globs and paths start from, absolute: the file's own, unless it was named from outside.
    pub base: PathBuf,
    /// `min-confidence`
    pub min_confidence: Option<At<Confidence>>,
    /// `rules`: only these are reported.
    pub rules: Option<At<Vec<String>>>,
    /// `exclude-rules`: these are not reported.
    pub exclude_rules: Option<At<Vec<String>>>,
    /// `[severity]`, in the order of the file.
    pub severity: Vec<At<Regrade>>,
    /// `accept-unread`, in the order of the file.
    pub accept_unread: Vec<AcceptUnread>,
    /// `trust-foreign-markers`: what people wrote for other scanners counts, too.
    pub trust_foreign_markers: Option<At<bool>>,
    /// `[baseline]`
    pub baseline: Baseline,
    /// `[[allow]]`, in the order of the file.
    pub allow: Vec<Allow>,
    /// `[[rule]]`, in the order of the file.
    pub own_rules: Vec<At<Arc<Rule>>>,
}

impl Config {
    /// Reads a configuration. `shown` is the name of its file, as it may be shown.
    ///
    /// # Errors
    /// All that is wrong with it, each with its line.
    pub fn parse(document: &Document, shown: &str) -> Result<Self, Invalid> {
        parse::parse(document, shown)
    }
}
