//! Arguments of `skanner import`.

use std::path::PathBuf;

use clap::Args;

use super::{SettingArgs, TreeArgs, heading};

/// Which lists to take over, and what to compare them with.
#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    /// Lists of other scanners (default: those at the root).
    ///
    /// What a file is, is recognized by what it holds: a `.gitleaksignore`, a report in JSON or a configuration of
    /// gitleaks or betterleaks, a report of TruffleHog 3 with `--json`, a `.secrets.baseline` of detect-secrets, or a
    /// `.gitguardian.yaml` of ggshield.
    #[arg(value_name = "LIST")]
    pub lists: Vec<PathBuf>,

    /// Say what would be taken over, and write nothing.
    ///
    /// The exit code is 1 if something would change.
    #[arg(long, help_heading = heading::REPORT)]
    pub check: bool,

    /// What to compare the lists with.
    #[command(flatten)]
    pub tree: TreeArgs,

    /// Which findings count.
    #[command(flatten)]
    pub settings: SettingArgs,
}
