//! Excludes files that git ignores and does not track from the paths that a tool passes.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use git2::Repository;

use crate::{
    git::{self, index::Index, tree::Mode},
    source::{sink::Sink, words::display_path},
    threads::Pool,
};

/// The paths that remain. Submodules are excluded as well: their content is committed in their own repository.
pub(in crate::source) fn remaining(paths: &[PathBuf], pool: &Pool, sink: &mut impl Sink) -> Vec<PathBuf> {
    let mut repositories = Repositories { pool, opened: Vec::new(), of: HashMap::new() };
    let is_left = |path: &&PathBuf| match repositories.leaves_out(path) {
        Ok(leaves_out) => !leaves_out,
        Err(why) => {
            let why =
                format!("cannot tell whether git ignores it: {why}; without --force-exclude it is read");
            sink.not_scanned(display_path(path), why);
            false
        }
    };
    paths.iter().filter(is_left).cloned().collect()
}

/// A cache of earlier answers: tools pass many files from few directories.
struct Repositories<'p> {
    pool: &'p Pool,
    opened: Vec<(PathBuf, Repository, Index)>,
    /// Which open repository a directory belongs to.
    of: HashMap<PathBuf, Option<usize>>,
}

impl Repositories<'_> {
    fn leaves_out(&mut self, path: &Path) -> Result<bool, String> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (Ok(directory), Some(name)) = (parent.canonicalize(), path.file_name()) else {
            // A missing path is reported when it is read. `.` and `..` are not files.
            return Ok(false);
        };
        let at = match self.of.get(&directory) {
            Some(at) => *at,
            None => {
                let at = self.open(&directory)?;
                self.of.insert(directory.clone(), at);
                at
            }
        };
        let Some((root, repository, index)) = at.map(|at| &self.opened[at]) else { return Ok(false) };
        let path = directory.join(name);
        let Ok(inner) = path.strip_prefix(root) else { return Ok(false) };
        let bytes = inner.as_os_str().as_encoded_bytes();
        let from = index.entries().partition_point(|entry| index.name(entry) < bytes);
        if let Some(entry) = index.entries().get(from).filter(|entry| index.name(entry) == bytes) {
            return Ok(entry.mode == Mode::Submodule);
        }
        repository.is_path_ignored(inner).map_err(|error| error.message().to_owned())
    }

    fn open(&mut self, directory: &Path) -> Result<Option<usize>, String> {
        let repository = match git::discover(directory) {
            Ok(repository) => repository,
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error.message().to_owned()),
        };
        let Some(root) = repository.workdir().and_then(|root| root.canonicalize().ok()) else {
            return Ok(None);
        };
        if let Some(at) = self.opened.iter().position(|(known, ..)| *known == root) {
            return Ok(Some(at));
        }
        let index = Index::of(&repository, self.pool)?;
        self.opened.push((root, repository, index));
        Ok(Some(self.opened.len() - 1))
    }
}
