//! The command line: clap types and nothing else.

mod audit;
mod hook;
mod report;
mod scan;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use audit::AuditArgs;
pub use hook::{HookArgs, HookCommand};
pub use report::{ConfigArgs, FormatName, Output, ReportArgs, SettingArgs};
pub use scan::{HistoryArgs, ScanArgs};

/// Finds API keys of the sk- family before they leave your hands.
///
/// Exit code: 0 when no key was found and everything was read, 1 when keys were found, 2 when the run is not a proof:
/// wrong usage or configuration, or something could not be read (what was found is reported all the same).
#[derive(Debug, Parser)]
#[command(name = "skanner", version, max_term_width = 110, arg_required_else_help = true)]
pub struct Cli {
    /// When to use colours (default: auto) [env: SKANNER_COLOR].
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub color: Option<Color>,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan files and folders, standard input, or what is staged.
    Scan(Box<ScanArgs>),
    /// Tell whether a repository may be published: files, index and whole history.
    ///
    /// Reads the work tree, the index, and every object, name and message that the repository holds. Shows each key once,
    /// with its places and its life, the most dangerous first. The last line is the verdict: safe to publish, not safe, or
    /// not a proof. Reports for machines are sorted by path, and JSON has the verdict as `audit`.
    Audit(Box<AuditArgs>),
    /// Serve git's hooks, or install them.
    Hook(Box<HookArgs>),
    /// Show the rules, or run their examples.
    Rules(RulesArgs),
    /// Tell all about one rule: what the key opens, how to revoke it, what it looks like.
    Explain {
        /// The rule's id, as in a report.
        rule: String,

        /// Where the configuration with rules of your own is.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Show which settings count, and where each comes from.
    Config {
        /// What would be scanned: the configuration is looked for there, and upwards to the root of the repository.
        #[arg(default_value = ".")]
        path: PathBuf,

        /// How to write them.
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,

        /// Settings to try.
        #[command(flatten)]
        settings: SettingArgs,
    },
    /// Write a `skanner.toml` with comments, and offer to install the hooks.
    ///
    /// It is written to the root of the repository, or to the folder itself where there is none.
    Init {
        /// A folder of the project.
        #[arg(default_value = ".")]
        path: PathBuf,

        /// Replace a `skanner.toml` that is there.
        #[arg(long)]
        force: bool,
    },
    /// Print the JSON Schema of a document that skanner writes or reads.
    Schema {
        /// Which document.
        #[arg(value_enum)]
        document: SchemaDocument,
    },
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        #[arg(value_enum)]
        shell: Shell,
    },
}

/// Arguments of `skanner rules`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RulesArgs {
    /// What to do with them (default: list).
    #[command(subcommand)]
    pub command: Option<RulesCommand>,

    /// Where the configuration with rules of your own is.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// What to do with the rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List every rule.
    List {
        /// How to write the list.
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,

        /// Where the configuration with rules of your own is.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Generate every rule's examples and counter-examples, and run the engine on them.
    Test {
        /// Other examples with another seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,

        /// Where the configuration with rules of your own is.
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// How to write a list.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum ListFormat {
    /// A table.
    #[default]
    Text,
    /// One document with all that is known.
    Json,
}

/// Documents that have a schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SchemaDocument {
    /// The JSON report.
    Report,
    /// The configuration file `skanner.toml`, for editors.
    Config,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set; elsewhere with `FORCE_COLOR` or `CLICOLOR_FORCE`.
    #[default]
    Auto,
    /// Even into a pipe.
    Always,
    /// Not at all.
    Never,
}

impl Color {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}
