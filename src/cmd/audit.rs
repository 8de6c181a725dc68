//! `skanner audit`: work tree, index and whole history of one repository, and whether it may be published.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use git2::{ErrorCode, Repository};

use super::{
    Verdict, history,
    scan::{self, Read, conclude, threads},
    settings::{self, Start},
    worker::Workshop,
};
use crate::{
    cli::{AuditArgs, ReportArgs},
    finding::Subject,
    git::{self, index::Index},
    source::{Reading, Sink, Staged, Walk},
};

pub(super) fn run(args: &AuditArgs, color: bool) -> Result<Verdict> {
    let repository = open(&args.repo)?;
    let base = scan::base(&repository)?;
    let report = enter(&base, &args.report)?;
    let call = settings::load(&report, Start::Repository(&repository))?;
    conclude(&call, color, |workshop| {
        let what = if repository.is_bare() {
            "the history alone, since a bare repository has no files and no index"
        } else {
            feed_files(args, threads(&call.args), &repository, workshop);
            "files, index and history"
        };
        let here = [PathBuf::from(".")];
        let reading = Reading {
            threads: threads(&call.args),
            allow_shallow: args.allow_shallow,
            second_opinion: false,
        };
        Ok(Read {
            histories: history::read(&here, reading, workshop),
            is_audit: true,
            ..Read::git(base, Subject { what: what.to_owned(), nothing: None })
        })
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

/// Goes to the root of the tree, as `git -C` does, so that a file has the same path in the work tree, in the index and
/// in the history. The files of options are where the user means them.
fn enter(base: &Path, args: &ReportArgs) -> Result<ReportArgs> {
    let mut args = args.clone();
    for output in &mut args.output {
        output.file = std::path::absolute(&output.file).context("the current folder is gone")?;
    }
    if let Some(config) = settings::named(&args.settings.config) {
        args.settings.config.config =
            Some(std::path::absolute(config).context("the current folder is gone")?);
    }
    std::env::set_current_dir(base).with_context(|| format!("cannot enter {}", base.display()))?;
    Ok(args)
}

fn feed_files(args: &AuditArgs, threads: usize, repository: &Repository, workshop: &Workshop<'_>) {
    Walk {
        roots: vec![PathBuf::from(".")],
        respect_ignore: !args.no_ignore,
        force_exclude: false,
        may_be_empty: true,
        threads,
    }
    .feed(&|| workshop.worker());
    let staged = Staged { all: true, wanted: None, differing: false, threads };
    let held = Index::of(repository)
        .map_err(anyhow::Error::msg)
        .and_then(|index| staged.feed_index(&index, repository, &|| workshop.worker()));
    if let Err(why) = held {
        // The rest is worth reading all the same.
        workshop.worker().not_scanned(b"what is staged", format!("{why:#}"));
    }
}
