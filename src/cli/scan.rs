//! Arguments of `skanner scan`.

use std::path::PathBuf;

use clap::Args;

use super::{ReportArgs, TrustArgs, heading};
use crate::locate;

/// Options that scan another part of a repository. Without this, clap would accept them together with
/// --history options but without --history.
const NO_HISTORY: [&str; 2] = ["staged", "range"];

/// Whether to read the whole history, and which keys in it to report.
#[derive(Args, Debug)]
pub(crate) struct HistoryArgs {
    /// Everything git has: all objects, names and messages.
    ///
    /// Reads the whole history of the repository that contains PATH, also what no branch leads to, and git's own
    /// files.
    #[arg(long, conflicts_with_all = ["staged", "range", "no_ignore", "force_exclude"], help_heading = heading::SOURCE)]
    pub history: bool,

    /// Read only what the scan that wrote STATE has not read.
    ///
    /// STATE is a file outside of the repository. Each scan that reads everything writes it, also the first one. If there is
    /// a key in what is new, or a pack is missing, changed or written anew, the whole history is read. Otherwise the report
    /// has what was known, and says that nothing is new. SKANNER_STATE_KEY signs the file.
    #[arg(long, value_name = "STATE", requires = "history", conflicts_with_all = ["staged", "range", "since", "refs", "path", "second_opinion", "show_secrets"], help_heading = heading::HISTORY, hide_short_help = true)]
    pub since_scan: Option<PathBuf>,

    /// Report only keys in commits and tags since DATE.
    ///
    /// The date is YYYY-MM-DD (UTC) or in RFC 3339 format. The whole history is read in any case, and the summary
    /// counts the keys that are only in older commits and tags.
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "history", conflicts_with_all = NO_HISTORY, help_heading = heading::HISTORY, hide_short_help = true)]
    pub since: Option<i64>,

    /// Report only keys that such a ref reaches. Can be repeated.
    ///
    /// For example `main`, `HEAD`, `release/*` or `refs/pull`.
    #[arg(long = "ref", value_name = "GLOB", requires = "history", conflicts_with_all = NO_HISTORY, help_heading = heading::HISTORY, hide_short_help = true)]
    pub refs: Vec<String>,

    /// Report only keys in paths that match. Can be repeated.
    ///
    /// Written as in .gitignore: `src/`, `*.env`, `!tests/**`. One occurrence of a key must match.
    #[arg(long, value_name = "GLOB", requires = "history", conflicts_with_all = NO_HISTORY, allow_hyphen_values = true, help_heading = heading::HISTORY, hide_short_help = true)]
    pub path: Vec<String>,

    /// Accept a shallow clone.
    ///
    /// The exit code is not 2 merely because older commits are missing.
    #[arg(long, requires = "history", conflicts_with_all = NO_HISTORY, help_heading = heading::HISTORY, hide_short_help = true)]
    pub allow_shallow: bool,

    /// Read all objects with libgit2 instead of skanner's own pack reader.
    ///
    /// A cross-check: it is slow, needs an undamaged repository, and must give the same result.
    #[arg(long, requires = "history", conflicts_with_all = NO_HISTORY, help_heading = heading::HISTORY, hide_short_help = true)]
    pub second_opinion: bool,
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
    /// Files and directories (default: `.`); `-` is standard input.
    #[arg(conflicts_with_all = ["staged", "range"])]
    pub paths: Vec<PathBuf>,

    /// What the next commit would add.
    ///
    /// Reads the files in git's index, in their staged version. Reports only keys that HEAD does not have in the
    /// same file.
    #[arg(long, help_heading = heading::SOURCE)]
    pub staged: bool,

    /// With --staged: also report keys that HEAD already has.
    #[arg(long, requires = "staged", conflicts_with = "range", help_heading = heading::SOURCE, hide_short_help = true)]
    pub all: bool,

    /// What commits add; `auto` asks the CI system.
    ///
    /// Reads the changes and messages of commits: `A..B`, `A...B` (since the merge base), `B --not --remotes`, or
    /// `auto`, which takes the range from the CI system. Reports each key with the commit that adds it. Can be
    /// repeated; each range is then read by itself, and `--not A` or `^A` belongs to the range before it.
    #[arg(
        long,
        value_name = "REVISIONS",
        allow_hyphen_values = true,
        conflicts_with = "staged",
        help_heading = heading::SOURCE
    )]
    pub range: Vec<String>,

    /// Only the files of coding agents and shells.
    ///
    /// Their settings (MCP servers), instructions, transcripts and command histories, in your home directory and in the
    /// repository that contains PATH. Nothing else is read.
    #[arg(long, conflicts_with_all = ["staged", "range", "history", "no_ignore", "force_exclude", "stdin_filename"], help_heading = heading::SOURCE)]
    pub agents: bool,

    /// Whether to read the whole history, and which keys in it to report.
    #[command(flatten)]
    pub history: HistoryArgs,

    /// Also read files that git ignores.
    ///
    /// Tracked files are read in any case.
    #[arg(long, conflicts_with_all = ["staged", "range"], help_heading = heading::SOURCE)]
    pub no_ignore: bool,

    /// Skip ignored paths even if they are named.
    ///
    /// Skips paths that git ignores and does not track, for tools that pass lists of files. It is not an error if
    /// no path is left.
    #[arg(long, conflicts_with_all = ["staged", "range", "no_ignore"], help_heading = heading::SOURCE, hide_short_help = true)]
    pub force_exclude: bool,

    /// The name of standard input in the report.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["staged", "range"], help_heading = heading::SOURCE, hide_short_help = true)]
    pub stdin_filename: Option<String>,

    /// How much to trust it.
    #[command(flatten)]
    pub trust: TrustArgs,

    /// How to report.
    #[command(flatten)]
    pub report: ReportArgs,
}
