//! The directories that a repository may have loose objects in.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
};

use super::pack::Packs;
use crate::{
    blob::ObjectId,
    bytes::hex,
    cold::ColdSort,
    path::{WholePath, from_git},
    regular_file,
    threads::Pool,
};

/// Nested alternates are followed to this depth, as in git.
const DEEPEST: usize = 5;

/// The object directory `own`, those that the environment names, and all of their alternates, each once. Those that
/// cannot be read are left out: what is only in them is missing.
#[must_use]
pub(super) fn object_directories(own: &Path) -> Vec<PathBuf> {
    let mut waiting = vec![(own.to_owned(), 0)];
    // Git's hooks run with these. libgit2 is told about them when the repository is opened.
    for name in ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"] {
        let value = env::var_os(name).unwrap_or_default();
        let paths = env::split_paths(&value).filter(|path| !path.as_os_str().is_empty());
        waiting.extend(paths.map(|path| (path, 0)));
    }
    let mut directories = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = 0;
    while let Some((directory, depth)) = waiting.get(next).cloned() {
        next += 1;
        let is_new = directory.whole().is_ok_and(|whole| seen.insert(whole));
        if !is_new {
            continue;
        }
        if depth <= DEEPEST
            && let Ok(text) = regular_file::read(&directory.join("info/alternates"))
        {
            let lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
            for line in lines.filter(|line| !line.is_empty() && line[0] != b'#').map(from_git) {
                waiting.push((directory.join(&line), depth + 1));
                // libgit2 takes most relative paths for paths below the current directory.
                waiting.push((line.into_owned(), depth + 1));
            }
        }
        directories.push(directory);
    }
    directories
}

/// Where the object would be if it were loose.
#[must_use]
pub(super) fn loose_path(directory: &Path, id: ObjectId) -> PathBuf {
    let name = hex::digits(id.as_bytes());
    let mut path = PathBuf::with_capacity(directory.as_os_str().len() + name.len() + 2);
    path.push(directory);
    path.push(&name[..2]);
    path.push(&name[2..]);
    path
}

/// The packs in these directories.
#[must_use]
pub(super) fn packs(directories: &[PathBuf], width: usize) -> Packs {
    let mut indexes = Vec::new();
    for directory in directories {
        let Ok(entries) = directory.join("pack").read_dir() else { continue };
        let paths = entries.flatten().map(|entry| entry.path());
        indexes.extend(paths.filter(|path| path.extension().is_some_and(|extension| extension == "idx")));
    }
    indexes.cold_sort();
    Packs::open(&indexes, width, &Pool::default()).0
}
