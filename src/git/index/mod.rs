//! The index, as described in gitformat-index(5): versions 2 to 4, split and sparse indexes, and the tree cache.
//! libgit2 reads neither split nor sparse indexes, and compares every entry with its tree, while the cache tells which
//! directories are unchanged.

mod bitmap;
mod cache_tree;
mod entry;
mod format;
mod input;
mod split;

use std::{io, path::Path};

use git2::Repository;

use crate::{blob::ObjectId, regular_file, threads::Pool};

pub(crate) use cache_tree::CachedTree;
pub(crate) use entry::IndexEntry;

/// The index of a repository, in memory.
#[derive(Default)]
pub(crate) struct Index {
    entries: Vec<IndexEntry>,
    /// The bytes that the entries point into.
    bytes: Vec<u8>,
    hash_length: usize,
    cache: Option<CachedTree>,
}

impl Index {
    /// The index that the next commit is made from: `GIT_INDEX_FILE`, or else the repository's own.
    ///
    /// # Errors
    /// When it cannot be read completely, with its path and what to do.
    pub(crate) fn from_environment(repository: &Repository, pool: &Pool) -> Result<Self, String> {
        // Git resolves a relative path against the root of the work tree.
        let root = repository.workdir().unwrap_or(Path::new(""));
        match std::env::var_os("GIT_INDEX_FILE").filter(|file| !file.is_empty()) {
            Some(file) => Self::read(repository, &root.join(file), pool),
            None => Self::of(repository, pool),
        }
    }

    /// The repository's own index.
    ///
    /// # Errors
    /// When it cannot be read completely, with its path and what to do.
    pub(crate) fn of(repository: &Repository, pool: &Pool) -> Result<Self, String> {
        Self::read(repository, &repository.path().join("index"), pool)
    }

    /// A missing index is empty, as in git.
    fn read(repository: &Repository, file: &Path, pool: &Pool) -> Result<Self, String> {
        let said = |why: String| {
            format!(
                "the index {} cannot be read: {why}; if git cannot read it either, `rm` it and `git reset` to build it \
                 anew",
                file.display()
            )
        };
        let bytes = match regular_file::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(said(error.to_string())),
        };
        let hash_length = hash_length(repository);
        let mut parsed = format::parse(bytes, hash_length, pool).map_err(said)?;
        if let Some(link) = parsed.link.take() {
            parsed = split::join(repository.path(), &link, parsed, hash_length, pool).map_err(said)?;
        }
        parsed.check_order().map_err(said)?;
        let format::Parsed { entries, bytes, cache, .. } = parsed;
        Ok(Self { entries, bytes, hash_length, cache })
    }

    /// Parses the bytes of an index that is neither split nor in a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse(bytes: &[u8], hash_length: usize) -> Result<Self, String> {
        let parsed = format::parse(bytes.to_owned(), hash_length, &Pool::default())?;
        parsed.check_order()?;
        let format::Parsed { entries, bytes, cache, .. } = parsed;
        Ok(Self { entries, bytes, hash_length, cache })
    }

    /// All entries, sorted by name and stage.
    #[must_use]
    pub(crate) fn entries(&self) -> &[IndexEntry] {
        &self.entries
    }

    /// The path of an entry, relative to the root of the work tree. A directory outside of a sparse checkout ends with
    /// `/`.
    #[must_use]
    pub(crate) fn name(&self, entry: &IndexEntry) -> &[u8] {
        entry.name(&self.bytes)
    }

    /// The object that an entry refers to.
    #[must_use]
    pub(crate) fn id(&self, entry: &IndexEntry) -> ObjectId {
        let bytes = &self.bytes[entry.id as usize..][..self.hash_length];
        let Some(id) = ObjectId::new(bytes) else {
            unreachable!("the length is that of the repository's names")
        };
        id
    }

    /// The cached trees that the index would be written as. Git itself commits from them.
    #[must_use]
    pub(crate) fn cache(&self) -> Option<&CachedTree> {
        self.cache.as_ref()
    }
}

fn hash_length(repository: &Repository) -> usize {
    match repository.object_format() {
        git2::ObjectFormat::Sha256 => 32,
        git2::ObjectFormat::Sha1 => 20,
    }
}
