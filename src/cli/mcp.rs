//! Arguments of `skanner mcp`.

use std::path::PathBuf;

use clap::Args;

use super::{SettingArgs, heading};

/// What agents may have scanned, and how.
#[derive(Args, Debug)]
pub(crate) struct McpArgs {
    /// The directory that may be read.
    ///
    /// Paths start from it. One that leads out of it, also through a link, is an error.
    #[arg(long, value_name = "DIR", default_value = ".", help_heading = heading::SOURCE)]
    pub root: PathBuf,

    /// Which keys count.
    #[command(flatten)]
    pub settings: SettingArgs,
}
