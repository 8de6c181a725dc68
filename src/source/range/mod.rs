//! What a set of commits adds.

mod change;
mod locked;
mod stray;
mod tips;

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result};
use git2::Repository;

use super::{parallel, sink::Sink};
use crate::{
    blob::{Blob, Content, ObjectId, Origin, SourceKind},
    cold::ColdSort,
    finding::Scanned,
    git::{Objects, quarantine, revisions::Selection},
    threads::Pool,
};

use change::{ChangedBlob, RangeCommits};
use locked::locked;
use tips::Tips;

/// This many commits are compared before their blobs are read, so that memory use does not grow with the range.
const BATCH: usize = 4096;

/// What commits add: their messages, and the files that differ from those of all their parents.
pub(crate) struct Range {
    /// Which commits.
    pub selection: Selection,
    /// The threads that read, if there is much to read.
    pub pool: Pool,
}

impl Range {
    /// Pushes the messages of commits and annotated tags, whole as `git cat-file commit` shows them, and blobs, with
    /// paths relative to the root of the tree. A blob is read once per path, unless something is found in it: then it
    /// is pushed for each commit that introduces it. Missing objects are reported as not scanned.
    ///
    /// Returns how many commits, tags and other objects there are.
    ///
    /// # Errors
    /// When the commits cannot be listed. The error says how to get missing ones.
    pub(crate) fn feed<S: Sink>(
        &self,
        repository: &Repository,
        new_sink: &(impl Fn() -> S + Sync),
    ) -> Result<usize> {
        let objects = Objects::new(repository).context("the objects of the repository cannot be read")?;
        self.feed_from(&objects, repository, None, new_sink).map(|(count, _)| count)
    }

    /// Like [`Self::feed`], for a push that has arrived: also pushes all other objects that git has put into
    /// quarantine. Nothing names them, but git would keep them.
    ///
    /// # Errors
    /// The same as those of [`Self::feed`], or what of the quarantine cannot be listed.
    pub(crate) fn feed_received<S: Sink>(
        &self,
        repository: &Repository,
        new_sink: &(impl Fn() -> S + Sync),
    ) -> Result<usize> {
        let objects = Objects::new(repository).context("the objects of the repository cannot be read")?;
        let (count, reached) = self.feed_from(&objects, repository, Some(HashSet::new()), new_sink)?;
        let mut rest = quarantine::new_objects(repository).map_err(anyhow::Error::msg)?;
        rest.retain(|id| !reached.contains(id));
        stray::feed(&rest, &objects, &self.pool, new_sink);
        Ok(count + rest.len())
    }

    /// Adds to `reached` what was read.
    fn feed_from<S: Sink>(
        &self,
        objects: &Objects<'_>,
        repository: &Repository,
        mut reached: Option<HashSet<ObjectId>>,
        new_sink: &(impl Fn() -> S + Sync),
    ) -> Result<(usize, HashSet<ObjectId>)> {
        let tips = Tips::read(objects, repository, &self.selection)?;
        if let Some(reached) = &mut reached {
            reached.extend(tips.tags.iter().chain(&tips.blobs).map(|(id, _)| *id));
        }
        let commits = RangeCommits::new(repository, objects, reached)?;
        let ids = tips.list(objects, repository)?;
        let mut sink = new_sink();
        for (id, text) in &tips.tags {
            let origin = Origin { object: Some(*id), ..Origin::new(SourceKind::Message, b"") };
            sink.blob(Blob::new(origin, Content::Bytes(text)));
            sink.count(Scanned { tags: 1, ..Scanned::default() });
        }
        for (id, content) in &tips.blobs {
            let origin = Origin { object: Some(*id), ..Origin::new(SourceKind::Blob, b"") };
            sink.blob(Blob::new(origin, Content::Bytes(content)));
        }
        let mut clean = CleanCache::default();
        let mut loose = Vec::new();
        for tree in &tips.trees {
            commits.tree(*tree, &mut sink, &mut loose);
        }
        drop(sink);
        self.files(&commits, loose, &mut clean, new_sink);
        for batch in ids.chunks(BATCH) {
            let sites = Mutex::new(Vec::new());
            parallel::feed(
                batch,
                &self.pool,
                |_| 0,
                new_sink,
                new_sink(),
                |id, sink| {
                    let mut own = Vec::new();
                    commits.commit(*id, sink, &mut own);
                    locked(&sites).append(&mut own);
                },
            );
            let sites = sites.into_inner().unwrap_or_else(PoisonError::into_inner);
            self.files(&commits, sites, &mut clean, new_sink);
        }
        let count = ids.len() + tips.tags.len() + tips.trees.len() + tips.blobs.len();
        Ok((count, commits.into_reached()))
    }

    /// Pushes the blobs at some sites, except those known to be clean.
    fn files<S: Sink>(
        &self,
        commits: &RangeCommits<'_>,
        mut sites: Vec<ChangedBlob>,
        clean: &mut CleanCache,
        new_sink: &(impl Fn() -> S + Sync),
    ) {
        sites.cold_sort_by(|a, b| a.order().cmp(&b.order()));
        let mut groups: Vec<&[ChangedBlob]> =
            sites.chunk_by(|a, b| a.entry.id == b.entry.id && a.entry.path == b.entry.path).collect();
        groups.retain(|group| !clean.has(&group[0]));
        let new = Mutex::new(Vec::new());
        let size = |group: &&[ChangedBlob]| commits.size(&group[0]);
        parallel::feed(&groups, &self.pool, size, new_sink, new_sink(), |group, sink| {
            if !commits.file(group, sink) {
                locked(&new).push(clean.hash(&group[0]));
            }
        });
        clean.hashes.extend(new.into_inner().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Blobs in which nothing was found at their path. As in the walk, hashes suffice, since nobody knows the seed.
#[derive(Default)]
struct CleanCache {
    hasher: RandomState,
    hashes: HashSet<u64>,
}

impl CleanCache {
    fn hash(&self, site: &ChangedBlob) -> u64 {
        self.hasher.hash_one((&site.entry.id, &site.entry.path))
    }

    fn has(&self, site: &ChangedBlob) -> bool {
        self.hashes.contains(&self.hash(site))
    }
}
