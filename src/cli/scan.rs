//! Arguments of `skanner scan`.

use std::path::PathBuf;

use clap::Args;

use super::ReportArgs;
use crate::locate;

/// What scans another part of a repository. Without this, clap would not ask for --history beside them.
const NO_HISTORY: [&str; 2] = ["staged", "range"];

/// Whether the whole history is read, and which keys in it are asked for.
#[derive(Args, Debug)]
pub struct HistoryArgs {
    /// Read the whole history of the repository that PATH is in: every object, names, messages and git's own files.
    #[arg(long, conflicts_with_all = ["staged", "range", "no_ignore", "force_exclude"], help_heading = "Git")]
    pub history: bool,

    /// With --history: a shallow clone is enough; do not exit with 2 for what came before its first commits.
    #[arg(long, requires = "history", conflicts_with_all = NO_HISTORY, help_heading = "Git")]
    pub allow_shallow: bool,

    /// With --history: have libgit2 read all objects, one by one, in the place of skanner's own reader of packs. That is
    /// slow, needs a sound repository, and must say the same.
    #[arg(long, requires = "history", conflicts_with_all = NO_HISTORY, help_heading = "Git")]
    pub second_opinion: bool,

    /// With --history: leave out keys that are only in commits and tags from before DATE, which is YYYY-MM-DD (in UTC)
    /// or in the form of RFC 3339. The closing line counts them.
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "history", conflicts_with_all = NO_HISTORY, help_heading = "Git")]
    pub since: Option<i64>,

    /// With --history: leave out keys that no such ref leads to: `main`, `HEAD`, `release/*`, `refs/pull`; may be given
    /// several times.
    #[arg(long = "ref", value_name = "GLOB", requires = "history", conflicts_with_all = NO_HISTORY, help_heading = "Git")]
    pub refs: Vec<String>,

    /// With --history: leave out keys without a place whose path matches, written as in .gitignore: `src/`, `*.env`,
    /// `!tests/**`; may be given several times.
    #[arg(long, value_name = "GLOB", requires = "history", conflicts_with_all = NO_HISTORY, allow_hyphen_values = true, help_heading = "Git")]
    pub path: Vec<String>,
}

fn parse_date(text: &str) -> Result<i64, String> {
    locate::parse_date(text).ok_or_else(|| {
        "expected a day such as 2024-02-29, or a time such as 2024-02-29T12:30:00Z or 2024-02-29T13:30:00+01:00"
            .to_owned()
    })
}

/// What to scan and what to do with what is found.
#[derive(Args, Debug)]
pub struct ScanArgs {
    /// Files and folders to scan (default: `.`); `-` is standard input.
    #[arg(conflicts_with_all = ["staged", "range"])]
    pub paths: Vec<PathBuf>,

    /// Read files that git ignores, too. Those it tracks are always read.
    #[arg(long, conflicts_with_all = ["staged", "range"])]
    pub no_ignore: bool,

    /// Leave out paths that git ignores and does not track even if they are named, as tools do that pass on lists of
    /// files. It is no error if none remains.
    #[arg(long, conflicts_with_all = ["staged", "range", "no_ignore"])]
    pub force_exclude: bool,

    /// What to call standard input in the report.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["staged", "range"])]
    pub stdin_filename: Option<String>,

    /// Scan what the next commit would bring: the files in git's index, as they are there. Reports the keys that HEAD
    /// does not have in the same file yet.
    #[arg(long, help_heading = "Git")]
    pub staged: bool,

    /// Scan what commits add, their messages included: `A..B`, `A...B` (since the merge base), `B --not --remotes`, or
    /// `auto`, which asks the CI system. Reports each key with the commit that brings it; may be given several times.
    #[arg(
        long,
        value_name = "REVISIONS",
        allow_hyphen_values = true,
        conflicts_with = "staged",
        help_heading = "Git"
    )]
    pub range: Vec<String>,

    /// Whether the whole history is read, and what of it is asked for.
    #[command(flatten)]
    pub history: HistoryArgs,

    /// With --staged: report the keys that HEAD has, too.
    #[arg(long, requires = "staged", conflicts_with = "range", help_heading = "Git")]
    pub all: bool,

    /// What to do with what is found.
    #[command(flatten)]
    pub report: ReportArgs,
}
