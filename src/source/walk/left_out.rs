//! What a walk leaves out, and what of it git tracks: that is read all the same.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

use super::{left_history::LeftHistory, reasons::special, walked::Walked};
use crate::{
    finding::NotReadKind,
    path::{WholePath, current_directory},
    source::{
        file::FileReader,
        sink::Sink,
        tracked::{Tracked, Tracking},
        words::{display_path, why},
    },
    threads::Pool,
};

/// The repositories that a walk meets.
pub(super) struct MetRepositories<'p> {
    respects_ignore: bool,
    left_history: &'p LeftHistory,
    pool: &'p Pool,
    /// The roots of those whose history has been counted.
    counted: HashSet<PathBuf>,
}

impl<'p> MetRepositories<'p> {
    pub(super) fn new(respects_ignore: bool, left_history: &'p LeftHistory, pool: &'p Pool) -> Self {
        Self { respects_ignore, left_history, pool, counted: HashSet::new() }
    }

    /// Reads the tracked files that a walk has left out, and takes them from what was left out. Submodules that it has
    /// not met are added to the directories to walk. Returns how many more files there were.
    pub(super) fn settle<S: Sink>(
        &mut self,
        directory: PathBuf,
        walked: &mut Walked,
        directories: &mut Vec<PathBuf>,
        sink: &mut S,
    ) -> u64 {
        let leaves_history = !matches!(self.left_history, LeftHistory::None);
        if !self.respects_ignore && !leaves_history && walked.left_out.is_empty() {
            return 0;
        }
        walked.seen.sort_unstable();
        walked.repositories.push(directory);
        let left_out: HashSet<PathBuf> = walked.left_out.iter().map(|(path, _)| path.clone()).collect();
        let (mut met, mut tracked) = (0, HashSet::new());
        let mut reader = FileReader::default();
        for repository in std::mem::take(&mut walked.repositories) {
            let tracking = match Tracking::around(&repository) {
                Ok(None) => continue,
                Ok(Some(tracking)) => tracking,
                Err(why) => {
                    self.unknown(&repository, &why, sink);
                    continue;
                }
            };
            if let Some(kind) = self.left(&tracking)
                && tracking.has_history()
                && self.counted.insert(tracking.root.clone())
            {
                sink.not_read(kind, &shown_root(&repository, &tracking.root));
            }
            if !self.respects_ignore && walked.left_out.is_empty() {
                continue;
            }
            match tracking.entries(self.pool) {
                Ok(entries) => {
                    for path in self.left_out_of(entries, &left_out, walked, directories, sink) {
                        met += u64::from(feed_left_out(&path, &mut reader, sink));
                        tracked.insert(path);
                    }
                }
                Err(why) => self.unknown(&repository, &why, sink),
            }
        }
        walked.left_out.retain(|(path, _)| !tracked.contains(path));
        met
    }

    /// How the history of a repository counts if it is left out.
    fn left(&self, tracking: &Tracking) -> Option<NotReadKind> {
        match self.left_history {
            LeftHistory::None => None,
            LeftHistory::All => Some(NotReadKind::History),
            LeftHistory::Outside(directory) => {
                (!tracking.is_kept_in(directory)).then_some(NotReadKind::NestedHistory)
            }
        }
    }

    /// The tracked files among what was left out.
    fn left_out_of<S: Sink>(
        &self,
        entries: Vec<Tracked>,
        left_out: &HashSet<PathBuf>,
        walked: &Walked,
        directories: &mut Vec<PathBuf>,
        sink: &mut S,
    ) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for Tracked { path, is_submodule } in entries {
            if is_submodule {
                if path.join(".git").exists() {
                    let is_met =
                        directories.contains(&path) || !left_out.iter().any(|out| path.starts_with(out));
                    directories.extend((self.respects_ignore && !is_met).then_some(path));
                } else if is_empty(&path) {
                    sink.not_read(NotReadKind::Submodule, &display_path(&path));
                }
            } else if left_out.contains(&path) || self.is_unseen(&path, walked) {
                files.push(path);
            }
        }
        files
    }

    /// Whether the walk did not see a tracked file. Without ignore rules it has seen all.
    fn is_unseen(&self, path: &Path, walked: &Walked) -> bool {
        self.respects_ignore && walked.seen.binary_search(&walked.hash(path)).is_err()
    }

    /// Reports that it is not known what a repository tracks, which matters only to ignore rules.
    fn unknown(&self, repository: &Path, why: &str, sink: &mut impl Sink) {
        if self.respects_ignore {
            let why = format!(
                "cannot be read, so it is unknown which ignored files git tracks: {why}; --no-ignore reads them all"
            );
            sink.not_scanned(&display_path(&repository.join(".git/index")), why);
        }
    }
}

/// The path of a repository's root, from the current directory if it is below.
fn shown_root(met: &Path, root: &Path) -> Vec<u8> {
    let here = current_directory().unwrap_or_default();
    let is_met = met.whole().is_ok_and(|met| met == root);
    let shown = match root.strip_prefix(&here) {
        Ok(inner) if inner.as_os_str().is_empty() => return b".".to_vec(),
        _ if is_met => met,
        Ok(inner) => inner,
        Err(_) => root,
    };
    display_path(shown).into_owned()
}

/// Whether a directory is missing, or holds nothing.
fn is_empty(directory: &Path) -> bool {
    match fs::read_dir(directory) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => is_absent(&error),
    }
}

/// Reads a tracked file that the walk left out, and returns whether it existed. A missing one was deleted from the work
/// tree, or is outside of a sparse checkout.
fn feed_left_out(path: &Path, reader: &mut FileReader, sink: &mut impl Sink) -> bool {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => FileReader::feed_link(path, sink),
        Ok(metadata) if metadata.is_file() => reader.feed(path, false, sink),
        Ok(metadata) if metadata.is_dir() => return false,
        Ok(metadata) => sink.not_scanned(&display_path(path), special(metadata.file_type())),
        Err(error) if is_absent(&error) => return false,
        Err(error) => sink.not_scanned(&display_path(path), why(&error)),
    }
    true
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
