//! Repositories as whole sources: finds their roots and reads everything in them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use git2::{ErrorCode, Repository};

use super::{
    coverage::{Coverage, ScanScope},
    history::{self, HistoryScan},
    lfs::MissingContent,
    options::Options,
    settings::ConfigStart,
    worker::WorkerPool,
};
use crate::{
    finding::Subject,
    git::{self, index::Index},
    path::{WholePath, current_directory, parent},
    root,
    source::{LeftHistory, Reading, Sink, StagedSource, Walk},
    threads::Pool,
};

/// The repository that a git command would work on here.
///
/// # Errors
/// When there is none, or it cannot be opened.
pub(crate) fn open_from_environment() -> Result<Repository> {
    let error = match git::from_environment() {
        Ok(repository) => return Ok(repository),
        Err(error) => error,
    };
    let here = current_directory().unwrap_or_default();
    if error.code() != ErrorCode::NotFound {
        return Err(error)
            .with_context(|| format!("the repository around {} cannot be opened", here.display()));
    }
    match std::env::var_os("GIT_DIR") {
        Some(directory) => {
            bail!("GIT_DIR is {}, which is not a git repository", Path::new(&directory).display())
        }
        None => bail!(
            "{} is not in a git repository: run skanner in one, or scan files by their paths",
            here.display()
        ),
    }
}

/// Refuses a repository that leads outside of its directory, if the user wants that. `path` is in the repository, if there
/// is one. Nothing outside is opened.
///
/// # Errors
/// When there is something outside.
pub(crate) fn refuse_outside(options: &Options, path: &Path) -> Result<()> {
    if !options.inside_only {
        return Ok(());
    }
    if path.is_symlink()
        && let (Ok(target), Some(parent)) = (path.whole(), parent(path))
    {
        let is_inside = parent.whole().is_ok_and(|parent| target.starts_with(parent));
        ensure!(
            is_inside,
            "{} is a link to {}, which --inside-only refuses",
            path.display(),
            target.display()
        );
    }
    // Opening the repository would follow the `.git` itself.
    for directory in path.whole().iter().flat_map(|path| path.ancestors()) {
        let dot_git = directory.join(".git");
        if dot_git.symlink_metadata().is_err() {
            continue;
        }
        // The file itself may be a link, too.
        for target in [root::own_directory(directory), dot_git.clone()] {
            let target = target.whole().unwrap_or(target);
            ensure!(
                target.starts_with(directory),
                "{} leads to {}, which is outside, so --inside-only refuses the repository",
                dot_git.display(),
                target.display()
            );
        }
        break;
    }
    let Ok(repository) = git::discover(path) else { return Ok(()) };
    let outside = git::outside(&repository, path);
    let named: Vec<_> = outside.iter().map(|one| format!("{} {}", one.kind, one.path.display())).collect();
    ensure!(
        outside.is_empty(),
        "the repository at {} leads outside of its directory, so --inside-only refuses it: {}",
        path.display(),
        named.join(", ")
    );
    Ok(())
}

/// The search for a configuration begins in this repository.
pub(crate) fn config_start(repository: &Repository) -> ConfigStart<'_> {
    ConfigStart::Repository { work_tree: repository.workdir(), directory: repository.path() }
}

/// The directory that paths in trees start from: the root of the work tree, or the directory of a bare repository.
///
/// # Errors
/// When it no longer exists.
pub(crate) fn tree_root(repository: &Repository) -> Result<PathBuf> {
    let base = repository.workdir().unwrap_or_else(|| repository.path());
    base.whole().with_context(|| format!("the directory {} no longer exists", base.display()))
}

/// Reads the files, index and history of a repository whose root is the current directory.
///
/// # Errors
/// When the root of the tree no longer exists.
pub(crate) fn feed_repository(
    repository: &Repository,
    no_ignore: bool,
    reading: Reading,
    pool: &WorkerPool<'_>,
) -> Result<Coverage> {
    pool.read_lfs(repository, MissingContent::Fails);
    let with_files = !repository.is_bare();
    let what = if with_files {
        "files, index and history"
    } else {
        "only the history, because a bare repository has no files and no index"
    };
    let here = PathBuf::from(".");
    let count = reading.pool.threads();
    let history = || history::read(std::slice::from_ref(&here), reading, pool);
    let histories = match with_files {
        false => history(),
        true if count == 1 => {
            feed_files(no_ignore, &Pool::new(1), repository, pool);
            history()
        }
        // One large file must not keep the history waiting. Two pools, since work that waits for each other needs all threads
        // of one.
        true => std::thread::scope(|scope| {
            let history = scope.spawn(history);
            feed_files(no_ignore, &Pool::new(count), repository, pool);
            history.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    };
    let is_whole = !histories.iter().any(HistoryScan::is_shallow);
    Ok(Coverage {
        histories,
        scope: ScanScope::History { at: here, with_files, is_whole },
        ..Coverage::git(tree_root(repository)?, Subject { what: what.to_owned(), nothing: None })
    })
}

fn feed_files(no_ignore: bool, threads: &Pool, repository: &Repository, pool: &WorkerPool<'_>) {
    Walk {
        roots: vec![PathBuf::from(".")],
        respect_ignore: !no_ignore,
        force_exclude: false,
        may_be_empty: true,
        left_history: repository.commondir().whole().map_or(LeftHistory::None, LeftHistory::Outside),
        pool: threads.clone(),
    }
    .feed(&pool.workers());
    let staged = StagedSource { all: true, wanted: None, differing: false, pool: threads.clone() };
    let state = Index::of(repository, threads)
        .map_err(anyhow::Error::msg)
        .and_then(|index| staged.feed_index(&index, repository, &pool.workers()));
    if let Err(why) = state {
        // The rest is still worth reading.
        pool.worker().not_scanned(b"what is staged", format!("{why:#}"));
    }
}
