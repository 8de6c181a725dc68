//! Arguments of `skanner report`.

use std::path::PathBuf;

use clap::Args;

use super::WriteArgs;

/// Which reports to read, and what to write.
#[derive(Args, Debug)]
pub(crate) struct ConvertArgs {
    /// Reports in JSON, as `--format json` or `--format reports` writes them; `-` reads standard input.
    #[arg(required = true, value_name = "JSON")]
    pub reports: Vec<PathBuf>,

    /// What to write, and where.
    #[command(flatten)]
    pub write: WriteArgs,
}
