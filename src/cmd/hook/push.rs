//! Scans what is being pushed, before it leaves and where it arrives.

use std::io::{self, IsTerminal, Read as _};

use anyhow::{Context, Result, bail};
use git2::Repository;

use crate::{
    blob::{Blob, Content, Origin, SourceKind},
    cli::ReportArgs,
    cmd::{console::Console, options},
    finding::{Report, Subject},
    hook::{
        push::{Push, Remote},
        refs,
    },
    session::{
        ConfigStart, Coverage, MissingContent, ScanScope, Verdict, WorkerPool, conclude_report, config_start,
        load, open_from_environment, tree_root,
    },
    source::{Range, Sink},
};

/// Scans what the remote repository does not have.
pub(super) fn to_remote(
    args: &ReportArgs,
    remote: &Remote<'_>,
    from_git: bool,
    console: &Console,
) -> Result<(Verdict, Report)> {
    let mut input = Vec::new();
    if !io::stdin().is_terminal() {
        io::stdin().lock().read_to_end(&mut input).context("cannot read standard input")?;
    }
    let updates = refs::of_push(&input)?;
    if updates.is_empty() && from_git {
        // Git runs the hook even if the other side already has everything.
        console.note("nothing is being pushed, so nothing was scanned");
        return Ok((Verdict::Clean, Report::default()));
    }
    let repository = open_from_environment()?;
    scan(args, &repository, config_start(&repository), console, |repository| {
        if !updates.is_empty() {
            return Push::to_remote(repository, &updates, remote);
        }
        let (push, note) = Push::guessed(repository, remote)?;
        console.note(&note);
        Ok(push)
    })
}

/// Scans what has arrived in this repository.
pub(super) fn received(args: &ReportArgs, console: &Console) -> Result<(Verdict, Report)> {
    const CALL: &str = "git passes one line per ref on standard input; let git run this hook";
    if io::stdin().is_terminal() {
        bail!("standard input is a terminal; {CALL}");
    }
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input).context("cannot read standard input")?;
    let updates = refs::of_receive(&input)?;
    if updates.is_empty() {
        bail!("standard input was empty, so nothing was scanned; {CALL}");
    }
    let repository = open_from_environment()?;
    // Everything here comes from the people who push, now or earlier, even if the repository is not bare.
    scan(args, &repository, ConfigStart::Nowhere, console, |repository| Push::received(repository, &updates))
}

fn scan(
    args: &ReportArgs,
    repository: &Repository,
    start: ConfigStart<'_>,
    console: &Console,
    push: impl FnOnce(&Repository) -> Result<Push>,
) -> Result<(Verdict, Report)> {
    let session = load(options::of_report(args, console)?, start, &console.redactor)?;
    conclude_report(&session, |pool| {
        let push = push(repository)?;
        feed_names(&push, pool);
        let is_foreign = matches!(start, ConfigStart::Nowhere);
        // A server has no store.
        let missing = if is_foreign { MissingContent::Counts } else { MissingContent::Fails };
        pool.read_lfs(repository, missing);
        let scope = ScanScope::Commits { tips: push.selection.tips.clone(), is_foreign };
        let only_deletes = push.selection.tips.is_empty();
        let range = Range { selection: push.selection, pool: session.pool() };
        let count = match is_foreign {
            true => range.feed_received(repository, &pool.workers())?,
            false if only_deletes => 0,
            false => range.feed(repository, &pool.workers())?,
        };
        let nothing = (count == 0).then(|| format!("{} has no new commits", push.what));
        let subject = Subject { what: push.what, nothing };
        Ok(Coverage { scope, ..Coverage::git(tree_root(repository)?, subject) })
    })
}

fn feed_names(push: &Push, pool: &WorkerPool<'_>) {
    let mut worker = pool.worker();
    for name in &push.names {
        worker.blob(Blob::new(Origin::new(SourceKind::Name, name), Content::Bytes(b"")));
    }
    if let Some(url) = &push.url {
        let origin = Origin::new(SourceKind::Config, b"the address of the remote repository");
        worker.blob(Blob::new(origin, Content::Bytes(url.as_bytes())));
    }
}
