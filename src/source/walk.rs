//! Walks files and directories in parallel.

use std::{
    fs,
    hash::{BuildHasher, RandomState},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

#[cfg(feature = "git")]
use super::tracked;
use super::{
    file::FileReader,
    sink::Sink,
    words::{display_path, why},
};
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
        for root in remaining.as_ref().unwrap_or(&self.roots) {
            match fs::metadata(root) {
                _ if self.force_exclude && root.is_symlink() => FileReader::feed_link(root, &mut sink),
                Ok(metadata) if metadata.is_dir() => self.feed_directory(root, new_sink, &mut sink),
                Ok(metadata) if metadata.is_file() => reader.feed(root, true, &mut sink),
                Ok(metadata) => sink.not_scanned(display_path(root), special(metadata.file_type())),
                Err(error) => sink.nothing(display_path(root), missing(root, &error)),
            }
        }
    }

    fn feed_directory<S: Sink>(&self, root: &Path, new_sink: &(impl Fn() -> S + Sync), sink: &mut S) {
        let mut met = 0;
        let mut directories = vec![root.to_owned()];
        while let Some(directory) = directories.pop() {
            let walked = self.walk(&directory, new_sink);
            met += walked.met;
            #[cfg(feature = "git")]
            if self.respects_ignore() {
                met += self.feed_tracked(directory, walked, &mut directories, sink);
            }
        }
        if met == 0 && !self.may_be_empty {
            let hint =
                if self.respects_ignore() { "; --no-ignore also reads files that git ignores" } else { "" };
            sink.nothing(display_path(root), format!("contains no files to read{hint}"));
        }
    }

    /// Reads the tracked files that a walk has left out, and adds submodules that it has not met to the directories to
    /// walk. Returns how many files were there.
    #[cfg(feature = "git")]
    fn feed_tracked<S: Sink>(
        &self,
        directory: PathBuf,
        mut walked: Walked,
        directories: &mut Vec<PathBuf>,
        sink: &mut S,
    ) -> u64 {
        let mut met = 0;
        let mut reader = FileReader::default();
        walked.seen.sort_unstable();
        walked.repositories.push(directory);
        for repository in &walked.repositories {
            match tracked::below(repository, &self.pool) {
                Ok(entries) => {
                    for entry in entries {
                        if entry.is_submodule {
                            let is_new = entry.path.join(".git").exists() && !walked.repositories.contains(&entry.path);
                            directories.extend(is_new.then_some(entry.path));
                        } else if walked.seen.binary_search(&walked.hash(&entry.path)).is_err() {
                            met += u64::from(feed_ignored(&entry.path, &mut reader, sink));
                        }
                    }
                }
                Err(why) => sink.not_scanned(
                    display_path(&repository.join(".git/index")),
                    format!(
                        "cannot be read, so it is unknown which ignored files git tracks: {why}; --no-ignore reads them all"
                    ),
                ),
            }
        }
        met
    }

    /// Whether ignore rules count.
    fn respects_ignore(&self) -> bool {
        cfg!(feature = "git") && self.respect_ignore
    }

    fn walk<S: Sink>(&self, directory: &Path, new_sink: &(impl Fn() -> S + Sync)) -> Walked {
        let hasher = RandomState::new();
        let shared = Mutex::new(Walked { hasher: hasher.clone(), ..Walked::default() });
        let mut visitors = FileVisitors { walk: self, new_sink, shared: &shared, hasher };
        WalkBuilder::new(directory)
            .threads(self.pool.threads())
            .hidden(false)
            .ignore(false)
            .git_global(false)
            .git_ignore(self.respects_ignore())
            .git_exclude(self.respects_ignore())
            .parents(self.respects_ignore())
            .build_parallel()
            .visit(&mut visitors);
        shared.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The result of a walk.
#[derive(Default)]
struct Walked {
    hasher: RandomState,
    /// How many files were seen, readable or not.
    met: u64,
    /// Hashes of their paths, to find tracked files that were not seen.
    seen: Vec<u64>,
    /// Directories that contain a repository of their own.
    repositories: Vec<PathBuf>,
}

impl Walked {
    fn hash(&self, path: &Path) -> u64 {
        self.hasher.hash_one(display_path(path))
    }
}

struct FileVisitors<'a, F> {
    walk: &'a Walk,
    new_sink: &'a F,
    shared: &'a Mutex<Walked>,
    hasher: RandomState,
}

