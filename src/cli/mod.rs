//! The command line: only the types that clap parses.

mod audit;
mod baseline;
mod deferred;
mod hints;
mod hook;
mod report;
mod scan;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use audit::AuditArgs;
use deferred::Deferred;

pub(crate) use baseline::{BaselineArgs, BaselineCommand, BaselineScan};
pub(crate) use hints::{clone_first, hint, is_url};
pub(crate) use hook::{HookArgs, HookCommand};
pub(crate) use report::{ConfigArgs, FamilyArgs, ReportArgs, SettingArgs, TrustArgs};
pub(crate) use scan::{HistoryArgs, ScanArgs};

/// Find API keys of the sk- family and of AI services before they leave your hands.
///
/// Other secrets, such as cloud credentials, private keys and passwords, are not looked for.
///
/// Exit code: 0 if no key was found and everything was read, 1 if keys were found, 2 if the run is
/// incomplete: wrong usage or configuration, or something could not be read. Keys that were found are
/// reported in any case.
#[derive(Debug, Parser)]
#[command(name = "skanner", version, long_version = env!("SKANNER_VERSION"), max_term_width = 110, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// When to use colors (default: auto) [env: SKANNER_COLOR].
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub color: Option<Color>,

    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The command to run.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan files and directories, standard input, what is staged, a range of commits, or a history.
    Scan(Box<Deferred<ScanArgs>>),
    /// Check whether a repository is safe to publish: files, index and whole history.
    ///
    /// Reads the work tree, the index, and every object, name and message in the repository. Shows each key
    /// once, with its occurrences and its history, the most dangerous first. The last line is the verdict:
    /// safe to publish, not safe, or incomplete. It is about keys of the sk- family and of AI
    /// services; other secrets are not looked for. Machine-readable reports are sorted by path, and JSON has
    /// the verdict in `audit`.
    Audit(Box<Deferred<AuditArgs>>),
    /// Manage the baseline: known findings that are not reported again.
    ///
    /// The baseline is a file in the tree, `.skanner-baseline` at the root of the repository. Scans, audits
    /// and hooks use it if it exists. An entry is the fingerprint of a secret and the file that holds it. The
    /// secret may move within the file, and the file may be renamed; in another file it is a new finding. No
    /// entry reveals a secret.
    Baseline(Box<Deferred<BaselineArgs>>),
    /// Run as a git hook, or install the hooks.
    Hook(Box<Deferred<HookArgs>>),
    /// List the rules, or test them on their examples.
    Rules(Box<Deferred<RulesArgs>>),
    /// Explain a rule: what its keys look like, what they give access to, and how to revoke one.
    Explain {
        /// The id of the rule, as in a report.
        rule: String,

        /// Which configuration to take your own rules from.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Show the effective settings, and where each one comes from.
    Config {
        /// The path that would be scanned. The configuration is looked up there and in its parents, up to the
        /// root of the repository.
        #[arg(default_value = ".")]
        path: PathBuf,

        /// The output format.
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,

        /// Settings to try out.
        #[command(flatten)]
        settings: SettingArgs,
    },
    /// Write a commented `skanner.toml`, and offer to install the hooks.
    ///
    /// The file goes to the root of the repository, or to the directory itself outside of a repository.
    Init {
        /// A directory of the project.
        #[arg(default_value = ".")]
        path: PathBuf,

        /// Replace an existing `skanner.toml`.
        #[arg(long)]
        force: bool,
    },
    /// Print the JSON Schema of the report or the configuration.
    Schema {
        /// Which schema.
        #[arg(value_enum)]
        document: SchemaDocument,
    },
    /// Print a shell completion script.
    Completions {
        /// Which shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write the man pages, one for each command.
    #[command(hide = true)]
    Man {
        /// An existing directory.
        directory: PathBuf,
    },
}

/// Arguments of `skanner rules`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RulesArgs {
    /// The subcommand (default: list).
    #[command(subcommand)]
    pub command: Option<RulesCommand>,

    /// Which of them to list.
    #[command(flatten)]
    pub family: FamilyArgs,

    /// Which configuration to take your own rules from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// What to do with the rules.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List all rules.
    List {
        /// The output format.
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,

        /// Which of them to list.
        #[command(flatten)]
        family: FamilyArgs,

        /// Which configuration to take your own rules from.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Generate the examples and counter-examples of every rule, and check the engine on them.
    Test {
        /// The seed of the generator: another seed gives other examples.
        #[arg(long, default_value_t = 1)]
        seed: u64,

        /// Which configuration to take your own rules from.
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// The format of a list.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table.
    #[default]
    Text,
    /// One document with everything that is known.
    Json,
}

/// Documents that have a JSON Schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SchemaDocument {
    /// The JSON report.
    Report,
    /// The configuration file `skanner.toml`, for editors.
    Config,
}

/// When to use colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set. Elsewhere if `FORCE_COLOR` or `CLICOLOR_FORCE` is set.
    #[default]
    Auto,
    /// Always, even into a pipe.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// The value as it is written on the command line.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}
