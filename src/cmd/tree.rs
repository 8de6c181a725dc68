//! Reads a whole work tree, for commands that are about all of it: its files, or its index and history as well.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{
    cli::TreeArgs,
    finding::Subject,
    git,
    session::{Coverage, ScanScope, Session, WorkerPool, feed_repository},
    source::{LeftHistory, Reading, Walk},
};

/// Pushes the work tree whose root is the current directory into the workers.
///
/// # Errors
/// When a history is requested where there is none, or the root no longer exists.
pub(super) fn feed(
    root: &Path,
    args: TreeArgs,
    session: &Session,
    pool: &WorkerPool<'_>,
) -> Result<Coverage> {
    let no_ignore = session.reads_ignored(args.no_ignore);
    if args.history {
        let Ok(repository) = git::discover(root) else {
            bail!("{} is not in a git repository, so there is no history to read", root.display())
        };
        let reading = Reading {
            pool: session.pool(),
            allow_shallow: args.allow_shallow,
            cross_check: false,
            stamps: None,
        };
        let mut coverage = feed_repository(&repository, no_ignore, reading, pool)?;
        coverage.subject = Some(Subject { what: "files, index and history".to_owned(), nothing: None });
        return Ok(coverage);
    }
    Walk {
        roots: vec![".".into()],
        respect_ignore: !no_ignore,
        force_exclude: false,
        may_be_empty: false,
        left_history: LeftHistory::None,
        pool: session.pool(),
    }
    .feed(&pool.workers());
    let here = vec![".".into()];
    Ok(Coverage { scope: ScanScope::Files(here.clone()), roots: here, ..Coverage::files(root.to_owned()) })
}
