//! Arguments of `skanner audit`.

use std::path::PathBuf;

use clap::Args;

use super::{ReportArgs, TrustArgs, heading};

/// Which repositories to audit, and how to report.
#[derive(Args, Debug)]
pub(crate) struct AuditArgs {
    /// A repository, or a directory of repositories.
    ///
    /// Any directory in a repository stands for all of it. A directory that is in no repository stands for all repositories below it. Several repositories are audited in
    /// parallel, each with its own configuration, and make one report.
    #[arg(default_value = ".", value_name = "REPO")]
    pub repos: Vec<PathBuf>,

    /// Also read files that git ignores.
    ///
    /// A push does not publish them, but publishing the directory does.
    #[arg(long, help_heading = heading::SOURCE)]
    pub no_ignore: bool,

    /// The files of coding agents and shells instead.
    ///
    /// Their settings (MCP servers), instructions, transcripts and command histories, in your home directory and in the
    /// repository that contains REPO. Nothing else is read.
    #[arg(long, conflicts_with_all = ["no_ignore", "allow_shallow", "accept_baseline", "plan"], help_heading = heading::SOURCE)]
    pub agents: bool,

    /// Accept a shallow clone.
    ///
    /// The exit code is not 2 merely because older commits are missing.
    #[arg(long, help_heading = heading::SOURCE)]
    pub allow_shallow: bool,

    /// Leave out keys that are in the baseline.
    ///
    /// Otherwise they count: a baseline is a list of known debt, and publishing the repository gives those keys
    /// away.
    #[arg(long, help_heading = heading::FINDINGS)]
    pub accept_baseline: bool,

    /// Also write a plan to remove the keys, and a script.
    ///
    /// For one repository at a time.
    /// The directory must lie outside of the repository, and must not exist yet. It gets a README with every step,
    /// and what git-filter-repo needs to take the keys out of a clone and to prove that. Nothing is run, and only
    /// you can read it: its files hold the keys.
    #[arg(long, value_name = "DIR", help_heading = heading::REPORT)]
    pub plan: Option<PathBuf>,

    /// How much to trust it.
    #[command(flatten)]
    pub trust: TrustArgs,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArgs,
}
