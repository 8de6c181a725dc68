//! `skanner audit`: scans the work tree, index and whole history of a repository, and says whether it may be published.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail, ensure};
use git2::{ErrorCode, Repository};

use super::{agent_files, audits, console::Console, options, plan, since_scan};
use crate::{
    cli::{AuditArgs, REPORTS, clone_first, is_url},
    git,
    path::WholePath,
    plan::PlanDirectory,
    root::Root,
    session::{
        Coverage, Options, StateFile, Verdict, WorkerPool, conclude_report, config_start, feed_repository,
        load, refuse_outside, tree_root,
    },
    source::{FoundRepositories, HistoryStamps, Reading},
};

pub(super) fn run(args: &AuditArgs, console: &Console) -> Result<Verdict> {
    if args.agents {
        ensure!(
            !audits::wants_lines(args),
            "the format `{REPORTS}` is for repositories, and --agents reads none"
        );
        return agent_files::run(&args.repos, &args.report, args.trust, console);
    }
    let [path] = &args.repos[..] else { return audits::run(args, all(&args.repos)?, console) };
    if args.repositories.is_some() || audits::wants_lines(args) || args.shard.is_some() || args.resume {
        return audits::run(args, all(&args.repos)?, console);
    }
    if is_outside(path) {
        let found = FoundRepositories::below(path);
        if !found.paths.is_empty() {
            return audits::run(args, found, console);
        }
    }
    one(args, path, console)
}

/// Whether a path is a directory that is in no repository, and is not meant to be one.
fn is_outside(path: &Path) -> bool {
    let is_none = |path: PathBuf| matches!(Root::of(&path), Root::None);
    path.is_dir() && path.whole().is_ok_and(is_none)
}

/// The repositories that several paths mean, each once.
fn all(paths: &[PathBuf]) -> Result<FoundRepositories> {
    let mut all = FoundRepositories::default();
    for path in paths {
        if !is_outside(path) {
            // What cannot be opened although it is there is for the report.
            if path.symlink_metadata().is_err() {
                open(path)?;
            }
            all.paths.push(path.clone());
            continue;
        }
        let found = FoundRepositories::below(path);
        ensure!(
            !found.paths.is_empty(),
            "{} is not in a git repository, and none is below it",
            path.display()
        );
        all.paths.extend(found.paths);
        all.unread.extend(found.unread);
    }
    let mut known = BTreeSet::new();
    // Any directory in a repository stands for all of it.
    let root = |path: &PathBuf| {
        let whole = path.whole().unwrap_or_else(|_| path.clone());
        match Root::of(&whole) {
            Root::Tree(root) | Root::Bare(root) => root.to_owned(),
            Root::None | Root::Broken(..) => whole,
        }
    };
    all.paths.retain(|path| known.insert(root(path)));
    Ok(all)
}

fn one(args: &AuditArgs, path: &Path, console: &Console) -> Result<Verdict> {
    let options = options::of_trust(&args.report, args.trust, console)?;
    refuse_outside(&options, path)?;
    let repository = open(path)?;
    let outside = git::outside(&repository, path);
    let directory = args.plan.as_deref().map(|named| PlanDirectory::check(named, &repository)).transpose()?;
    let options = Options { accept_baseline: args.accept_baseline, ..options };
    let state = args.since_scan.as_deref().map(|file| std::path::absolute(file).map(|whole| (whole, file)));
    let state = state.transpose().context("the current directory no longer exists")?;
    let options = options.enter(&tree_root(&repository)?)?;
    let session = load(options, config_start(&repository), &console.redactor)?;
    let feed = |pool: &WorkerPool<'_>, stamps: Option<Arc<HistoryStamps>>| {
        let reading =
            Reading { pool: session.pool(), allow_shallow: args.allow_shallow, cross_check: false, stamps };
        let coverage = feed_repository(&repository, session.reads_ignored(args.no_ignore), reading, pool)?;
        Ok(Coverage { is_audit: true, outside: outside.clone(), ..coverage })
    };
    if let Some((file, name)) = state {
        let state = StateFile::new(&file, name, &[PathBuf::from(".")], true, &session)?;
        return since_scan::run(&state, &session, console, |pool, stamps| feed(pool, Some(stamps)));
    }
    let (verdict, report) = conclude_report(&session, |pool| feed(pool, None))?;
    if let Some(directory) = &directory {
        plan::write(directory, &repository, &session, &report, console)?;
    }
    Ok(verdict)
}

/// The named repository, regardless of git's environment variables.
fn open(path: &Path) -> Result<Repository> {
    match git::discover(path) {
        Ok(repository) => Ok(repository),
        Err(_) if path.to_str().is_some_and(is_url) => {
            let url = path.display().to_string();
            bail!("{url}: {}", clone_first(&url))
        }
        Err(_) if !path.exists() => bail!("{}: no such file or directory", path.display()),
        Err(error) if error.code() == ErrorCode::NotFound => {
            if let Ok(whole) = path.whole()
                && let Root::Broken(root, why) = Root::of(&whole)
            {
                bail!("{} {why}, so there is no history to audit", root.join(".git").display())
            }
            bail!(
                "{} is not in a git repository, and none is below it, so there is no history to audit; `skanner scan \
             --no-ignore` scans all files",
                path.display()
            )
        }
        Err(error) => {
            Err(error).with_context(|| format!("the repository {} cannot be opened", path.display()))
        }
    }
}
