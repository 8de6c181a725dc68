//! What a set of commits adds.

mod change;
mod locked;
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
    blob::{Blob, Content, Origin, SourceKind},
    finding::Scanned,
    git::{Objects, revisions::Selection},
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
        let tips = Tips::read(&objects, repository, &self.selection)?;
        let commits = RangeCommits::new(repository, &objects)?;
        let ids = tips.list(&objects, repository)?;
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
        Ok(ids.len() + tips.tags.len() + tips.trees.len() + tips.blobs.len())
    }

    /// Pushes the blobs at some sites, except those known to be clean.
    fn files<S: Sink>(
        &self,
        commits: &RangeCommits<'_>,
        mut sites: Vec<ChangedBlob>,
        clean: &mut CleanCache,
        new_sink: &(impl Fn() -> S + Sync),
    ) {
        sites.sort_by(|a, b| a.order().cmp(&b.order()));
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
