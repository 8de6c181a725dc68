//! Arguments of the commands about rules.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ConfigArgs, FamilyArgs, ListFormat, TreeArgs, heading};

/// Arguments of `skanner rules`.
#[derive(Debug, Args)]
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
    #[command(after_help = "Example:
  skanner rules list --format json        with shapes and pages")]
    List {
        /// The output format.
        #[arg(long, value_enum, default_value_t, help_heading = heading::REPORT)]
        format: ListFormat,

        /// Which of them to list.
        #[command(flatten)]
        family: FamilyArgs,

        /// Which configuration to take your own rules from.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Try a regular expression as a rule: what it would find, and how fast.
    #[command(after_help = "Examples:
  skanner rules try 'acme_[a-z0-9]{32}'                 in this directory
  skanner rules try '\\b[a-f0-9]{40}\\b' --keyword acme   near a word
  skanner rules try 'key=(\\S{20,80})' --entropy 3.5      what looks random")]
    Try(TryArgs),
    /// Generate the examples and counter-examples of every rule, and check the engine on them.
    #[command(after_help = "Example:
  skanner rules test --seed 7             with other examples")]
    Test {
        /// The seed of the generator: another seed gives other examples.
        #[arg(long, default_value_t = 1)]
        seed: u64,

        /// Which configuration to take your own rules from.
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// Arguments of `skanner rules try`.
#[derive(Args, Debug)]
pub(crate) struct TryArgs {
    /// The regular expression, as in `regex` of a [[rule.form]].
    pub regex: String,

    /// Files and directories to try it on.
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// A literal near which it is tried, if it contains none.
    #[arg(long, value_name = "TEXT", help_heading = heading::RULE)]
    pub keyword: Vec<String>,

    /// The least entropy of a key, in bits per character.
    #[arg(long, value_name = "BITS", help_heading = heading::RULE)]
    pub entropy: Option<f64>,

    /// The least number of digits in a key.
    #[arg(long, value_name = "N", help_heading = heading::RULE)]
    pub min_digits: Option<u64>,

    /// An expression; what it matches in is no key.
    #[arg(long, value_name = "REGEX", help_heading = heading::RULE)]
    pub not: Vec<String>,

    /// An expression for the paths of the files.
    #[arg(long, value_name = "REGEX", help_heading = heading::RULE)]
    pub path: Option<String>,

    /// Try it on all of every text.
    #[arg(long, help_heading = heading::RULE)]
    pub slow: bool,
}

/// Arguments of `skanner explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// The id of a rule, or a key: PATH:LINE, or its fingerprint.
    ///
    /// A fingerprint is 32 hex digits, as in a report in JSON or in a baseline; the first 8 are enough.
    #[arg(value_name = "RULE|FINDING")]
    pub what: String,

    /// Look for the key in a report in JSON, and scan nothing.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["history", "no_ignore"], help_heading = heading::SOURCE)]
    pub report: Option<PathBuf>,

    /// Where to look for the key otherwise.
    #[command(flatten)]
    pub tree: TreeArgs,

    /// Which configuration to use.
    #[command(flatten)]
    pub config: ConfigArgs,
}
