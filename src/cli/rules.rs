//! Arguments of the commands about rules.

use clap::{Args, Subcommand};

use super::{ConfigArgs, FamilyArgs, ListFormat, heading};

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
    /// The id of the rule, as in a report.
    pub rule: String,

    /// Which configuration to take your own rules from.
    #[command(flatten)]
    pub config: ConfigArgs,
}
