//! One commit of a range: its message, and the files it changes.

use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use git2::{ObjectType, Repository};

use super::locked::locked;
use crate::{
    blob::{Blob, Content, ObjectId, Origin, PriorVersions, SourceKind},
    finding::Scanned,
    git::{
        Objects,
        ci::unshallow_advice,
        difference::{self, Difference},
        object::Commit,
        rename, shallow,
        tree::{self, PathEntry},
    },
    source::sink::Sink,
};

/// A blob at a path, and the commit that introduced it.
pub(super) struct ChangedBlob {
    pub(super) entry: PathEntry,
    /// A parent had something at the path.
    had_path: bool,
    commit: Option<ObjectId>,
    /// The tree of the commit.
    tree: ObjectId,
    /// The trees of its parents.
    parents: Arc<[ObjectId]>,
}

impl ChangedBlob {
    /// The sort order: entries for the same blob and path are adjacent.
    pub(super) fn order(&self) -> impl Ord + '_ {
        (&self.entry.path, self.entry.id, self.commit)
    }
}

/// Files that one tree has and another does not.
type OnlyIn = HashMap<(ObjectId, ObjectId), Arc<[PathEntry]>>;

/// Reads commits.
pub(super) struct RangeCommits<'r> {
    objects: &'r Objects<'r>,
    /// The commits where the history of a shallow clone ends.
    ends: HashSet<ObjectId>,
    /// A cache by pairs of trees, filled only if something is found.
    only_in: Mutex<OnlyIn>,
    /// The objects that were read as part of the range, if that matters.
    reached: Option<Mutex<HashSet<ObjectId>>>,
}

impl<'r> RangeCommits<'r> {
    pub(super) fn new(
        repository: &Repository,
        objects: &'r Objects<'r>,
        reached: Option<HashSet<ObjectId>>,
    ) -> Result<Self> {
        let ends = shallow::ends(repository)?;
        Ok(Self { objects, ends, only_in: Mutex::default(), reached: reached.map(Mutex::new) })
    }

    /// The objects that were read as part of the range, if that matters.
    pub(super) fn into_reached(self) -> HashSet<ObjectId> {
        self.reached.map(|ids| ids.into_inner().unwrap_or_else(PoisonError::into_inner)).unwrap_or_default()
    }

    /// Pushes the commit's text, and adds the blobs it introduces to `sites`.
    pub(super) fn commit(&self, id: ObjectId, sink: &mut impl Sink, sites: &mut Vec<ChangedBlob>) {
        let name = || format!("commit {id}").into_bytes();
        let object = match self.objects.read(id, ObjectType::Commit) {
            Ok(object) => object,
            Err(why) => return sink.not_scanned(&name(), why),
        };
        let text = object.data();
        let origin = Origin { object: Some(id), commit: Some(id), ..Origin::new(SourceKind::Message, b"") };
        sink.blob(Blob::new(origin, Content::Bytes(text)));
        sink.count(Scanned { commits: 1, ..Scanned::default() });
        let Commit { tree: Some(tree), parents, is_sound: true, .. } = Commit::parse(text) else {
            return sink.not_scanned(&name(), "is damaged: run `git fsck`".to_owned());
        };
        if self.ends.contains(&id) && !parents.is_empty() {
            let why = format!(
                "its parents are missing, so it is unknown what it adds: this clone is shallow; {}",
                unshallow_advice()
            );
            return sink.not_scanned(&name(), why);
        }
        let trees: Result<Vec<ObjectId>, String> =
            parents.iter().map(|parent| self.tree_of(*parent)).collect();
        match trees.map(distinct) {
            Ok(parents) => self.compare(Some(id), tree, parents, sink, sites),
            Err(why) => sink.not_scanned(&name(), format!("cannot tell what it adds: {why}")),
        }
    }

    /// Adds every blob in a tree to `sites`.
    pub(super) fn tree(&self, tree: ObjectId, sink: &mut impl Sink, sites: &mut Vec<ChangedBlob>) {
        self.compare(None, tree, Vec::new(), sink, sites);
    }

    fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, String> {
        let object = self.objects.read(commit, ObjectType::Commit)?;
        let header = Commit::parse(object.data());
        header.tree.filter(|_| header.is_sound).ok_or_else(|| format!("commit {commit} is damaged"))
    }

