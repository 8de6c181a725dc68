//! `skanner hook`: the commands that git runs, and their installation.
//!
//! Reports go to standard output as everywhere, and messages about them to standard error. The installed scripts send
//! both to standard error, since the output of `git push --porcelain` is parsed by programs.

mod commit;
mod install;
mod push;

use anyhow::Result;

use super::console::Console;
use crate::{
    cli::{HookCommand, ReportArgs},
    hook::{
        GitHook,
        messages::{self, StopReason},
        push::Remote,
    },
    session::Verdict,
};

pub(super) fn run(command: &HookCommand, console: &Console) -> Result<Verdict> {
    let (event, args, has_head) = match command {
        HookCommand::PreCommit { report, .. } => (GitHook::PreCommit, report, commit::has_head()),
        HookCommand::CommitMsg { report, .. } => (GitHook::CommitMsg, report, true),
        HookCommand::PrePush { report, .. } => (GitHook::PrePush, report, true),
        HookCommand::PreReceive { report } => (GitHook::PreReceive, report, true),
        HookCommand::Install { hooks, global } => return install::install(hooks, *global, console),
        HookCommand::Uninstall { hooks, global } => return install::uninstall(hooks, *global, console),
    };
    // A hook with nothing to report stays quiet.
    let args = &ReportArgs { quiet: !args.verbose, ..args.clone() };
    let verdict = match command {
        HookCommand::PreCommit { files, force_exclude, .. } if !files.is_empty() => {
            commit::files(args, files, *force_exclude, console)
        }
        HookCommand::CommitMsg { file, .. } => commit::message(args, file, console),
        HookCommand::PrePush { remote, url, refs_from_git, .. } => {
            let remote = Remote { name: remote.as_deref(), url: url.as_deref() };
            push::to_remote(args, &remote, *refs_from_git, console)
        }
        HookCommand::PreReceive { .. } => push::received(args, console),
        _ => super::scan::staged(args, false, console),
    }?;
    match verdict {
        Verdict::Clean => {}
        Verdict::Findings => console.say(&messages::stopped(event, StopReason::Keys, has_head)),
        Verdict::Incomplete => console.say(&messages::stopped(event, StopReason::NotRead, has_head)),
    }
    Ok(verdict)
}

/// Installs the usual hooks of a repository.
pub(super) fn install_usual(console: &Console) -> Result<Verdict> {
    install::install(&[], false, console)
}