impl<'a, S: Sink + 'a, F: Fn() -> S> ParallelVisitorBuilder<'a> for FileVisitors<'a, F> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(FileVisitor {
            sink: (self.new_sink)(),
            reader: FileReader::default(),
            remember: self.walk.respects_ignore(),
            walked: Walked { hasher: self.hasher.clone(), ..Walked::default() },
            shared: self.shared,
        })
    }
}

/// The visitor of one thread.
struct FileVisitor<'a, S> {
    sink: S,
    reader: FileReader,
    remember: bool,
    walked: Walked,
    shared: &'a Mutex<Walked>,
}

impl<S: Sink> ParallelVisitor for FileVisitor<'_, S> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.visit_entry(&entry),
            Err(error) => {
                self.walked.met += 1;
                let (path, why) = path_and_why(&error);
                self.sink.not_scanned(path.map_or(b"a folder", display_path), why);
                WalkState::Continue
            }
        }
    }
}

impl<S: Sink> FileVisitor<'_, S> {
    fn visit_entry(&mut self, entry: &DirEntry) -> WalkState {
        let path = entry.path();
        let Some(kind) = entry.file_type() else { return WalkState::Continue };
        if entry.file_name() == ".git" && entry.depth() > 0 {
            let is_repository = kind.is_file() || path.join("HEAD").exists();
            if let (true, Some(parent)) = (is_repository, path.parent()) {
                if entry.depth() > 1 {
                    self.walked.repositories.push(parent.to_owned());
                }
                // The `.git` file of a worktree or submodule, or a file that merely has that name, is read like any
                // other.
                if kind.is_dir() {
                    return WalkState::Skip;
                }
            }
        }
        if kind.is_dir() {
            return WalkState::Continue;
        }
        self.walked.met += 1;
        if self.remember {
            let hash = self.walked.hash(path);
            self.walked.seen.push(hash);
        }
        if kind.is_file() {
            self.reader.feed(path, false, &mut self.sink);
        } else if kind.is_symlink() {
            FileReader::feed_link(path, &mut self.sink);
        } else {
            self.sink.not_scanned(display_path(path), special(kind));
        }
        WalkState::Continue
    }
}

impl<S> Drop for FileVisitor<'_, S> {
    fn drop(&mut self) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.met += self.walked.met;
        shared.seen.append(&mut self.walked.seen);
        shared.repositories.append(&mut self.walked.repositories);
    }
}

/// Reads a tracked file that the walk excluded, and returns whether it existed. A missing one was deleted from the work
/// tree, or is outside of a sparse checkout.
fn feed_ignored(path: &Path, reader: &mut FileReader, sink: &mut impl Sink) -> bool {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => FileReader::feed_link(path, sink),
        Ok(metadata) if metadata.is_file() => reader.feed(path, false, sink),
        Ok(metadata) if metadata.is_dir() => return false,
        Ok(metadata) => sink.not_scanned(display_path(path), special(metadata.file_type())),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return false;
        }
        Err(error) => sink.not_scanned(display_path(path), why(&error)),
    }
    true
}

/// Why something that is not a file, directory or link was not read.
fn special(kind: fs::FileType) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "is a FIFO: pipe its output into `skanner scan -`".to_owned();
        }
        if kind.is_socket() {
            return "is a socket, which cannot be read like a file".to_owned();
        }
    }
    let _ = kind;
    "is a device, which cannot be read like a file".to_owned()
}

fn missing(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound if path.is_symlink() => "is a broken link".to_owned(),
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        _ => why(error),
    }
}

/// The path that a walk error is about, and what happened there.
fn path_and_why(error: &ignore::Error) -> (Option<&Path>, String) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path), path_and_why(err).1),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_and_why(err),
        ignore::Error::Io(error) => (None, why(error)),
        other => (None, other.to_string()),
    }
}
