//! What the index would commit.

use std::{path::Path, sync::OnceLock};

use anyhow::{Context, Result, bail};
use git2::{ErrorCode, ObjectType, Repository};

use super::{parallel, sink::Sink};
use crate::{
    blob::{Blob, Content, ObjectId, Origin, PriorVersions, SourceKind},
    git::{Objects, index::Index, object_id, peeled, rename, staged::StagedChanges as Changes, tree},
    path::from_git,
    regular_file,
    threads::Pool,
};

/// Whether a path is wanted.
pub(crate) type Wanted<'a> = dyn Fn(&[u8]) -> bool + 'a;

/// The files that a commit would contain, as they are in the index and not in the work tree.
pub(crate) struct StagedSource<'a> {
    /// Whether to report secrets that `HEAD` already has in the same file.
    pub all: bool,
    /// Which files to read, if not all. It is asked for each staged path.
    pub wanted: Option<&'a Wanted<'a>>,
    /// Whether to skip files that are identical in the work tree, because they are read there.
    pub differing: bool,
    /// The threads that read, if there is much to read.
    pub pool: Pool,
}

/// What the index holds, apart from what is pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StagedState {
    /// Nothing is staged.
    Nothing,
    /// Files are only removed.
    Removals,
    /// There is content to commit.
    Content,
}

impl StagedState {
    /// Why there was nothing to read, if that is so.
    pub(crate) fn nothing(self) -> Option<&'static str> {
        match self {
            Self::Content => None,
            Self::Removals => Some("the staged changes only remove files"),
            Self::Nothing => Some("nothing is staged"),
        }
    }
}

impl StagedSource<'_> {
    /// Pushes what is staged in the repository, with paths relative to the root of its work tree. Conflicts and
    /// unreadable objects are reported as not scanned.
    ///
    /// # Errors
    /// When it has no work tree, or the index or `HEAD` cannot be read.
    pub(crate) fn feed<S: Sink>(
        &self,
        repository: &Repository,
        new_sink: &(impl Fn() -> S + Sync),
    ) -> Result<StagedState> {
        if repository.is_bare() {
            bail!("a bare repository has no index, so nothing can be staged in it; --range scans commits");
        }
        let index = Index::from_environment(repository, &self.pool).map_err(anyhow::Error::msg)?;
        self.feed_index(&index, repository, new_sink)
    }

    /// Like [`Self::feed`], for a given index of this repository.
    ///
    /// # Errors
    /// When `HEAD` cannot be read.
    pub(crate) fn feed_index<S: Sink>(
        &self,
        index: &Index,
        repository: &Repository,
        new_sink: &(impl Fn() -> S + Sync),
    ) -> Result<StagedState> {
        let objects = Objects::new(repository).context("the objects of the repository cannot be read")?;
        let head = head_tree(repository, &objects)?;
        let changes = Changes::compare(index, &objects, head);
        let mut sink = new_sink();
        for path in &changes.unmerged {
            let why = "has conflicts: resolve them, stage it with `git add`, and scan again";
            sink.not_scanned(path, why.to_owned());
        }
        for (path, why) in &changes.difference.not_read {
            let path: &[u8] = if path.is_empty() { b"HEAD" } else { path };
            sink.not_scanned(path, format!("cannot be compared with HEAD: {why}"));
        }
        let is_empty = changes.difference.added.is_empty();
        let root = repository.workdir().filter(|_| self.differing);
        let all = self.all;
        let (gone, new) = (OnceLock::new(), OnceLock::new());
        let gone = || gone.get_or_init(|| changes.removed_files(&objects)).as_slice();
        let is_wanted = |entry: &tree::PathEntry| self.wanted.is_none_or(|wanted| wanted(&entry.path));
        let added = &changes.difference.added;
        let new_files = || {
            let new = added.iter().filter(|(_, before)| before.is_empty()).map(|(entry, _)| entry.clone());
            new.collect::<Vec<_>>()
        };
        let new = || new.get_or_init(new_files).as_slice();
        let wanted: Vec<_> = added.iter().filter(|(entry, _)| is_wanted(entry)).collect();
        let size = |(entry, _): &&(tree::PathEntry, _)| objects.size(entry.id).unwrap_or(0);
        parallel::feed(&wanted, &self.pool, size, new_sink, sink, |(entry, before), sink| {
            let object = match objects.read(entry.id, ObjectType::Blob) {
                Ok(object) => object,
                Err(why) => return sink.not_scanned(&entry.path, why),
            };
            let content = object.data();
            if root.is_some_and(|root| is_same(&root.join(from_git(&entry.path)), content)) {
                return;
            }
            let earlier = HeadVersions { objects: &objects, entry, content, before, gone: &gone, new: &new };
            let origin = Origin { object: Some(entry.id), ..Origin::new(SourceKind::Index, &entry.path) };
            let before = (!all).then_some(&earlier as &dyn PriorVersions);
            sink.blob(Blob { before, ..Blob::new(origin, Content::Bytes(content)) });
        });
        Ok(if !is_empty {
            StagedState::Content
        } else if changes.is_empty() {
            StagedState::Nothing
        } else {
            StagedState::Removals
        })
    }
}

/// Whether a file holds exactly these bytes. For git, a link holds its target; here it never matches.
fn is_same(file: &Path, content: &[u8]) -> bool {
    let is_alike =
        file.symlink_metadata().is_ok_and(|data| data.is_file() && data.len() == content.len() as u64);
    is_alike && regular_file::read(file).is_ok_and(|bytes| bytes == content)
}

/// The tree of `HEAD`; `None` before the first commit.
fn head_tree(repository: &Repository, objects: &Objects<'_>) -> Result<Option<ObjectId>> {
    let head = match repository.head() {
        Ok(head) => head,
        Err(error) if error.code() == ErrorCode::UnbornBranch => return Ok(None),
        Err(error) => return Err(error).context("HEAD cannot be read, so what is new is unknown"),
    };
    let id = head.target().map(object_id).context("HEAD names no commit, so what is new is unknown")?;
    let tree = peeled(objects, id, ObjectType::Tree).map_err(anyhow::Error::msg);
    tree.map(Some)
        .context("the commit of HEAD cannot be read, so what is new is unknown; run `git fsck` for details")
}

/// The versions of a file before it was changed.
pub(super) struct HeadVersions<'a, 'g> {
    pub(super) objects: &'a Objects<'a>,
    pub(super) entry: &'a tree::PathEntry,
    pub(super) content: &'a [u8],
    /// What was at its path.
    pub(super) before: &'a [(tree::Mode, ObjectId)],
    /// The files that the same change removes.
    pub(super) gone: &'a (dyn Fn() -> &'g [tree::PathEntry] + 'a),
    /// The files that it adds at new paths.
    pub(super) new: &'a (dyn Fn() -> &'g [tree::PathEntry] + 'a),
}

impl PriorVersions for HeadVersions<'_, '_> {
    fn had_path(&self) -> bool {
        !self.before.is_empty()
    }

    fn versions(&self, pass: &mut dyn FnMut(Blob<'_>)) {
        let mut version = |path: &[u8], id: ObjectId| {
            if let Ok(object) = self.objects.read(id, ObjectType::Blob) {
                pass(Blob::new(Origin::new(SourceKind::Blob, path), Content::Bytes(object.data())));
            }
        };
        for (_, id) in self.before {
            version(&self.entry.path, *id);
        }
        if self.before.is_empty() {
            let source = rename::source(self.objects, self.entry, self.content, (self.gone)(), (self.new)());
            if let Some(source) = source {
                version(&source.path, source.id);
            }
        }
    }
}
