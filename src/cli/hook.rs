//! Arguments of `skanner hook`.

use std::path::PathBuf;

use clap::{
    Args, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::ReportArgs;
use crate::hook::Event;

/// Arguments of `skanner hook`.
#[derive(Debug, Args)]
pub struct HookArgs {
    /// Which hook git runs, or whether to install them.
    #[command(subcommand)]
    pub command: HookCommand,
}

/// Which hook git runs, or whether to install them.
#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Stop a commit that would bring a key: scans what is staged.
    PreCommit {
        /// Only these files: as they are staged, or else as they are in the work tree. Outside of a commit, both are
        /// read whole.
        files: Vec<PathBuf>,

        /// Leave out files that git ignores and does not track even if they are named.
        #[arg(long)]
        force_exclude: bool,

        /// What to do with what is found.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Stop a commit whose message holds a key.
    CommitMsg {
        /// The file with the message, as git names it.
        file: PathBuf,

        /// What to do with what is found.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Stop a push that would bring a key: scans the commits that the remote repository does not have yet.
    ///
    /// Standard input holds a line for each reference, as git writes them. Where a framework has read them, its
    /// variables are asked, and else HEAD is scanned.
    PrePush {
        /// The remote's name, as git gives it.
        remote: Option<String>,

        /// The remote's address, as git gives it.
        url: Option<String>,

        /// Standard input comes from git itself: when it is empty, nothing is pushed.
        #[arg(long)]
        refs_from_git: bool,

        /// What to do with what is found.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Refuse a push to this repository: scans the commits that it does not have yet.
    ///
    /// Standard input holds a line for each reference, as git writes them.
    PreReceive {
        /// What to do with what is found.
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Make git run the hooks; those that are there already go on being run.
    Install {
        /// Which ones (default: pre-commit, commit-msg and pre-push; in a bare repository pre-receive).
        #[arg(value_parser = event_parser())]
        hooks: Vec<Event>,

        /// For all of your repositories.
        #[arg(long)]
        global: bool,
    },
    /// Take skanner's hooks away, and put back what was there before.
    Uninstall {
        /// Which ones (default: all).
        #[arg(value_parser = event_parser())]
        hooks: Vec<Event>,

        /// Those for all of your repositories.
        #[arg(long)]
        global: bool,
    },
}

fn event_parser() -> impl TypedValueParser<Value = Event> {
    PossibleValuesParser::new(Event::ALL.map(Event::name))
        .try_map(|name| Event::of(&name).ok_or_else(|| format!("there is no hook `{name}`")))
}
