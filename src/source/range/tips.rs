//! Where a range begins and ends. Annotated tags are peeled, and their text is kept.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow, bail};
use git2::{ObjectType, Repository};

use crate::{
    blob::ObjectId,
    cold,
    git::{
        Objects,
        ancestry::Ancestry,
        object::Tag,
        revisions::{Selection, fetch_hint},
    },
};

/// What the tips of a selection resolve to.
pub(super) struct Tips {
    commits: BTreeSet<ObjectId>,
    hidden: BTreeSet<ObjectId>,
    /// Annotated tags that are not hidden, with their text.
    pub(super) tags: Vec<(ObjectId, Vec<u8>)>,
    /// Trees that a tip names directly.
    pub(super) trees: Vec<ObjectId>,
    /// Blobs that a tip names directly.
    pub(super) blobs: Vec<(ObjectId, Vec<u8>)>,
}

impl Tips {
    /// Peels the tags.
    ///
    /// # Errors
    /// When an object that the selection names cannot be read.
    pub(super) fn read(
        objects: &Objects<'_>,
        repository: &Repository,
        selection: &Selection,
    ) -> Result<Self> {
        let mut tips = Self {
            commits: BTreeSet::new(),
            hidden: BTreeSet::new(),
            tags: Vec::new(),
            trees: Vec::new(),
            blobs: Vec::new(),
        };
        // A hidden tip may be any object. Everything on the way to its commit is hidden with it.
        let mut known = BTreeSet::new();
        for id in cold::set(selection.hidden.iter().copied()) {
            let mut next = Some(id);
            while let Some(id) = next.take().filter(|id| known.insert(*id)) {
                match objects.kind(id).map_err(|why| missing(repository, why))? {
                    ObjectType::Tag => next = Some(tag(objects, id)?.1),
                    ObjectType::Commit => drop(tips.hidden.insert(id)),
                    _ => {}
                }
            }
        }
        for id in cold::set(selection.tips.iter().copied()) {
            let mut next = Some(id);
            while let Some(id) = next.take().filter(|id| known.insert(*id)) {
                match objects.kind(id).map_err(|why| missing(repository, why))? {
                    ObjectType::Tag => {
                        let (text, target) = tag(objects, id)?;
                        tips.tags.push((id, text));
                        next = Some(target);
                    }
                    ObjectType::Commit => drop(tips.commits.insert(id)),
                    ObjectType::Tree => tips.trees.push(id),
                    _ => {
                        let blob = objects.read(id, ObjectType::Blob).map_err(anyhow::Error::msg)?;
                        tips.blobs.push((id, blob.data().to_owned()));
                    }
                }
            }
        }
        Ok(tips)
    }

    /// The commits that are reachable from the tips and not from the hidden ones.
    ///
    /// # Errors
    /// When one of them is missing.
    pub(super) fn list(&self, objects: &Objects<'_>, repository: &Repository) -> Result<Vec<ObjectId>> {
        if self.commits.is_empty() {
            return Ok(Vec::new());
        }
        let ancestry = Ancestry::new(repository, objects)?;
        let list = ancestry.new_commits(self.commits.iter().copied(), self.hidden.iter().copied());
        list.with_context(|| format!("the commits of the range cannot be listed{}", fetch_hint(repository)))
    }
}

fn missing(repository: &Repository, why: String) -> anyhow::Error {
    anyhow!(
        "a revision of the range cannot be read: {why}{}",
        if repository.is_shallow() { fetch_hint(repository) } else { String::new() }
    )
}

/// The text of an annotated tag, and the object it names.
fn tag(objects: &Objects<'_>, id: ObjectId) -> Result<(Vec<u8>, ObjectId)> {
    let object = objects.read(id, ObjectType::Tag).map_err(anyhow::Error::msg)?;
    let text = object.data().to_owned();
    match Tag::parse(&text).target {
        Some(target) => Ok((text, target)),
        None => bail!("tag {id} is damaged: run `git fsck`"),
    }
}
