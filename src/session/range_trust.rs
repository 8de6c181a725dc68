//! With `--untrusted` on a range: which trees count instead of the work tree.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use git2::{ObjectType, Repository};

use crate::{
    blob::ObjectId,
    config::{self, ConfigDocument},
    git::{
        self, Objects,
        object::{Commit, Tag},
        revisions::Selection,
        tree::{self, Mode},
    },
    path::shown,
};

/// The two states of the tree that a range leads from and to. Either may be unknown, and then nothing of it counts.
#[derive(Clone, Debug)]
pub(crate) struct RangeTrust {
    /// The tree that is trusted.
    base: Option<ObjectId>,
    /// The tree that the range leads to.
    tip: Option<ObjectId>,
    /// The root of the work tree, or the directory of a bare repository, that configurations start from.
    root: PathBuf,
}

impl RangeTrust {
    /// The base is known only if the range begins at a single commit.
    ///
    /// # Errors
    /// When the objects of the repository cannot be read.
    pub(crate) fn of(repository: &Repository, selection: &Selection, root: PathBuf) -> Result<Self> {
        let objects = Objects::new(repository).context("the objects of the repository cannot be read")?;
        let tree = |ids: &[ObjectId]| match ids {
            [id] => tree_of(&objects, *id),
            _ => None,
        };
        let tip = selection.tips.first().map(std::slice::from_ref).and_then(tree);
        Ok(Self { base: tree(&selection.hidden), tip, root })
    }

    /// The configuration that counts.
    ///
    /// # Errors
    /// When the base has two of them.
    pub(crate) fn document(&self, repository: &Repository) -> Result<Option<ConfigDocument>> {
        let Some(tree) = self.base else { return Ok(None) };
        let objects = Objects::new(repository)?;
        config::of_texts(&self.root, &|name| {
            let bytes = file_in(&objects, tree, name.as_bytes())?;
            String::from_utf8(bytes).ok()
        })
    }

    /// A file of the base, by its path from the root.
    pub(crate) fn file(&self, path: &Path) -> Option<Vec<u8>> {
        let repository = git::from_environment().ok()?;
        let objects = Objects::new(&repository).ok()?;
        file_in(&objects, self.base?, &shown(path))
    }

    /// The same for a session that trusts what the range itself brings.
    #[must_use]
    pub(super) fn of_tip(&self) -> Self {
        Self { base: self.tip, ..self.clone() }
    }

    /// The directory that configurations start from.
    #[must_use]
    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}

/// The tree of a commit, or of the commit that a tag names.
fn tree_of(objects: &Objects<'_>, id: ObjectId) -> Option<ObjectId> {
    let mut id = id;
    // Nobody nests tags deeper by accident.
    for _ in 0..10 {
        match objects.kind(id).ok()? {
            ObjectType::Commit => {
                return Commit::parse(objects.read(id, ObjectType::Commit).ok()?.data()).tree;
            }
            ObjectType::Tag => {
                id = Tag::parse(objects.read(id, ObjectType::Tag).ok()?.data()).target?;
            }
            ObjectType::Tree => return Some(id),
            _ => return None,
        }
    }
    None
}

fn file_in(objects: &Objects<'_>, tree: ObjectId, path: &[u8]) -> Option<Vec<u8>> {
    let (mode, id) = tree::at(objects, tree, path).ok()??;
    // A link leads to a file that is not part of the tree.
    if !mode.is_blob() || mode == Mode::Link {
        return None;
    }
    Some(objects.read(id, ObjectType::Blob).ok()?.data().to_owned())
}
