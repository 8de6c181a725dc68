//! What the index would commit.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use git2::{ErrorCode, Repository};

use super::{Read, Verdict, conclude, threads};
use crate::{
    cli::ReportArgs,
    cmd::settings::{self, Start},
    finding::Subject,
    git,
    source::{Held, Staged},
};

/// Scans what is staged, `all` of it or what is new in it.
pub(in crate::cmd) fn run(args: &ReportArgs, all: bool, color: bool) -> Result<Verdict> {
    let repository = open()?;
    let call = settings::load(args, Start::Repository(&repository))?;
    conclude(&call, color, |workshop| {
        let staged = Staged { all, wanted: None, differing: false, pool: threads(&call.args) };
        let held = staged.feed(&repository, &|| workshop.worker())?;
        let nothing = match held {
            Held::Content => None,
            Held::Removals => Some("what is staged only removes files"),
            Held::Nothing => Some("nothing is staged"),
        };
        let subject = Subject { what: "what is staged".to_owned(), nothing: nothing.map(str::to_owned) };
        Ok(Read::git(base(&repository)?, subject))
    })
}

/// The repository that a git command would work on here.
pub(in crate::cmd) fn open() -> Result<Repository> {
    let error = match git::from_environment() {
        Ok(repository) => return Ok(repository),
        Err(error) => error,
    };
    let here = std::env::current_dir().unwrap_or_default();
    if error.code() != ErrorCode::NotFound {
        return Err(error)
            .with_context(|| format!("the repository round {} cannot be opened", here.display()));
    }
    match std::env::var_os("GIT_DIR") {
        Some(folder) => bail!("GIT_DIR is {}, which is no git repository", Path::new(&folder).display()),
        None => bail!(
            "{} is in no git repository: run skanner in one, or scan files by their paths",
            here.display()
        ),
    }
}

/// What paths in trees start from: the root of the work tree, or the folder of a bare repository.
pub(in crate::cmd) fn base(repository: &Repository) -> Result<PathBuf> {
    let base = repository.workdir().unwrap_or_else(|| repository.path());
    base.canonicalize().with_context(|| format!("the folder {} is gone", base.display()))
}
