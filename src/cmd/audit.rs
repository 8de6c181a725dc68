//! `skanner audit`: work tree, index and whole history of one repository, and whether it may be published.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use git2::{ErrorCode, Repository};

use super::{
    Verdict,
    baseline::Sight,
    history,
    scan::{self, Read, conclude, threads},
    settings::{self, Start},
    worker::Workshop,
};
use crate::{
    cli::AuditArgs,
    finding::Subject,
    git::{self, index::Index},
    source::{Reading, Sink, Staged, Walk},
    threads::Pool,
};

pub(super) fn run(args: &AuditArgs, color: bool) -> Result<Verdict> {
    let repository = open(&args.repo)?;
    let base = scan::base(&repository)?;
    let report = scan::enter(&base, &args.report)?;
    let call = settings::load(&report, Start::Repository(&repository))?;
    conclude(&call, color, |workshop| {
        let read = feed(&repository, args.no_ignore, args.allow_shallow, &threads(&call.args), workshop)?;
        Ok(Read { is_audit: true, ..read })
    })
}

/// Reads files, index and history of a repository whose root is the current folder.
pub(super) fn feed(
    repository: &Repository,
    no_ignore: bool,
    allow_shallow: bool,
    pool: &Pool,
    workshop: &Workshop<'_>,
) -> Result<Read> {
    let with_files = !repository.is_bare();
    let what = if with_files {
        feed_files(no_ignore, pool, repository, workshop);
        "files, index and history"
    } else {
        "the history alone, since a bare repository has no files and no index"
    };
    let here = PathBuf::from(".");
    let reading = Reading { pool: pool.clone(), allow_shallow, second_opinion: false };
    let histories = history::read(std::slice::from_ref(&here), reading, workshop);
    let is_whole = !histories.iter().any(history::Read::is_shallow);
    Ok(Read {
        histories,
        sight: Sight::History { at: here, with_files, is_whole },
        ..Read::git(scan::base(repository)?, Subject { what: what.to_owned(), nothing: None })
    })
}

/// The repository that was named, whatever git says in the environment.
fn open(path: &Path) -> Result<Repository> {
    match git::discover(path) {
        Ok(repository) => Ok(repository),
        Err(_) if !path.exists() => bail!("{}: no such file or folder", path.display()),
        Err(error) if error.code() == ErrorCode::NotFound => bail!(
            "{} is in no git repository, so there is no history to audit; `skanner scan --no-ignore` scans all files",
            path.display()
        ),
        Err(error) => {
            Err(error).with_context(|| format!("the repository {} cannot be opened", path.display()))
        }
    }
}

fn feed_files(no_ignore: bool, pool: &Pool, repository: &Repository, workshop: &Workshop<'_>) {
    Walk {
        roots: vec![PathBuf::from(".")],
        respect_ignore: !no_ignore,
        force_exclude: false,
        may_be_empty: true,
        pool: pool.clone(),
    }
    .feed(&|| workshop.worker());
    let staged = Staged { all: true, wanted: None, differing: false, pool: pool.clone() };
    let held = Index::of(repository, pool)
        .map_err(anyhow::Error::msg)
        .and_then(|index| staged.feed_index(&index, repository, &|| workshop.worker()));
    if let Err(why) = held {
        // The rest is worth reading all the same.
        workshop.worker().not_scanned(b"what is staged", format!("{why:#}"));
    }
}
