//! The rules that apply in one directory.

use std::{ffi::OsStr, path::Path, sync::Arc};

use super::{
    file::{self, Found},
    patterns::IgnorePatterns,
};
use crate::root::{self, Root};

/// The rules of a directory and of those above it, up to the root of the repository.
#[derive(Default)]
pub(super) struct DirectoryRules {
    /// `None` where no rules apply: outside of repositories, and where a repository cannot be opened, since it is not
    /// known what it tracks.
    repository: Option<Arc<RepositoryRules>>,
    /// The path from the root of the repository, with a slash at its end unless it is empty.
    path: Vec<u8>,
    own: Option<IgnorePatterns>,
    /// The nearest directory above that has patterns.
    above: Option<Arc<DirectoryRules>>,
}

/// What all directories of a repository share.
struct RepositoryRules {
    excluded: Option<IgnorePatterns>,
    folds_case: bool,
}

impl DirectoryRules {
    /// The rules in a directory, whose path must be absolute and free of links.
    pub(super) fn around(directory: &Path) -> Arc<Self> {
        let Root::Tree(root) = Root::of(directory) else { return Arc::default() };
        let Ok(inner) = directory.strip_prefix(root) else { return Arc::default() };
        let mut at = root.to_owned();
        let mut scope = Self::begin(root);
        for name in inner {
            if name == ".git" {
                // A repository's own files are not in its work tree.
                return Arc::default();
            }
            at.push(name);
            scope = scope.below(&at, name);
        }
        scope
    }

    /// The rules at the root of a work tree.
    fn begin(root: &Path) -> Arc<Self> {
        let common = root::common_directory(root);
        let excluded = match file::read(&common.join("info/exclude"), true) {
            Found::Nothing => None,
            Found::Patterns(patterns) => Some(patterns),
            Found::TooLarge => return Arc::default(),
        };
        let repository = Arc::new(RepositoryRules { excluded, folds_case: file::folds_case(&common) });
        Self { repository: Some(repository), ..Self::default() }.with_own(root)
    }

    /// The rules in a directory below this one. `directory` is where it can be read.
    pub(super) fn below(self: &Arc<Self>, directory: &Path, name: &OsStr) -> Arc<Self> {
        match Root::with_dot_git(directory) {
            Some(Root::Tree(root)) => return Self::begin(root),
            Some(_) => return Arc::default(),
            None => {}
        }
        if self.repository.is_none() {
            return self.clone();
        }
        let above = if self.own.is_some() { Some(self.clone()) } else { self.above.clone() };
        let path = [self.path.as_slice(), name.as_encoded_bytes(), b"/"].concat();
        Self { repository: self.repository.clone(), path, own: None, above }.with_own(directory)
    }

    fn with_own(mut self, directory: &Path) -> Arc<Self> {
        match file::read(&directory.join(".gitignore"), false) {
            Found::Nothing => {}
            Found::Patterns(patterns) => self.own = Some(patterns),
            // What it takes back is unknown, so nothing may be left out.
            Found::TooLarge => return Arc::default(),
        }
        Arc::new(self)
    }

    /// Whether the rules exclude a file in this directory.
    pub(super) fn excludes(&self, name: &[u8], is_directory: bool) -> bool {
        let Some(repository) = &self.repository else { return false };
        if self.own.is_none() && self.above.is_none() && repository.excluded.is_none() {
            return false;
        }
        let path = [&self.path, name].concat();
        let fold = repository.folds_case;
        let mut scope = Some(self);
        while let Some(at) = scope {
            let inner = &path[at.path.len()..];
            if let Some(answer) = at.own.as_ref().and_then(|own| own.excludes(inner, is_directory, fold)) {
                return answer;
            }
            scope = at.above.as_deref();
        }
        let excluded = repository.excluded.as_ref();
        excluded.and_then(|patterns| patterns.excludes(&path, is_directory, fold)).unwrap_or(false)
    }
}
