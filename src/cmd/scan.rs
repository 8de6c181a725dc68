//! `skanner scan`: scans files and directories, standard input, the index, commits, or a history.

use std::{
    collections::BTreeSet,
    io::IsTerminal,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail, ensure};
use git2::Repository;

use super::{agent_files, console::Console, options, since_scan};
use crate::{
    cli::{ReportArgs, ScanArgs, TrustArgs, clone_first, is_url},
    finding::{NotReadKind, Report, Subject},
    git::{self, ci, revisions::Selection},
    path::{WholePath, current_directory, shown, with_whole_parent},
    root,
    session::{
        ConfigStart, Coverage, HistoryFilter, MissingContent, RangeTrust, ScanScope, Session, StateFile,
        Verdict, WorkerPool, conclude, conclude_report, config_start, load, open_from_environment,
        read_histories, refuse_outside, tree_root,
    },
    source::{HistoryStamps, LeftHistory, Range, Reading, Sink, StagedSource, Stdin, Walk},
};

pub(super) fn run(args: &ScanArgs, console: &Console) -> Result<Verdict> {
    if args.agents {
        return agent_files::run(&named(&args.paths), &args.report, args.trust, console);
    }
    if args.staged {
        staged(&args.report, args.trust, args.all, console).map(|(verdict, _)| verdict)
    } else if args.range.is_empty() {
        files(args, console)
    } else {
        range(args, console)
    }
}

/// Scans what the index would commit: `all` of it, or only what is new in it.
pub(super) fn staged(
    args: &ReportArgs,
    trust: TrustArgs,
    all: bool,
    console: &Console,
) -> Result<(Verdict, Report)> {
    let options = options::of_trust(args, trust, console)?;
    refuse_outside(&options, Path::new("."))?;
    let repository = open_from_environment()?;
    let session = load(options, config_start(&repository), &console.redactor)?;
    conclude_report(&session, |pool| {
        pool.read_lfs(&repository, MissingContent::Fails);
        let staged = StagedSource { all, wanted: None, differing: false, pool: session.pool() };
        let nothing = staged.feed(&repository, &pool.workers())?.nothing();
        let subject = Subject { what: "what is staged".to_owned(), nothing: nothing.map(str::to_owned) };
        Ok(Coverage::git(tree_root(&repository)?, subject))
    })
}

/// Scans what the given commits add, or those that the CI system names if the argument is `auto`. Several ranges are read
/// one after the other, since what one of them leaves out may be what another one asks for.
fn range(args: &ScanArgs, console: &Console) -> Result<Verdict> {
    let options = options::of_trust(&args.report, args.trust, console)?;
    refuse_outside(&options, Path::new("."))?;
    let repository = open_from_environment()?;
    let root = tree_root(&repository)?;
    let ranges = distinct_ranges(&args.range);
    let ranges = ranges.iter().map(|words| select(&repository, words)).collect::<Result<Vec<_>>>()?;
    // Several ranges have no base in common.
    let only = |ranges: &[(Selection, String)]| match ranges {
        [(selection, _)] => selection.clone(),
        _ => Selection::default(),
    };
    let trust = options.untrusted.then(|| RangeTrust::of(&repository, &only(&ranges), root.clone()));
    let trust = trust.transpose()?;
    let document = trust.as_ref().map(|trust| trust.document(&repository)).transpose()?;
    let of_base = |path: &Path| trust.as_ref().and_then(|trust| trust.file(path));
    let start = match &document {
        Some(document) => ConfigStart::Tree { root: &root, document: document.as_ref(), file: &of_base },
        None => config_start(&repository),
    };
    let session = load(options, start, &console.redactor)?;
    let session = Session { range_trust: trust, ..session };
    conclude(&session, |pool| {
        pool.read_lfs(&repository, MissingContent::Counts);
        let (mut tips, mut names, mut count) = (Vec::new(), Vec::new(), 0);
        for (selection, name) in ranges {
            tips.extend(selection.tips.iter().copied());
            names.push(name);
            count += Range { selection, pool: session.pool() }.feed(&repository, &pool.workers())?;
        }
        let what = names.join(" and ");
        let nothing = (count == 0).then(|| format!("{what} has no new commits"));
        let scope = ScanScope::Commits { tips, is_foreign: false };
        Ok(Coverage { scope, ..Coverage::git(root.clone(), Subject { what, nothing }) })
    })
}

/// The ranges, each by itself. What only takes commits away belongs to the range before it.
fn distinct_ranges(arguments: &[String]) -> Vec<String> {
    let mut ranges: Vec<String> = Vec::new();
    for words in arguments {
        match ranges.last_mut() {
            Some(last) if words.starts_with('^') || words.split_whitespace().next() == Some("--not") => {
                last.push(' ');
                last.push_str(words);
            }
            _ => ranges.push(words.clone()),
        }
    }
    ranges
}

/// The selected commits, and what to call them.
fn select(repository: &Repository, words: &str) -> Result<(Selection, String)> {
    if words == "auto" {
        return ci::CiJob::detect(&|name| std::env::var(name).ok())?.select(repository);
    }
    Ok((Selection::parse(repository, words)?, words.to_owned()))
}

