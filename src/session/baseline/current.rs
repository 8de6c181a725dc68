//! What exists now. A baseline entry whose file is gone may cover a renamed file, and an occurrence that exists only in
//! the history belongs to the past.

use std::{cell::OnceCell, collections::HashSet, path::Path};

use git2::{ErrorCode, ObjectType, Repository};

use super::location::is_off_disk;
use crate::{
    baseline::{BaselinePaths, FilePath},
    blob::{ObjectId, SourceKind},
    finding::Occurrence,
    git::{
        self, Objects,
        index::Index,
        tree::{self, Mode},
    },
    path::shown,
    session::coverage::ScanScope,
    threads::Pool,
};

/// Answers what still exists, and only looks when asked. If that cannot be determined, it counts as existing, so that
/// nothing is suppressed by mistake.
pub(super) struct CurrentState<'a> {
    scope: &'a ScanScope,
    places: &'a BaselinePaths,
    /// The root of the tree.
    root: &'a Path,
    repository: OnceCell<Option<Repository>>,
    /// The trees at the scanned tips; `None` if one of them cannot be read.
    trees: OnceCell<Option<Vec<ObjectId>>>,
    /// The paths in the index; `None` if it cannot be read.
    index: OnceCell<Option<HashSet<Vec<u8>>>>,
}

impl<'a> CurrentState<'a> {
    pub(super) fn new(scope: &'a ScanScope, places: &'a BaselinePaths, root: &'a Path) -> Self {
        Self {
            scope,
            places,
            root,
            repository: OnceCell::new(),
            trees: OnceCell::new(),
            index: OnceCell::new(),
        }
    }

    /// Whether a file named in the baseline no longer exists.
    pub(super) fn is_gone(&self, path: &FilePath) -> bool {
        let files = self.places.files(path);
        !files.is_empty()
            && files.iter().all(|file| match self.scope {
                ScanScope::Files(_) => is_off_disk(file),
                ScanScope::Index => self.is_unstaged(file),
                ScanScope::Commits { .. } => self.is_in_no_tree(file),
                ScanScope::History { with_files, .. } => {
                    self.is_in_no_tree(file) && (!with_files || is_off_disk(file))
                }
            })
    }

    /// Whether an occurrence exists only in the history, and no longer in the present content.
    pub(super) fn is_past(&self, occurrence: &Occurrence) -> bool {
        if !matches!(self.scope, ScanScope::History { .. }) {
            return false;
        }
        match occurrence.source {
            SourceKind::File | SourceKind::Index | SourceKind::Stdin => false,
            SourceKind::Message | SourceKind::Config => true,
            SourceKind::Blob => !self.is_at_head(occurrence, occurrence.object),
            // Names in trees are found without their full path.
            SourceKind::Name if occurrence.object.is_some() => true,
            SourceKind::Name => occurrence.commit.is_some() && !self.is_at_head(occurrence, None),
        }
    }

    /// Whether a tree holds this object at the occurrence's path.
    fn is_at_head(&self, occurrence: &Occurrence, object: Option<ObjectId>) -> bool {
        let Some(path) = self.places.of(occurrence) else { return false };
        let Some((objects, trees)) = self.objects() else { return true };
        self.places.files(&path).iter().filter_map(|file| self.inner(file)).any(|path| {
            let is_it = |found: Result<Option<(Mode, ObjectId)>, String>| match found {
                Ok(Some((_, id))) => object.is_none_or(|object| object == id),
                Ok(None) => false,
                Err(_) => true,
            };
            trees.iter().any(|root| is_it(tree::at(&objects, *root, &path)))
        })
    }

    fn is_in_no_tree(&self, file: &Path) -> bool {
        let Some((objects, trees)) = self.objects() else { return false };
        let Some(path) = self.inner(file) else { return false };
        trees
            .iter()
            .all(|root| matches!(tree::at(&objects, *root, &path), Ok(None | Some((Mode::Directory, _)))))
    }

    fn is_unstaged(&self, file: &Path) -> bool {
        let index = self.index.get_or_init(|| {
            let repository = self.repository()?;
            let index = Index::from_environment(repository, &Pool::default()).ok()?;
            Some(index.entries().iter().map(|entry| index.name(entry).to_owned()).collect())
        });
        let (Some(index), Some(path)) = (index, self.inner(file)) else { return false };
        // Directories outside of a sparse checkout end with a slash.
        let above = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| &path[..=at]);
        !index.contains(&path) && !above.into_iter().any(|directory| index.contains(directory))
    }

    /// The path of a file relative to the root of the tree.
    fn inner(&self, file: &Path) -> Option<Vec<u8>> {
        Some(shown(file.strip_prefix(self.root).ok()?).into_owned())
    }

    fn repository(&self) -> Option<&Repository> {
        let open = || match self.scope {
            ScanScope::History { at, .. } => git::discover(at).ok(),
            _ => git::from_environment().ok(),
        };
        self.repository.get_or_init(open).as_ref()
    }

    fn objects(&self) -> Option<(Objects<'_>, &[ObjectId])> {
        let repository = self.repository()?;
        let objects = Objects::new(repository).ok()?;
        let tree_of = |id| git::peeled(&objects, id, ObjectType::Tree).ok();
        let trees = self.trees.get_or_init(|| match self.scope {
            ScanScope::Commits { tips, .. } => tips.iter().map(|tip| tree_of(*tip)).collect(),
            _ => match repository.head() {
                Ok(head) => Some(vec![tree_of(git::object_id(head.target()?))?]),
                // There are no trees before the first commit.
                Err(error) => (error.code() == ErrorCode::UnbornBranch).then(Vec::new),
            },
        });
        Some((objects, trees.as_ref()?))
    }
}
