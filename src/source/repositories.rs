//! Finds the repositories below a directory that is not in one.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use super::words::why;
use crate::{cold::ColdSort, path::WholePath, root};

/// The repositories below a directory, and the directories that could not be looked into, both by name.
#[derive(Debug, Default)]
pub(crate) struct FoundRepositories {
    /// The roots of work trees, and bare repositories. What looks like a broken one is among them: whoever opens it says why.
    pub(crate) paths: Vec<PathBuf>,
    /// Directories that could not be read, and why.
    pub(crate) unread: Vec<(PathBuf, String)>,
}

impl FoundRepositories {
    /// Looks into every directory below this one. Links are not followed. A repository within the work tree of another one is
    /// found as well, since the history of the outer one does not hold it.
    pub(crate) fn below(directory: &Path) -> Self {
        let mut found = Self::default();
        // No link is followed below it, so that the names behind its own path are whole.
        let whole = directory.whole().unwrap_or_else(|_| directory.to_owned());
        let mut left = vec![(directory.to_owned(), whole)];
        while let Some((directory, whole)) = left.pop() {
            let is_bare = root::begins(&whole);
            if is_bare.is_some() {
                found.paths.push(directory.clone());
            }
            if is_bare == Some(true) {
                continue;
            }
            match subdirectories(&directory) {
                Ok(inner) => {
                    left.extend(inner.into_iter().map(|name| (directory.join(&name), whole.join(name))))
                }
                // Whoever opens what begins there says the same.
                Err(error) if found.paths.last() != Some(&directory) => {
                    found.unread.push((directory, why(&error)));
                }
                Err(_) => {}
            }
        }
        found.paths.cold_sort();
        found.unread.cold_sort();
        found
    }
}

/// Their names.
fn subdirectories(directory: &Path) -> io::Result<Vec<OsString>> {
    let mut inner = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && entry.file_name() != ".git" {
            inner.push(entry.file_name());
        }
    }
    Ok(inner)
}
