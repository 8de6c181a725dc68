//! Arguments of `skanner filter`.

use std::num::NonZeroUsize;

use clap::Args;

use super::{SettingArgs, heading, report::parse_threads};

/// Which findings count, and what to write.
#[derive(Args, Debug)]
pub(crate) struct FilterArgs {
    /// Also write a line for what holds no key.
    #[arg(long, help_heading = heading::REPORT)]
    pub all: bool,

    /// Comments such as `skanner:allow` in what is scanned do not count.
    #[arg(long, help_heading = heading::FINDINGS)]
    pub untrusted: bool,

    /// The number of threads (default: one per processor).
    #[arg(short = 'j', long, value_name = "N", value_parser = parse_threads, help_heading = heading::OTHER, hide_short_help = true)]
    pub threads: Option<NonZeroUsize>,

    /// Which findings count.
    #[command(flatten)]
    pub settings: SettingArgs,
}
