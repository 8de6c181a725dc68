//! What each thread of a walk does with what it meets.

use std::{
    borrow::Cow,
    hash::RandomState,
    path::Path,
    sync::{Mutex, PoisonError},
};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkState};

use super::walked::Walked;
#[cfg(feature = "git")]
use crate::source::ignored::IgnoreRules;
use crate::{
    finding::NotReadKind,
    root::Root,
    source::{
        file::FileReader,
        sink::Sink,
        words::{display_path, why},
    },
};

pub(super) struct FileVisitors<'a, F> {
    pub(super) new_sink: &'a F,
    pub(super) shared: &'a Mutex<Walked>,
    pub(super) hasher: RandomState,
    /// Whether to remember what was seen.
    pub(super) remember: bool,
    /// The ignore rules, if they count.
    #[cfg(feature = "git")]
    pub(super) rules: Option<IgnoreRules>,
}

impl<'a, S: Sink + 'a, F: Fn() -> S> ParallelVisitorBuilder<'a> for FileVisitors<'a, F> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(FileVisitor {
            sink: (self.new_sink)(),
            reader: FileReader::default(),
            remember: self.remember,
            #[cfg(feature = "git")]
            rules: self.rules.clone(),
            walked: Walked::new(self.hasher.clone()),
            shared: self.shared,
        })
    }
}

/// The visitor of one thread.
struct FileVisitor<'a, S> {
    sink: S,
    reader: FileReader,
    remember: bool,
    #[cfg(feature = "git")]
    rules: Option<IgnoreRules>,
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
                self.sink.not_scanned(&path.map_or(Cow::Borrowed(&b"a folder"[..]), display_path), why);
                WalkState::Continue
            }
        }
    }
}

impl<S: Sink> FileVisitor<'_, S> {
    fn visit_entry(&mut self, entry: &DirEntry) -> WalkState {
        let path = entry.path();
        let Some(kind) = entry.file_type() else { return WalkState::Continue };
        if entry.depth() > 0 {
            if entry.file_name() == ".git" {
                if self.begins_repository(entry) && kind.is_dir() {
                    return WalkState::Skip;
                }
            } else if self.is_ignored(path, kind.is_dir()) {
                self.walked.left_out.push((path.to_owned(), NotReadKind::Ignored));
                return WalkState::Skip;
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
            self.walked.left_out.push((path.to_owned(), NotReadKind::Special));
        }
        WalkState::Continue
    }

    /// Whether a `.git` is that of a repository, which is then remembered. The file of a linked work tree or submodule
    /// is read like any other, and so is what merely has that name.
    fn begins_repository(&mut self, entry: &DirEntry) -> bool {
        let Some(parent) = entry.path().parent() else { return false };
        let is_repository = matches!(Root::with_dot_git(parent), Some(Root::Tree(_)));
        if is_repository && entry.depth() > 1 {
            self.walked.repositories.push(parent.to_owned());
        }
        is_repository
    }

    #[cfg(feature = "git")]
    fn is_ignored(&mut self, path: &Path, is_directory: bool) -> bool {
        self.rules.as_mut().is_some_and(|rules| rules.exclude(path, is_directory))
    }

    #[cfg(not(feature = "git"))]
    fn is_ignored(&mut self, _: &Path, _: bool) -> bool {
        false
    }
}

impl<S> Drop for FileVisitor<'_, S> {
    fn drop(&mut self) {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).take(&mut self.walked);
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
