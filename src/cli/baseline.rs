//! Arguments of `skanner baseline`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ReportArgs;

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
    Create {
        /// Replace an existing baseline. Entries and comments that still match are kept.
        #[arg(long)]
        force: bool,

        /// Add the line to .gitattributes that lets git merge the baselines of two branches.
        #[arg(long)]
        gitattributes: bool,

        /// Which baseline, and what to compare it with.
        #[command(flatten)]
        scan: BaselineScan,
    },
    /// Remove entries that nothing matches any more, and follow renamed files.
    ///
    /// New keys are reported and not added; the exit code is then 1.
    Update {
        /// Also add new keys, and list each of them.
        #[arg(long)]
        add: bool,

        /// Which baseline, and what to compare it with.
        #[command(flatten)]
        scan: BaselineScan,
    },
    /// Fail if there are keys that are not in the baseline, or unused entries. Changes nothing.
    Check {
        /// Which baseline, and what to compare it with.
        #[command(flatten)]
        scan: BaselineScan,
    },
}

/// Which baseline, and what to compare it with: always the whole work tree, from any directory in it.
#[derive(Args, Debug)]
pub(crate) struct BaselineScan {
    /// The baseline file (default: the one that scans use, `.skanner-baseline` at the root of the
    /// repository).
    #[arg(conflicts_with = "baseline")]
    pub file: Option<PathBuf>,

    /// Also compare with the index and the whole history. Without it, entries for the history are kept.
    #[arg(long, help_heading = "History")]
    pub history: bool,

    /// With --history: accept a shallow clone. Entries for the history are then kept, since it is not
    /// complete.
    #[arg(long, requires = "history", help_heading = "History")]
    pub allow_shallow: bool,

    /// Also read files that git ignores. Tracked files are always read.
    #[arg(long)]
    pub no_ignore: bool,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArgs,
}
