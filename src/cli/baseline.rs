//! Arguments of `skanner baseline`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ReportArgs, heading};

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
    /// Fail if there are keys that are not in the baseline, or unused entries. Changes nothing.
    #[command(after_help = "Example:
  skanner baseline check                  in CI: the baseline is up to date")]
    Check {
        /// Which baseline, and what to compare it with.
        #[command(flatten)]
        scan: BaselineScan,
    },
}

/// Which baseline, and what to compare it with: always the whole work tree, from any directory in it.
#[derive(Args, Debug)]
pub(crate) struct BaselineScan {
    /// The baseline file (default: `.skanner-baseline`).
    ///
    /// By default the one that scans use, at the root of the repository.
    #[arg(conflicts_with = "baseline")]
    pub file: Option<PathBuf>,

    /// Also compare with the index and the history.
    ///
    /// Otherwise entries for the history are kept.
    #[arg(long, help_heading = heading::SOURCE)]
    pub history: bool,

    /// With --history: accept a shallow clone.
    ///
    /// Entries for the history are then kept, since it is not complete.
    #[arg(long, requires = "history", help_heading = heading::SOURCE, hide_short_help = true)]
    pub allow_shallow: bool,

    /// Also read files that git ignores.
    ///
    /// Tracked files are read in any case.
    #[arg(long, help_heading = heading::SOURCE)]
    pub no_ignore: bool,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArgs,
}
