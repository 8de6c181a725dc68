//! Arguments of `skanner baseline`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ReportArgs, SettingArgs, heading};

/// Arguments of `skanner baseline`.
#[derive(Debug, Args)]
pub(crate) struct BaselineArgs {
    /// The subcommand.
    #[command(subcommand)]
    pub command: BaselineCommand,
}

/// What to do with the baseline.
#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Write a baseline of all current findings.
    #[command(after_help = "Examples:
  skanner baseline create                 accept the keys in the work tree
  skanner baseline create --history       and those in the history")]
    Create {
        /// Replace an existing baseline.
        ///
        /// Entries and comments that still match are kept.
        #[arg(long)]
        force: bool,

        /// Let git merge the baselines of two branches.
        ///
        /// Adds a line to .gitattributes.
        #[arg(long)]
        gitattributes: bool,

        /// Which baseline, and what to compare it with.
        #[command(flatten)]
        scan: BaselineScan,
    },
    /// Remove entries that nothing matches any more, and follow renamed files.
    ///
    /// New keys are reported and not added; the exit code is then 1.
    #[command(after_help = "Examples:
  skanner baseline update                 drop what is no longer there
  skanner baseline update --add           and accept what is new")]
    Update {
        /// Also add new keys, and list each of them.
        #[arg(long)]
        add: bool,

        /// Which baseline, and what to compare it with.
        #[command(flatten)]
        scan: BaselineScan,
    },
    /// Go through the new keys and the entries, and decide about each of them. Needs a terminal.
    ///
    /// Shows one key after the other, masked, and asks for an answer of one letter: a false positive becomes an
    /// `[[allow]]` entry of `skanner.toml`, known debt an entry of the baseline, perhaps until a day. Each answer is
    /// written at once, so an interruption loses none. The exit code is 1 if keys are left that scans report.
    #[command(after_help = "Examples:
  skanner baseline review                 decide about each key in the work tree
  skanner baseline review --history       and about those in the history")]
    Review(ReviewArgs),
    /// Fail if there are keys that are not in the baseline, or unused entries. Changes nothing.
    #[command(after_help = "Example:
  skanner baseline check                  in CI: the baseline is up to date")]
    Check {
        /// Which baseline, and what to compare it with.
        #[command(flatten)]
        scan: BaselineScan,
    },
}

/// Arguments of `skanner baseline review`.
#[derive(Args, Debug)]
pub(crate) struct ReviewArgs {
    /// Which baseline, and what to compare it with.
    #[command(flatten)]
    pub source: BaselineSource,

    /// Which findings count.
    #[command(flatten)]
    pub settings: SettingArgs,

    /// Honor suppressions for other scanners.
    ///
    /// As in `skanner scan`: what they suppress is not asked about.
    #[arg(long, help_heading = heading::FINDINGS, hide_short_help = true)]
    pub trust_foreign_markers: bool,
}

/// Which baseline, what to compare it with, and how to report that.
#[derive(Args, Debug)]
pub(crate) struct BaselineScan {
    /// Which baseline, and what to compare it with.
    #[command(flatten)]
    pub source: BaselineSource,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArgs,
}

/// Which baseline, and what to compare it with: always the whole work tree, from any directory in it.
#[derive(Args, Debug)]
pub(crate) struct BaselineSource {
    /// The baseline file (default: `.skanner-baseline`).
    ///
    /// By default the one that scans use, at the root of the repository.
    #[arg(conflicts_with = "baseline")]
    pub file: Option<PathBuf>,

    /// How much to read.
    #[command(flatten)]
    pub tree: TreeArgs,
}

/// How much of a work tree to read.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct TreeArgs {
    /// Also read the index and the history.
    ///
    /// Otherwise only the files of the work tree.
    #[arg(long, help_heading = heading::SOURCE)]
    pub history: bool,

    /// With --history: accept a shallow clone.
    ///
    /// Its older commits are then not read.
    #[arg(long, requires = "history", help_heading = heading::SOURCE, hide_short_help = true)]
    pub allow_shallow: bool,

    /// Also read files that git ignores.
    ///
    /// Tracked files are read in any case.
    #[arg(long, help_heading = heading::SOURCE)]
    pub no_ignore: bool,
}
