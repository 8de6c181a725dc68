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
