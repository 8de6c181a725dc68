//! `skanner hook`: the commands that git runs, and their installation.
//!
//! Reports go to standard output as everywhere, and messages about them to standard error. The installed scripts send
//! both to standard error, since the output of `git push --porcelain` is parsed by programs.

mod agent;
mod agent_install;
mod commit;
mod install;
mod push;

use anyhow::Result;

use super::console::Console;
use crate::{
    blob::SourceKind,
    cli::{HookCommand, ReportArgs, TrustArgs},
    finding::{Finding, Occurrence, Report, short},
    hidden::escape_control,
    hook::{
        GitHook,
        messages::{self, HookStop, StopReason, StoppedKey},
        push::Remote,
    },
    session::Verdict,
};

pub(super) fn run(command: &HookCommand, console: &Console) -> Result<Verdict> {
    let (event, args) = match command {
        HookCommand::PreCommit { report, merge: true, .. } => (GitHook::PreMergeCommit, report),
        HookCommand::PreCommit { report, .. } => (GitHook::PreCommit, report),
        HookCommand::CommitMsg { report, .. } => (GitHook::CommitMsg, report),
        HookCommand::PrePush { report, .. } => (GitHook::PrePush, report),
        HookCommand::PreReceive { report } => (GitHook::PreReceive, report),
        HookCommand::Agent(args) => {
            return match &args.command {
                Some(command) => agent_install::run(command, console),
                None => agent::run(args, console),
            };
        }
        HookCommand::Install { hooks, global } => return install::install(hooks, *global, console),
        HookCommand::Uninstall { hooks, global } => return install::uninstall(hooks, *global, console),
    };
    // A hook with nothing to report stays quiet.
    let args = &ReportArgs { quiet: !args.write.verbose, ..args.clone() };
    let mut is_stopped = true;
    let (verdict, report) = match command {
        HookCommand::PreCommit { files, force_exclude, .. } if !files.is_empty() => {
            is_stopped = commit::is_commit();
            commit::files(args, files, *force_exclude, console)
        }
        HookCommand::CommitMsg { file, .. } => commit::message(args, file, console),
        HookCommand::PrePush { remote, url, refs_from_git, .. } => {
            let remote = Remote { name: remote.as_deref(), url: url.as_deref() };
            push::to_remote(args, &remote, *refs_from_git, console)
        }
        HookCommand::PreReceive { .. } => push::received(args, console),
        _ => super::scan::staged(args, TrustArgs::default(), false, console),
    }?;
    let has_head = !matches!(event, GitHook::PreCommit) || commit::has_head();
    let stop = |reason| HookStop { event, reason, has_head, is_stopped, keys: stopped_keys(&report) };
    match verdict {
        Verdict::Clean => {}
        Verdict::Findings => console.say(&messages::stopped(&stop(StopReason::Keys))),
        Verdict::Incomplete => console.say(&messages::stopped(&stop(StopReason::NotRead))),
    }
    Ok(verdict)
}

/// What the advice names of each key. Names that are masked or escaped are of no use in a command.
fn stopped_keys(report: &Report) -> Vec<StoppedKey> {
    let is_plain =
        |path: &str| !path.is_empty() && !path.contains(['…', '\\']) && escape_control(path) == path;
    let key = |finding: &Finding| {
        let place = &finding.occurrences[0];
        let path = |place: &Occurrence| {
            Some(&*place.path)
                .filter(|path| place.source != SourceKind::Name && is_plain(path))
                .map(str::to_owned)
        };
        StoppedKey {
            paths: finding.occurrences.iter().map(path).collect(),
            commit: place.commit.map(|commit| short(&commit.to_string()).to_owned()),
            rule: finding.rule.id.clone(),
        }
    };
    report.findings.iter().map(key).collect()
}

/// Installs the usual hooks of a repository.
pub(super) fn install_usual(console: &Console) -> Result<Verdict> {
    install::install(&[], false, console)
}
