//! Walks files and directories in parallel.

mod left_history;
#[cfg(feature = "git")]
mod left_out;
mod reasons;
mod visitor;
mod walked;

use std::{
    fs,
    hash::RandomState,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use ignore::WalkBuilder;

#[cfg(feature = "git")]
use self::left_out::MetRepositories;
use self::{
    reasons::{missing, special},
    visitor::FileVisitors,
    walked::Walked,
};
pub(crate) use left_history::LeftHistory;

use super::{file::FileReader, sink::Sink, words::display_path};
#[cfg(feature = "git")]
use super::{ignored::IgnoreRules, tracked};
use crate::threads::Pool;

/// The files below some paths.
pub(crate) struct Walk {
    /// Files and directories. They are read even if git ignores them.
    pub roots: Vec<PathBuf>,
    /// Whether `.gitignore` and `.git/info/exclude` exclude untracked files. Without the feature `git`, nobody knows
    /// what git tracks, so they exclude nothing.
    pub respect_ignore: bool,
    /// Whether the roots themselves are excluded if git ignores and does not track them. Links among them are not
    /// followed then, since that is how git treats them.
    pub force_exclude: bool,
    /// Whether a directory without files is not an error, because there is more to read than directories.
    pub may_be_empty: bool,
    /// Which histories of the repositories that are met count as left out.
    pub left_history: LeftHistory,
    /// The walk starts its own threads, as many as this pool has.
    pub pool: Pool,
}

impl Walk {
    /// Pushes every file below the roots. Threads are started only for directories.
    pub(crate) fn feed<S: Sink>(&self, new_sink: &(impl Fn() -> S + Sync)) {
        let mut sink = new_sink();
        let mut reader = FileReader::default();
        #[cfg(feature = "git")]
        let remaining = self.force_exclude.then(|| tracked::remaining(&self.roots, &self.pool, &mut sink));
        #[cfg(not(feature = "git"))]
        let remaining: Option<Vec<PathBuf>> = None;
        let mut feeder = DirectoryFeeder {
            walk: self,
            #[cfg(feature = "git")]
            repositories: MetRepositories::new(self.respects_ignore(), &self.left_history, &self.pool),
        };
        for root in remaining.as_ref().unwrap_or(&self.roots) {
            match fs::metadata(root) {
                _ if self.force_exclude && root.is_symlink() => FileReader::feed_link(root, &mut sink),
                Ok(metadata) if metadata.is_dir() => feeder.feed(root, new_sink, &mut sink),
                Ok(metadata) if metadata.is_file() => reader.feed(root, true, &mut sink),
                Ok(metadata) => sink.not_scanned(&display_path(root), special(metadata.file_type())),
                Err(error) => sink.nothing(&display_path(root), missing(root, &error)),
            }
        }
    }

    /// Whether ignore rules count.
    fn respects_ignore(&self) -> bool {
        cfg!(feature = "git") && self.respect_ignore
    }

    fn walk<S: Sink>(&self, directory: &Path, new_sink: &(impl Fn() -> S + Sync)) -> Walked {
        let hasher = RandomState::new();
        let shared = Mutex::new(Walked::new(hasher.clone()));
        let mut visitors = FileVisitors {
            new_sink,
            shared: &shared,
            hasher,
            remember: self.respects_ignore(),
            #[cfg(feature = "git")]
            rules: self.respects_ignore().then(|| IgnoreRules::below(directory)),
        };
        WalkBuilder::new(directory)
            .threads(self.pool.threads())
            .standard_filters(false)
            .build_parallel()
            .visit(&mut visitors);
        shared.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads directories, and counts what is left out of them.
struct DirectoryFeeder<'w> {
    walk: &'w Walk,
    #[cfg(feature = "git")]
    repositories: MetRepositories<'w>,
}

impl DirectoryFeeder<'_> {
    fn feed<S: Sink>(&mut self, root: &Path, new_sink: &(impl Fn() -> S + Sync), sink: &mut S) {
        let mut met = 0;
        let mut directories = vec![root.to_owned()];
        while let Some(directory) = directories.pop() {
            #[cfg_attr(not(feature = "git"), expect(unused_mut, reason = "only git tracks files"))]
            let mut walked = self.walk.walk(&directory, new_sink);
            met += walked.met;
            #[cfg(feature = "git")]
            {
                met += self.repositories.settle(directory, &mut walked, &mut directories, sink);
            }
            for (path, kind) in walked.left_out {
                sink.not_read(kind, &display_path(&path));
            }
        }
        if met == 0 && !self.walk.may_be_empty {
            let hint = if self.walk.respects_ignore() {
                "; --no-ignore also reads files that git ignores"
            } else {
                ""
            };
            let name = display_path(root);
            let name = if name.is_empty() { b"." } else { &*name };
            sink.nothing(name, format!("contains no files to read{hint}"));
        }
    }
}
