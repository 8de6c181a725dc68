//! Arguments of the commands about the configuration.

use std::path::PathBuf;

use clap::Args;

use super::{ListFormat, SettingArgs, heading};

/// Arguments of `skanner config`.
#[derive(Args, Debug)]
pub(crate) struct ShowConfigArgs {
    /// The path that would be scanned.
    ///
    /// The configuration is looked up there and in its parents, up to the root of the repository.
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// The output format.
    #[arg(long, value_enum, default_value_t, help_heading = heading::REPORT)]
    pub format: ListFormat,

    /// Settings to try out.
    #[command(flatten)]
    pub settings: SettingArgs,
}

/// Arguments of `skanner init`.
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// A directory of the project.
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Replace an existing `skanner.toml`.
    #[arg(long)]
    pub force: bool,
}
