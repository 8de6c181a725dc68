//! Arguments of `skanner scan`.

use std::path::PathBuf;

use clap::Args;

use super::{ReportArgs, TrustArgs};
use crate::locate;

/// Options that scan another part of a repository. Without this, clap would accept them together with
/// --history options but without --history.
const NO_HISTORY: [&str; 2] = ["staged", "range"];

/// Whether to read the whole history, and which keys in it to report.
#[derive(Args, Debug)]
pub(crate) struct HistoryArgs {
    /// Read the whole history of the repository that contains PATH: every object, names, messages and git's
    /// own files.
    #[arg(long, conflicts_with_all = ["staged", "range", "no_ignore", "force_exclude"], help_heading = "History")]
    pub history: bool,

    /// With --history: accept a shallow clone. Do not exit with 2 because older commits are missing.
    #[arg(long, requires = "history", conflicts_with_all = NO_HISTORY, help_heading = "History")]
    pub allow_shallow: bool,

    /// With --history: read all objects with libgit2, one by one, instead of skanner's own pack reader. This
    /// is slow, needs an undamaged repository, and must give the same result.
    #[arg(long, requires = "history", conflicts_with_all = NO_HISTORY, help_heading = "History")]
    pub second_opinion: bool,

    /// With --history: exclude keys that are only in commits and tags from before DATE, either YYYY-MM-DD
    /// (UTC) or in RFC 3339 format. The summary counts them.
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "history", conflicts_with_all = NO_HISTORY, help_heading = "History")]
    pub since: Option<i64>,

    /// With --history: report only keys that such a ref reaches: `main`, `HEAD`, `release/*`, `refs/pull`.
    /// Can be repeated.
    #[arg(long = "ref", value_name = "GLOB", requires = "history", conflicts_with_all = NO_HISTORY, help_heading = "History")]
    pub refs: Vec<String>,

    /// With --history: report only keys with an occurrence whose path matches, written as in .gitignore:
    /// `src/`, `*.env`, `!tests/**`. Can be repeated.
    #[arg(long, value_name = "GLOB", requires = "history", conflicts_with_all = NO_HISTORY, allow_hyphen_values = true, help_heading = "History")]
    pub path: Vec<String>,
}

fn parse_date(text: &str) -> Result<i64, String> {
    locate::parse_date(text).ok_or_else(|| {
        "expected a day such as 2024-02-29, or a time such as 2024-02-29T12:30:00Z or 2024-02-29T13:30:00+01:00"
            .to_owned()
    })
}

/// What to scan, and how to report.
#[derive(Args, Debug)]
pub(crate) struct ScanArgs {
    /// Files and directories to scan (default: `.`). `-` is standard input.
    #[arg(conflicts_with_all = ["staged", "range"])]
    pub paths: Vec<PathBuf>,

    /// Also read files that git ignores. Tracked files are always read.
    #[arg(long, conflicts_with_all = ["staged", "range"])]
    pub no_ignore: bool,

    /// Skip paths that git ignores and does not track, even if they are named, for tools that pass lists of
    /// files. It is not an error if no path is left.
    #[arg(long, conflicts_with_all = ["staged", "range", "no_ignore"])]
    pub force_exclude: bool,

    /// The name of standard input in the report.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["staged", "range"])]
    pub stdin_filename: Option<String>,

    /// Scan what the next commit would add: the files in git's index, in their staged version. Reports only
    /// keys that HEAD does not have in the same file.
    #[arg(long, help_heading = "Git")]
    pub staged: bool,

    /// Scan what commits add, including their messages: `A..B`, `A...B` (since the merge base), `B --not
    /// --remotes`, or `auto`, which takes the range from the CI system. Reports each key with the commit that
    /// adds it. Can be repeated; each range is then read by itself, and `--not A` or `^A` belongs
    /// to the range before it.
    #[arg(
        long,
        value_name = "REVISIONS",
        allow_hyphen_values = true,
        conflicts_with = "staged",
        help_heading = "Git"
    )]
    pub range: Vec<String>,

    /// Whether to read the whole history, and which keys in it to report.
    #[command(flatten)]
    pub history: HistoryArgs,

    /// With --staged: also report keys that HEAD already has.
    #[arg(long, requires = "staged", conflicts_with = "range", help_heading = "Git")]
    pub all: bool,

    /// How much to trust it.
    #[command(flatten)]
    pub trust: TrustArgs,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArgs,
}
