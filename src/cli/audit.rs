//! Arguments of `skanner audit`.

use std::path::PathBuf;

use clap::{Args, builder::ArgPredicate};

use super::{
    ReportArgs, TrustArgs, heading,
    report::{format_parser_with, parse_output_with},
};
use crate::report::Shard;

/// The format that has a report for each repository. Only an audit has several.
pub(crate) const REPORTS: &str = "reports";

const ABOUT_REPORTS: &str = "a report in JSON for each repository, one a line, then a summary";

/// Which repositories to audit, and how to report.
#[derive(Args, Debug)]
#[command(mut_arg("format", |format| format.value_parser(format_parser_with(&[(REPORTS, ABOUT_REPORTS)]))))]
#[command(mut_arg("output", |output| output.value_parser(|text: &str| parse_output_with(text, &[REPORTS]))))]
#[command(mut_arg("quiet", |quiet| quiet.hide_short_help(true)))]
pub(crate) struct AuditArgs {
    /// A repository, or a directory of repositories.
    ///
    /// Any directory in a repository stands for all of it. A directory that is in no repository stands for all repositories below it. Several repositories are audited in
    /// parallel, each with its own configuration, and make one report.
    #[arg(
        default_value = ".",
        default_value_if("repositories", ArgPredicate::IsPresent, None),
        value_name = "REPO"
    )]
    pub repos: Vec<PathBuf>,

    /// The repositories named in a file, one a line.
    ///
    /// `-` is standard input. Each is a repository, or a directory in one; blank lines are skipped. Unless you choose a format, the report has one line
    /// for each repository, in the order of LIST, as soon as it is done: its report in JSON (`--format reports`). The last
    /// line is `{"summary": …}`: without it, the output is not whole. A repository that cannot be read has a line that says
    /// why, and makes the exit code 2. `skanner report` makes one report in any format of it.
    #[arg(long, value_name = "LIST", conflicts_with = "agents", help_heading = heading::SOURCE)]
    pub repositories: Option<PathBuf>,

    /// Audit only one of N parts of all repositories.
    ///
    /// I is from 1 to N. Which part a repository is in depends on nothing but its name. `skanner report` makes one report of
    /// all parts, and says if one is missing.
    #[arg(long, value_name = "I/N", value_parser = Shard::parse, conflicts_with = "agents", help_heading = heading::SOURCE, hide_short_help = true)]
    pub shard: Option<Shard>,

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

    /// Read only what the audit that wrote STATE has not read.
    ///
    /// STATE is a file outside of the repository; with several repositories, a directory with a file for each. Each audit that
    /// reads everything writes it, also the first one. Files and the index are always read. If there is a key in them or in
    /// what is new, the whole history is read, too. Otherwise the report has what was known, and says that nothing is new.
    /// SKANNER_STATE_KEY signs the file.
    #[arg(long, value_name = "STATE", conflicts_with_all = ["agents", "plan", "show_secrets"], help_heading = heading::SOURCE, hide_short_help = true)]
    pub since_scan: Option<PathBuf>,

    /// Leave out keys that are in the baseline.
    ///
    /// Otherwise they count: a baseline is a list of known debt, and publishing the repository gives those keys
    /// away.
    #[arg(long, help_heading = heading::FINDINGS)]
    pub accept_baseline: bool,

    /// Go on where an interrupted run has stopped.
    ///
    /// With `--output reports=FILE`: the lines of FILE are kept, and the rest is added. What could not be read is read again.
    /// The list and the options must be the same. If FILE does not exist yet, everything is audited.
    #[arg(long, conflicts_with = "agents", help_heading = heading::REPORT, hide_short_help = true)]
    pub resume: bool,

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
