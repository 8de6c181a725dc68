//! Excludes files that git ignores and does not track from the paths that a tool passes.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use crate::{
    finding::NotReadKind,
    git::{self, index::Index, tree::Mode},
    path::{WholePath, parent, shown},
    source::{ignored::IgnoreRules, sink::Sink, words::display_path},
    threads::Pool,
};

/// The paths that remain. Submodules are excluded as well: their content is committed in their own repository.
pub(in crate::source) fn remaining(paths: &[PathBuf], pool: &Pool, sink: &mut impl Sink) -> Vec<PathBuf> {
    let mut repositories = Repositories { pool, opened: Vec::new(), of: HashMap::new() };
    let is_left = |path: &&PathBuf| match repositories.leaves_out(path) {
        Ok(None) => true,
        Ok(Some(LeftOut::Submodule)) => false,
        Ok(Some(LeftOut::Ignored)) => {
            sink.not_read(NotReadKind::Ignored, &display_path(path));
            false
        }
        Err(why) => {
            let why =
                format!("cannot tell whether git ignores it: {why}; without --force-exclude it is read");
            sink.not_scanned(&display_path(path), why);
            false
        }
    };
    paths.iter().filter(is_left).cloned().collect()
}

/// Whether git ignores a path and does not track it.
///
/// # Errors
/// When the repository cannot be read. The text says why.
#[cfg(feature = "cli")]
pub(crate) fn is_ignored(path: &Path, pool: &Pool) -> Result<bool, String> {
    let mut repositories = Repositories { pool, opened: Vec::new(), of: HashMap::new() };
    repositories.leaves_out(path).map(|why| matches!(why, Some(LeftOut::Ignored)))
}

/// Why a path does not remain.
enum LeftOut {
    /// Its content is committed in a repository of its own.
    Submodule,
    Ignored,
}

/// A cache of earlier answers: tools pass many files from few directories.
struct Repositories<'p> {
    pool: &'p Pool,
    opened: Vec<(PathBuf, IgnoreRules, Index)>,
    /// Which open repository a directory belongs to.
    of: HashMap<PathBuf, Option<usize>>,
}

impl Repositories<'_> {
    fn leaves_out(&mut self, path: &Path) -> Result<Option<LeftOut>, String> {
        let parent = parent(path).unwrap_or(Path::new("."));
        let (Ok(directory), Some(name)) = (parent.whole(), path.file_name()) else {
            // A missing path is reported when it is read. `.` and `..` are not files.
            return Ok(None);
        };
        let at = match self.of.get(&directory) {
            Some(at) => *at,
            None => {
                let at = self.open(&directory)?;
                self.of.insert(directory.clone(), at);
                at
            }
        };
        let Some((root, rules, index)) = at.map(|at| &mut self.opened[at]) else { return Ok(None) };
        let path = directory.join(name);
        let Ok(inner) = path.strip_prefix(&*root) else { return Ok(None) };
        let bytes = &*shown(inner);
        let from = index.entries().partition_point(|entry| index.name(entry) < bytes);
        if let Some(entry) = index.entries().get(from).filter(|entry| index.name(entry) == bytes) {
            return Ok((entry.mode == Mode::Submodule).then_some(LeftOut::Submodule));
        }
        let is_directory = path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        Ok(rules.exclude_with_parents(&path, is_directory).then_some(LeftOut::Ignored))
    }

    fn open(&mut self, directory: &Path) -> Result<Option<usize>, String> {
        let repository = match git::discover(directory) {
            Ok(repository) => repository,
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error.message().to_owned()),
        };
        let Some(root) = repository.workdir().and_then(|root| root.whole().ok()) else {
            return Ok(None);
        };
        if let Some(at) = self.opened.iter().position(|(known, ..)| *known == root) {
            return Ok(Some(at));
        }
        let index = Index::of(&repository, self.pool)?;
        let rules = IgnoreRules::below(&root);
        self.opened.push((root, rules, index));
        Ok(Some(self.opened.len() - 1))
    }
}
