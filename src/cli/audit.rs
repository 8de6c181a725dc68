//! Arguments of `skanner audit`.

use std::path::PathBuf;

use clap::Args;

use super::{ReportArgs, TrustArgs};

/// Which repository to audit, and how to report.
#[derive(Args, Debug)]
pub(crate) struct AuditArgs {
    /// The repository, or any directory in it.
    #[arg(default_value = ".")]
    pub repo: PathBuf,

    /// Also read files that git ignores. A push does not publish them, but publishing the directory does.
    #[arg(long)]
    pub no_ignore: bool,

    /// Accept a shallow clone: do not exit with 2 because older commits are missing.
    #[arg(long)]
    pub allow_shallow: bool,

    /// Leave out keys that are in the baseline. Without it they count, since a baseline is a list of known
    /// debt, and a published repository gives those keys away.
    #[arg(long)]
    pub accept_baseline: bool,

    /// How much to trust it.
    #[command(flatten)]
    pub trust: TrustArgs,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArgs,
}
