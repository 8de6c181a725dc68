//! Arguments of `skanner hook`.

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::ReportArgs;
use crate::hook::GitHook;

/// Arguments of `skanner hook`.
#[derive(Debug, Args)]
pub(crate) struct HookArgs {
    /// The hook to run, or how to install hooks.
    #[command(subcommand)]
    pub command: HookCommand,
}

/// The hook that git runs, or how to install hooks.
#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Stop a commit that would add a key. Scans what is staged.
    ///
    /// Also for git's hook pre-merge-commit: what a merge changes compared with HEAD.
    #[command(
        visible_alias = "pre-merge-commit",
        after_help = "Example:
  skanner hook pre-commit                 as .git/hooks/pre-commit calls it"
    )]
    PreCommit {
        /// Only these files.
        ///
        /// Their staged version is read if they are staged, and the one in the work tree otherwise. Outside of a
        /// commit, both are read whole.
        files: Vec<PathBuf>,

        /// Git is about to commit a merge: give the advice for that.
        #[arg(long)]
        merge: bool,

        /// Skip files that git ignores and does not track, even if they are named.
        #[arg(long)]
        force_exclude: bool,

        /// How to report.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Stop a commit whose message contains a key.
    #[command(after_help = "Example:
  skanner hook commit-msg -- \"$1\"        as .git/hooks/commit-msg calls it")]
    CommitMsg {
        /// The file with the message, as git passes it.
        file: PathBuf,

        /// How to report.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Stop a push that would publish a key. Scans the commits that the remote repository does not have yet.
    ///
    /// Standard input has a line for each reference, as git writes them. If a hook framework has already
    /// consumed it, the variables of the framework are used, and otherwise HEAD is scanned.
    #[command(after_help = "Example:
  skanner hook pre-push --refs-from-git -- \"$@\"")]
    PrePush {
        /// The name of the remote, as git passes it.
        remote: Option<String>,

        /// The URL of the remote, as git passes it.
        url: Option<String>,

        /// Standard input comes from git itself.
        ///
        /// If it is empty, nothing is being pushed.
        #[arg(long)]
        refs_from_git: bool,

        /// How to report.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Refuse a push to this repository. Scans the commits that it does not have yet.
    ///
    /// Standard input has a line for each reference, as git writes them.
    #[command(after_help = "Example:
  skanner hook pre-receive                as hooks/pre-receive calls it")]
    PreReceive {
        /// How to report.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Make git run the hooks. Existing hooks keep running.
    #[command(after_help = "Examples:
  skanner hook install                    in this repository
  skanner hook install pre-push           only this hook
  skanner hook install --global           in all of your repositories")]
    Install {
        /// Which hooks (default: all that fit).
        ///
        /// By default pre-commit, pre-merge-commit, commit-msg and pre-push; in a bare repository pre-receive.
        #[arg(value_parser = event_parser())]
        hooks: Vec<GitHook>,

        /// Install for all of your repositories.
        #[arg(long)]
        global: bool,
    },
    /// Remove the hooks of skanner, and restore what was there before.
    #[command(after_help = "Examples:
  skanner hook uninstall                  in this repository
  skanner hook uninstall --global         those for all of your repositories")]
    Uninstall {
        /// Which hooks (default: all).
        #[arg(value_parser = event_parser())]
        hooks: Vec<GitHook>,

        /// Remove those for all of your repositories.
        #[arg(long)]
        global: bool,
    },
}

fn event_parser() -> impl TypedValueParser<Value = GitHook> {
    PossibleValuesParser::new(GitHook::ALL.map(GitHook::name))
        .try_map(|name| GitHook::of(&name).ok_or_else(|| format!("unknown hook `{name}`")))
}
