//! `skanner hook`: what git runs, and its installation.
//!
//! Reports go to standard output as everywhere, what is said about them to standard error. The scripts that are
//! installed send both to standard error, since `git push --porcelain` prints for programs.

mod commit;
mod install;
mod push;

use std::io::{self, Write};

use anstream::AutoStream;
use anyhow::Result;

use super::Verdict;
use crate::{
    cli::{HookCommand, ReportArgs},
    hook::{
        Event,
        words::{self, Reason},
    },
};

pub(super) fn run(command: &HookCommand, color: bool) -> Result<Verdict> {
    let (event, args, has_head) = match command {
        HookCommand::PreCommit { report, .. } => (Event::PreCommit, report, commit::has_head()),
        HookCommand::CommitMsg { report, .. } => (Event::CommitMsg, report, true),
        HookCommand::PrePush { report, .. } => (Event::PrePush, report, true),
        HookCommand::PreReceive { report } => (Event::PreReceive, report, true),
        HookCommand::Install { hooks, global } => return install::install(hooks, *global),
        HookCommand::Uninstall { hooks, global } => return install::uninstall(hooks, *global),
    };
    // A hook that has nothing to say keeps quiet.
    let args = &ReportArgs { quiet: !args.verbose, ..args.clone() };
    let verdict = match command {
        HookCommand::PreCommit { files, force_exclude, .. } if !files.is_empty() => {
            commit::files(args, files, *force_exclude, color)
        }
        HookCommand::CommitMsg { file, .. } => commit::message(args, file, color),
        HookCommand::PrePush { remote, url, refs_from_git, .. } => {
            let remote = push::Remote { name: remote.as_deref(), url: url.as_deref() };
            push::to_remote(args, &remote, *refs_from_git, color)
        }
        HookCommand::PreReceive { .. } => push::received(args, color),
        _ => super::scan::staged(args, color),
    }?;
    match verdict {
        Verdict::Clean => {}
        Verdict::Findings => say(&words::stopped(event, Reason::Keys, has_head)),
        Verdict::NotAProof => say(&words::stopped(event, Reason::NotRead, has_head)),
    }
    Ok(verdict)
}

/// Installs the hooks that a repository usually has.
pub(super) fn install_usual() -> Result<Verdict> {
    install::install(&[], false)
}

/// Says something about a run to whoever reads it.
fn say(text: &str) {
    // Without a reader nothing is lost but words; the exit code says the same.
    let _ = AutoStream::auto(io::stderr()).write_all(text.as_bytes());
}

/// Says one thing in a line.
fn note(text: &str) {
    say(&format!("skanner: {text}\n"));
}
