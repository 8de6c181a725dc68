//! The command line: clap types and nothing else.

mod audit;
mod baseline;
mod hook;
mod report;
mod scan;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use audit::AuditArgs;
pub use baseline::{BaselineArgs, BaselineCommand, BaselineScan};
pub use hook::{HookArgs, HookCommand};
pub use report::{FormatName, Output, ReportArgs};
pub use scan::{HistoryArgs, ScanArgs};

/// Finds API keys of the sk- family before they leave your hands.
///
/// Exit code: 0 when no key was found and everything was read, 1 when keys were found, 2 when the run is not a proof:
/// wrong usage, or something could not be read (what was found is reported all the same).
#[derive(Debug, Parser)]
#[command(name = "skanner", version, max_term_width = 110, arg_required_else_help = true)]
pub struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub color: Color,

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
    /// Keep a list of known findings, which are not reported again.
    ///
    /// It is a file in the tree, `.skanner-baseline` at the root of the repository, which scans, audits and hooks use when
    /// it is there. An entry is the fingerprint of a secret and the file it stands in: the secret may move in it, and
    /// the file may be renamed; in another file it is a finding again. No entry tells a secret.
    Baseline(Box<BaselineArgs>),
    /// Serve git's hooks, or install them.
    Hook(Box<HookArgs>),
    /// Show the rules, or run their examples.
    Rules(RulesArgs),
    /// Tell all about one rule: what the key opens, how to revoke it, what it looks like.
    Explain {
        /// The rule's id, as in a report.
        rule: String,
    },
    /// Print the JSON Schema of a document that skanner writes.
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
pub struct RulesArgs {
    /// What to do with them (default: list).
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
}

/// What to do with the rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List every rule.
    List {
        /// How to write the list.
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Generate every rule's examples and counter-examples, and run the engine on them.
    Test {
        /// Other examples with another seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

/// How to write the list of rules.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum ListFormat {
    /// A table.
    #[default]
    Text,
    /// An array with all that is known of each rule.
    Json,
}

/// Documents that have a schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SchemaDocument {
    /// The JSON report.
    Report,
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