    fn compare(
        &self,
        commit: Option<ObjectId>,
        tree: ObjectId,
        parents: Vec<ObjectId>,
        sink: &mut impl Sink,
        sites: &mut Vec<ChangedBlob>,
    ) {
        let mut difference = Difference::default();
        let old: Vec<_> = parents.iter().copied().map(Some).collect();
        difference.compare(self.objects, tree, &old, b"");
        for (path, why) in difference.not_read {
            let at = if path.is_empty() { b"the root folder" } else { path.as_slice() };
            let commit = commit.map(|id| format!(" (commit {id})")).unwrap_or_default();
            sink.not_scanned(&[at, commit.as_bytes()].concat(), format!("cannot be compared: {why}"));
        }
        if let Some(reached) = &self.reached {
            let blobs = difference.added.iter().map(|(entry, _)| entry.id);
            locked(reached).extend(blobs.chain(difference.trees).chain(commit));
        }
        let parents: Arc<[ObjectId]> = parents.into();
        sites.extend(difference.added.into_iter().map(|(entry, before)| {
            let had_path = !before.is_empty();
            ChangedBlob { entry, had_path, commit, tree, parents: parents.clone() }
        }));
    }

    /// Pushes the blob of a group of sites, and returns whether something was found in it. If so, it is pushed for each
    /// of the commits.
    pub(super) fn file(&self, group: &[ChangedBlob], sink: &mut impl Sink) -> bool {
        let PathEntry { id, path, .. } = &group[0].entry;
        let object = match self.objects.read(*id, ObjectType::Blob) {
            Ok(object) => object,
            Err(why) => {
                sink.not_scanned(path, why);
                return true;
            }
        };
        for site in group {
            let earlier =
                ParentVersions { commits: self, site, content: object.data(), was_asked: Cell::new(false) };
            let origin =
                Origin { object: Some(*id), commit: site.commit, ..Origin::new(SourceKind::Blob, path) };
            let content = Content::Bytes(object.data());
            sink.blob(Blob { before: Some(&earlier), ..Blob::new(origin, content) });
            // Earlier versions are requested only if something was found.
            if !earlier.was_asked.get() {
                return false;
            }
        }
        true
    }

    /// The size of a site's blob, in bytes.
    pub(super) fn size(&self, site: &ChangedBlob) -> u64 {
        self.objects.size(site.entry.id).unwrap_or(0)
    }

    /// The files of a tree whose paths do not exist in another tree.
    fn only_in(&self, tree: ObjectId, other: ObjectId) -> Arc<[PathEntry]> {
        if let Some(files) = locked(&self.only_in).get(&(tree, other)) {
            return files.clone();
        }
        let files: Arc<[PathEntry]> = difference::removed(self.objects, tree, Some(other), b"").into();
        locked(&self.only_in).insert((tree, other), files.clone());
        files
    }
}

/// The trees in order, each once.
fn distinct(mut trees: Vec<ObjectId>) -> Vec<ObjectId> {
    if trees.len() > 1 {
        let mut seen = HashSet::new();
        trees.retain(|tree| seen.insert(*tree));
    }
    trees
}

/// What the parents of a commit had.
struct ParentVersions<'a> {
    commits: &'a RangeCommits<'a>,
    site: &'a ChangedBlob,
    content: &'a [u8],
    was_asked: Cell<bool>,
}

impl PriorVersions for ParentVersions<'_> {
    fn had_path(&self) -> bool {
        self.site.had_path
    }

    fn versions(&self, pass: &mut dyn FnMut(Blob<'_>)) {
        self.was_asked.set(true);
        let Self { commits, site, .. } = self;
        let mut version = |path: &[u8], id: ObjectId| {
            if let Ok(object) = commits.objects.read(id, ObjectType::Blob) {
                pass(Blob::new(Origin::new(SourceKind::Blob, path), Content::Bytes(object.data())));
            }
        };
        for parent in &*site.parents {
            match tree::at(commits.objects, *parent, &site.entry.path) {
                Ok(Some((mode, id))) if mode.is_blob() => version(&site.entry.path, id),
                Ok(_) => {
                    let gone = commits.only_in(*parent, site.tree);
                    let new = commits.only_in(site.tree, *parent);
                    let source = rename::source(commits.objects, &site.entry, self.content, &gone, &new);
                    if let Some(source) = source {
                        version(&source.path, source.id);
                    }
                }
                Err(_) => {}
            }
        }
    }
}
