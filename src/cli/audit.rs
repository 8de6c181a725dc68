//! Arguments of `skanner audit`.

use std::path::PathBuf;

use clap::Args;

use super::ReportArgs;

/// Which repository to judge, and what to do with what is found.
#[derive(Args, Debug)]
pub struct AuditArgs {
    /// The repository, or any folder in it.
    #[arg(default_value = ".")]
    pub repo: PathBuf,

    /// Read files that git ignores, too: they are not published with a push, but with the folder.
    #[arg(long)]
    pub no_ignore: bool,

    /// A shallow clone is enough; do not exit with 2 for what came before its first commits.
    #[arg(long)]
    pub allow_shallow: bool,

    /// What to do with what is found.
    #[command(flatten)]
    pub report: ReportArgs,
}
