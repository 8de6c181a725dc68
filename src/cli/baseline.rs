//! Arguments of `skanner baseline`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ReportArgs;

/// Arguments of `skanner baseline`.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// What to do with the baseline.
    #[command(subcommand)]
    pub command: BaselineCommand,
}

/// What to do with the baseline.
#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Write a baseline of all that is found now.
    Create {
        /// Replace a baseline that is there; entries and comments that still match something stay as they are.
        #[arg(long)]
        force: bool,

        /// Add the line to .gitattributes by which git merges the baselines of two branches.
        #[arg(long)]
        gitattributes: bool,

        /// Which file, and what is compared with it.
        #[command(flatten)]
        scan: BaselineScan,
    },
    /// Take out the entries that nothing matches any more, and follow files that were renamed.
    ///
    /// New keys are reported, with exit code 1, and not taken in.
    Update {
        /// Take new keys in as well. Each is named.
        #[arg(long)]
        add: bool,

        /// Which file, and what is compared with it.
        #[command(flatten)]
        scan: BaselineScan,
    },
    /// Fail if there are keys that the baseline does not know, or entries that nothing matches. Changes nothing.
    Check {
        /// Which file, and what is compared with it.
        #[command(flatten)]
        scan: BaselineScan,
    },
}

/// Which baseline, and what is compared with it: the whole work tree, wherever in it this is called.
#[derive(Args, Debug)]
pub struct BaselineScan {
    /// The baseline (default: the one that scans use, `.skanner-baseline` at the root of the repository).
    #[arg(conflicts_with = "baseline")]
    pub file: Option<PathBuf>,

    /// Compare with the index and the whole history as well. Without it, entries that are for the history stay.
    #[arg(long, help_heading = "Git")]
    pub history: bool,

    /// With --history: a shallow clone is enough. Entries for the history stay then, since it is not all there.
    #[arg(long, requires = "history", help_heading = "Git")]
    pub allow_shallow: bool,

    /// Read files that git ignores, too. Those it tracks are always read.
    #[arg(long)]
    pub no_ignore: bool,

    /// What to do with what is found.
    #[command(flatten)]
    pub report: ReportArgs,
}
