//! Which files git ignores: `.gitignore` in each directory from the root of the repository on, and
//! `.git/info/exclude`. The user's own ignore file does not count.

mod directory;
mod file;
mod patterns;
mod wildmatch;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use directory::DirectoryRules;

use crate::path::WholePath;

/// The ignore rules of a walk. Each thread has its own copy, and reads the rules of a directory when it meets the first
/// file in it.
#[derive(Clone)]
pub(super) struct IgnoreRules {
    /// The directories above the current one, from the start of the walk on.
    levels: Vec<(PathBuf, Arc<DirectoryRules>)>,
}

impl IgnoreRules {
    /// The rules for what is below `start`. That it may be ignored itself does not count.
    pub(super) fn below(start: &Path) -> Self {
        let scope = start.whole().map_or_else(|_| Arc::default(), |whole| DirectoryRules::around(&whole));
        Self { levels: vec![(start.to_owned(), scope)] }
    }

    /// Whether rules exclude an entry of the walk, unless git tracks it.
    pub(super) fn exclude(&mut self, path: &Path, is_directory: bool) -> bool {
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else { return false };
        self.enter(directory).is_some_and(|scope| scope.excludes(name.as_encoded_bytes(), is_directory))
    }

    /// Whether rules exclude a path below the start, or a directory above it.
    pub(super) fn exclude_with_parents(&mut self, path: &Path, is_directory: bool) -> bool {
        let Some(start) = self.levels.first().map(|(start, _)| start.clone()) else { return false };
        let mut above: Vec<&Path> = path.ancestors().take_while(|above| **above != start).collect();
        above.reverse();
        above.iter().any(|above| self.exclude(above, is_directory || *above != path))
    }

    /// The rules in a directory. Entries mostly come by directory, so those above it are known already.
    fn enter(&mut self, directory: &Path) -> Option<&DirectoryRules> {
        let is_same = |known: &(PathBuf, _)| known.0.as_os_str() == directory.as_os_str();
        if !self.levels.last().is_some_and(is_same) {
            // The walk never leaves the directory that it began with.
            while self.levels.len() > 1
                && self.levels.last().is_some_and(|(known, _)| !directory.starts_with(known))
            {
                self.levels.pop();
            }
            let (mut at, mut scope) = self.levels.last()?.clone();
            let rest = directory.strip_prefix(&at).ok()?.to_owned();
            for name in &rest {
                at.push(name);
                scope = scope.below(&at, name);
                self.levels.push((at.clone(), scope.clone()));
            }
        }
        self.levels.last().map(|(_, scope)| &**scope)
    }
}
