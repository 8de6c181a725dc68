//! What is about to be pushed, before it leaves and where it arrives.

use std::io::{self, IsTerminal, Read as _};

use anyhow::{Context, Result, bail};
use git2::Repository;

use super::note;
use crate::{
    blob::{Blob, Content, ObjectId, Origin, SourceKind},
    cli::ReportArgs,
    cmd::{
        Verdict,
        baseline::Sight,
        scan::{self, Read, conclude, threads},
        settings::{self, Start},
        worker::Workshop,
    },
    finding::Subject,
    git::{oid, revisions::Selection},
    hook::refs::{self, Hints, Update},
    source::{Range, Sink},
};

/// Where a push goes, as git says it.
pub(super) struct Remote<'a> {
    /// Its name, or its address if it has none.
    pub(super) name: Option<&'a str>,
    /// Its address.
    pub(super) url: Option<&'a str>,
}

/// What a push brings.
struct Push {
    selection: Selection,
    /// What references will be called, any bytes.
    names: Vec<Vec<u8>>,
    /// Where it goes.
    url: Option<String>,
    what: String,
}

/// Scans what the remote repository does not have.
pub(super) fn to_remote(
    args: &ReportArgs,
    remote: &Remote<'_>,
    from_git: bool,
    color: bool,
) -> Result<Verdict> {
    let mut input = Vec::new();
    if !io::stdin().is_terminal() {
        io::stdin().lock().read_to_end(&mut input).context("cannot read standard input")?;
    }
    let updates = refs::of_push(&input)?;
    if updates.is_empty() && from_git {
        // Git runs the hook all the same when the other side has everything.
        note("git pushes nothing, so nothing was scanned");
        return Ok(Verdict::Clean);
    }
    let repository = scan::open()?;
    scan(args, &repository, Start::Repository(&repository), color, |repository| {
        if updates.is_empty() {
            return guess(repository, remote);
        }
        let mut selection = changed(repository, &updates);
        selection.hidden.extend(tracked(repository, remote.name)?);
        let url = remote.url.or(remote.name).map(str::to_owned);
        Ok(Push { selection, names: names(&updates), url, what: "what is pushed".to_owned() })
    })
}

/// What is pushed, where git's lines did not come through.
fn guess(repository: &Repository, remote: &Remote<'_>) -> Result<Push> {
    let hints = Hints::of_pre_commit(&|name| std::env::var(name).ok())?;
    let who = if hints.is_some() { "pre-commit" } else { "whoever runs this hook" };
    let Hints { to, from, name, remote: hinted, url } = hints.unwrap_or_default();
    let to = to.unwrap_or_else(|| "HEAD".to_owned());
    let mut selection = Selection::parse(repository, &to)?;
    if let Some(from) = from {
        selection.hidden.extend(Selection::parse(repository, &from)?.tips);
    }
    let remote_name = remote.name.or(hinted.as_deref());
    selection.hidden.extend(match remote_name {
        Some(_) => tracked(repository, remote_name)?,
        None => Selection::parse(repository, &format!("{to} --not --remotes"))?.hidden,
    });
    note(&format!(
        "{who} did not pass on what git pushes, so {to} was scanned, without what {} has; other references of this push \
         were not. `skanner hook install pre-push` sees all of them",
        if remote_name.is_some() { "the remote repository" } else { "any remote repository" }
    ));
    let url = remote.url.map(str::to_owned).or(url).or_else(|| remote_name.map(str::to_owned));
    let names = name.filter(|name| name.starts_with("refs/")).map(String::into_bytes).into_iter().collect();
    Ok(Push { selection, names, url, what: format!("what is new in {to}") })
}

/// What the remote repository has, as far as is known here.
fn tracked(repository: &Repository, remote: Option<&str>) -> Result<Vec<ObjectId>> {
    // An address in place of a name has nothing that tracks it; nor can it stand in a pattern.
    let is_name = |name: &&str| {
        !name.is_empty()
            && !name.contains(|c: char| c.is_whitespace() || matches!(c, '*' | '?' | '[' | ':' | '\\'))
    };
    let Some(name) = remote.filter(is_name) else { return Ok(Vec::new()) };
    // There must be a tip in the words, which does not count.
    let words = format!("--all --not --remotes={name}");
    Ok(Selection::parse(repository, &words)?.hidden)
}

/// Scans what has come to this repository.
pub(super) fn received(args: &ReportArgs, color: bool) -> Result<Verdict> {
    const CALL: &str = "git gives the hook a line for each reference on standard input, so let git call it";
    if io::stdin().is_terminal() {
        bail!("standard input is a terminal; {CALL}");
    }
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input).context("cannot read standard input")?;
    let updates = refs::of_receive(&input)?;
    if updates.is_empty() {
        bail!("standard input was empty, so nothing was scanned; {CALL}");
    }
    let repository = scan::open()?;
    // What is here comes from whoever pushes, or did so before, even where the repository is not bare.
    scan(args, &repository, Start::Nowhere, color, |repository| {
        let mut selection = changed(repository, &updates);
        // There must be a tip in the words, which does not count.
        selection.hidden.extend(Selection::parse(repository, "--all --not --all")?.hidden);
        Ok(Push { selection, names: names(&updates), url: None, what: "what was pushed".to_owned() })
    })
}

/// What references shall name, without what they name so far, if that is here.
fn changed(repository: &Repository, updates: &[Update]) -> Selection {
    let is_here = |id: &ObjectId| repository.odb().is_ok_and(|objects| objects.exists(oid(*id)));
    Selection {
        tips: updates.iter().filter_map(|update| update.new).collect(),
        hidden: updates.iter().filter_map(|update| update.old).filter(is_here).collect(),
    }
}

/// Names that come to be; one that is taken away must be allowed to go.
fn names(updates: &[Update]) -> Vec<Vec<u8>> {
    updates.iter().filter(|update| update.new.is_some()).map(|update| update.name.clone()).collect()
}

fn scan(
    args: &ReportArgs,
    repository: &Repository,
    start: Start<'_>,
    color: bool,
    push: impl FnOnce(&Repository) -> Result<Push>,
) -> Result<Verdict> {
    let call = settings::load(args, start)?;
    conclude(&call, color, |workshop| {
        let push = push(repository)?;
        feed_names(&push, workshop);
        let is_foreign = matches!(start, Start::Nowhere);
        let sight = Sight::Commits { tips: push.selection.tips.clone(), is_foreign };
        let count = match push.selection.tips.is_empty() {
            // References are only deleted.
            true => 0,
            false => {
                let range = Range { selection: push.selection, pool: threads(&call.args) };
                range.feed(repository, &|| workshop.worker())?
            }
        };
        let nothing = (count == 0).then(|| format!("{} has no commit that is new", push.what));
        let subject = Subject { what: push.what, nothing };
        Ok(Read { sight, ..Read::git(scan::base(repository)?, subject) })
    })
}

fn feed_names(push: &Push, workshop: &Workshop<'_>) {
    let mut worker = workshop.worker();
    for name in &push.names {
        worker.blob(Blob::new(Origin::new(SourceKind::Name, name), Content::Bytes(b"")));
    }
    if let Some(url) = &push.url {
        let origin = Origin::new(SourceKind::Config, b"the address of the remote repository");
        worker.blob(Blob::new(origin, Content::Bytes(url.as_bytes())));
    }
}
