//! Scans what is about to be committed.

use std::{
    cell::RefCell,
    collections::HashSet,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use git2::Repository;

use crate::{
    cli::ReportArgs,
    cmd::{console::Console, options},
    finding::{Report, Subject},
    git::{self, program},
    path::{WholePath, current_directory, parent, shown},
    session::{
        ConfigStart, Coverage, Verdict, conclude_report, config_start, load, open_from_environment, tree_root,
    },
    source::{CommentSign, LeftHistory, Message, StagedSource, Tail, Walk},
};

/// Whether there is a commit to compare with. If that cannot be determined, the scan reports why.
pub(super) fn has_head() -> bool {
    !git::from_environment()
        .is_ok_and(|repository| repository.is_empty().unwrap_or(false) || unborn(&repository))
}

fn unborn(repository: &Repository) -> bool {
    repository.head().is_err_and(|error| error.code() == git2::ErrorCode::UnbornBranch)
}

/// Whether git is about to commit. It names the index for its hook, and frameworks pass that on.
pub(super) fn is_commit() -> bool {
    std::env::var_os("GIT_INDEX_FILE").is_some_and(|file| !file.is_empty())
}

/// Scans the files that a hook framework passes.
///
/// During a commit, staged files are read from the index and only what is new in them counts, as without file names.
/// Otherwise someone asks about these files, for instance with `pre-commit run --all-files`: they are read whole, from
/// the work tree, and from the index where it differs.
pub(super) fn files(
    args: &ReportArgs,
    files: &[PathBuf],
    force_exclude: bool,
    console: &Console,
) -> Result<(Verdict, Report)> {
    let is_commit = is_commit();
    let repository = open_from_environment()?;
    let options = options::of_report(args, console)?;
    let session = load(options, config_start(&repository), &console.redactor)?;
    conclude_report(&session, |pool| {
        let root = tree_root(&repository)?;
        let named: Vec<_> = files.iter().map(|file| (file, inner(&root, file))).collect();
        let wanted: HashSet<&[u8]> = named.iter().filter_map(|(_, inner)| inner.as_deref()).collect();
        let met = RefCell::new(HashSet::new());
        let is_wanted = |path: &[u8]| wanted.get(path).map(|path| met.borrow_mut().insert(*path)).is_some();
        let staged = StagedSource {
            all: !is_commit,
            wanted: Some(&is_wanted),
            differing: !is_commit,
            pool: session.pool(),
        };
        staged.feed(&repository, &pool.workers())?;
        let met = met.into_inner();
        let is_left =
            |inner: &Option<Vec<u8>>| !is_commit || inner.as_deref().is_none_or(|path| !met.contains(path));
        let roots: Vec<PathBuf> =
            named.iter().filter(|(_, inner)| is_left(inner)).map(|(file, _)| (*file).clone()).collect();
        Walk {
            roots,
            respect_ignore: !session.reads_ignored(false),
            force_exclude: force_exclude && !session.reads_ignored(false),
            may_be_empty: false,
            left_history: LeftHistory::None,
            pool: session.pool(),
        }
        .feed(&pool.workers());
        // Index paths are relative to the root, file paths to the current directory. Under a framework, the two are the
        // same.
        let subject = Subject { what: "the files that were named".to_owned(), nothing: None };
        Ok(Coverage::git(root, subject))
    })
}

/// The path relative to the root of the work tree, as git writes it; `None` if it is outside.
fn inner(root: &Path, file: &Path) -> Option<Vec<u8>> {
    let parent = parent(file).unwrap_or(Path::new("."));
    // The last component may be a link, which git does not follow. A deleted directory can still be staged.
    let directory = parent.whole().or_else(|_| Ok::<_, std::io::Error>(current_directory()?.join(parent)));
    let path = directory.ok()?.join(file.file_name()?);
    let inner = path.strip_prefix(root).ok()?;
    Some(shown(inner).into_owned())
}

/// Scans a commit message.
pub(super) fn message(args: &ReportArgs, file: &Path, console: &Console) -> Result<(Verdict, Report)> {
    // Git sets it to this if it has not opened an editor; see `run_commit_hook` in git's commit.c.
    let is_edited = std::env::var_os("GIT_EDITOR").is_none_or(|editor| editor != ":");
    let tail = if is_edited { Tail::Dropped(&comment_sign) } else { Tail::Kept };
    let options = options::of_report(args, console)?;
    let session = load(options, ConfigStart::Path(Path::new(".")), &console.redactor)?;
    conclude_report(&session, |pool| {
        Message { file: file.to_owned(), tail }.feed(&mut pool.worker());
        let base = current_directory().context("the current directory no longer exists")?;
        let subject = Subject { what: "the message".to_owned(), nothing: None };
        Ok(Coverage::git(base, subject))
    })
}

/// The comment sign that git uses here. The user may have configured it anywhere, so only git knows.
fn comment_sign() -> CommentSign {
    let usual = || CommentSign::Exactly(b"#".to_vec());
    let asked = program::ask(Path::new("."), &["config", "--get-regexp", r"^core\.comment(char|string)$"]);
    // The last one counts. If git cannot be asked, a different sign cuts nothing.
    let Ok(Some(text)) = asked else { return usual() };
    match text.lines().last().and_then(|line| line.split_once(' ')) {
        Some((_, "auto")) => CommentSign::Any,
        Some((_, sign)) if !sign.is_empty() => CommentSign::Exactly(sign.as_bytes().to_vec()),
        _ => usual(),
    }
}