/// The paths that are named, or the current directory.
fn named(paths: &[PathBuf]) -> Vec<PathBuf> {
    if paths.is_empty() { vec![PathBuf::from(".")] } else { paths.to_vec() }
}

fn files(args: &ScanArgs, console: &Console) -> Result<Verdict> {
    let paths = named(&args.paths);
    let mut options = options::of_trust(&args.report, args.trust, console)?;
    let is_typed = paths.iter().any(|path| path == Path::new("-")) && std::io::stdin().is_terminal();
    // It would be drawn over what is typed.
    options.progress &= !is_typed;
    if let Some(url) = paths.iter().filter_map(|path| path.to_str()).find(|path| is_url(path)) {
        bail!("{url}: {}", clone_first(url));
    }
    paths.iter().try_for_each(|path| refuse_outside(&options, path))?;
    let session = load(options, ConfigStart::Path(&common(&paths)), &console.redactor)?;
    if let Some(state) = &args.history.since_scan {
        let base = current_directory().context("the current directory no longer exists")?;
        let state = StateFile::new(state, state, &paths, false, &session)?;
        return since_scan::run(&state, &session, console, |pool, stamps| {
            let coverage = Coverage::files(base.clone());
            feed_histories(args, &session, Some(stamps), coverage, paths.clone(), pool)
        });
    }
    conclude(&session, |pool| {
        let (stdin, roots): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(|path| path == Path::new("-"));
        ensure!(args.stdin_filename.is_none() || !stdin.is_empty(), "--stdin-filename requires the path `-`");
        if !stdin.is_empty() {
            if is_typed {
                console.note("reading what you type; Ctrl-D on a line of its own ends it");
            }
            Stdin { name: args.stdin_filename.clone() }.feed(&mut pool.worker());
        }
        let base = current_directory().context("the current directory no longer exists")?;
        let coverage = Coverage { scope: ScanScope::Files(roots.clone()), ..Coverage::files(base) };
        if args.history.history {
            return feed_histories(args, &session, None, coverage, roots, pool);
        }
        let (repositories, trees): (Vec<_>, Vec<_>) =
            distinct(roots.clone()).into_iter().partition(|root| root::is_repository_directory(root));
        let histories = read_histories(&repositories, reading(args, &session), pool);
        if !trees.is_empty() {
            Walk {
                roots: trees,
                respect_ignore: !session.reads_ignored(args.no_ignore),
                force_exclude: args.force_exclude && !session.reads_ignored(false),
                may_be_empty: false,
                left_history: LeftHistory::All,
                pool: session.pool(),
            }
            .feed(&pool.workers());
        }
        Ok(Coverage { roots, histories, ..coverage })
    })
}

fn reading(args: &ScanArgs, session: &Session) -> Reading {
    Reading {
        pool: session.pool(),
        allow_shallow: args.history.allow_shallow,
        cross_check: args.history.second_opinion,
        stamps: None,
    }
}

/// Reads the histories of the repositories that contain the paths.
fn feed_histories(
    args: &ScanArgs,
    session: &Session,
    stamps: Option<Arc<HistoryStamps>>,
    mut coverage: Coverage,
    roots: Vec<PathBuf>,
    pool: &WorkerPool<'_>,
) -> Result<Coverage> {
    let query = options::of_history(&args.history);
    coverage.filter = HistoryFilter::new(&query)?;
    coverage.histories = read_histories(&roots, Reading { stamps, ..reading(args, session) }, pool);
    for (root, history) in roots.iter().zip(&coverage.histories) {
        if let Some(tree) = history.repository().workdir() {
            pool.worker().not_read(NotReadKind::WorkTree, &shown(tree));
        }
        coverage.outside.extend(git::outside(history.repository(), root));
    }
    coverage.filter.find_refs(&query, &coverage.histories)?;
    if let Some(at) = roots.into_iter().next() {
        let is_whole = !query.is_part() && !coverage.histories.iter().any(|history| history.is_shallow());
        coverage.scope = ScanScope::History { at, with_files: false, is_whole };
    }
    Ok(coverage)
}

/// The deepest directory that contains all paths, or the only path, so that their order does not affect the settings.
/// Standard input belongs to the current directory.
fn common(paths: &[PathBuf]) -> PathBuf {
    let here = Path::new(".");
    let mut starts = paths.iter().map(|path| if path == Path::new("-") { here } else { path.as_path() });
    let Some(first) = starts.next() else { return here.to_owned() };
    if paths.len() == 1 {
        return first.to_owned();
    }
    // A path that does not exist is reported when it is read.
    let mut whole = [first].into_iter().chain(starts).filter_map(|path| path.whole().ok());
    let Some(start) = whole.next() else { return first.to_owned() };
    whole.fold(start, |common, path| {
        common.components().zip(path.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
    })
}

/// Each path once, however it is written.
fn distinct(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    // A link is not its target: the name is part of what is read.
    let whole = |path: &PathBuf| {
        with_whole_parent(path).unwrap_or_else(|| path.whole().unwrap_or_else(|_| path.clone()))
    };
    paths.into_iter().filter(|path| seen.insert(whole(path))).collect()
}
