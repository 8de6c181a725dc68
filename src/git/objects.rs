//! Reads objects one by one: loose, packed, in alternates or in a quarantine.
//!
//! `Store` is the other way to read objects, for whole histories: it opens all packs at once, trusts no index, and
//! verifies what it reads by hash. This one is for a few objects, some of which are only reachable through the
//! environment, and opens no object in advance. Either way, `object` parses the content.
//!
//! Loose objects are read here, since libgit2 never gets to the end of one that was cut short. It is only asked for an
//! object of which there is no loose file.

use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use git2::{ErrorCode, ObjectType, Odb, OdbObject, Oid, Repository};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{
    kind::ObjectKind,
    look, loose,
    object_directories::{loose_path, object_directories, packs},
    pack::Packs,
};
use crate::{blob::ObjectId, regular_file};

/// Commits and trees up to this size, in bytes, are remembered: a range needs each of them several times.
const REMEMBERED: usize = 16 << 10;

/// When what is remembered is larger than this, in bytes, it is forgotten.
const MOST_REMEMBERED: usize = 8 << 20;

/// The objects of a repository. Can be shared by several threads.
pub(crate) struct Objects<'r> {
    odb: Odb<'r>,
    /// All directories that may have loose objects.
    directories: Vec<PathBuf>,
    /// Length of a name, in bytes.
    width: usize,
    /// All packs, for objects whose loose file is damaged.
    packs: OnceLock<Packs>,
    remembered: Mutex<LooseCache>,
}

/// Loose commits and trees that have been read, and their size in bytes.
#[derive(Default)]
struct LooseCache {
    objects: HashMap<ObjectId, Arc<(ObjectKind, Vec<u8>)>>,
    size: usize,
}

/// An object that was read.
pub(crate) enum ReadObject<'r> {
    /// libgit2 has read it from a pack.
    Packed(OdbObject<'r>),
    /// From a loose file.
    Loose(Arc<(ObjectKind, Vec<u8>)>),
}

impl ReadObject<'_> {
    /// The content.
    #[must_use]
    pub(crate) fn data(&self) -> &[u8] {
        match self {
            Self::Packed(object) => object.data(),
            Self::Loose(object) => &object.1,
        }
    }

    fn kind(&self) -> ObjectType {
        match self {
            Self::Packed(object) => object.kind(),
            Self::Loose(object) => object.0.of_libgit2(),
        }
    }
}

impl<'r> Objects<'r> {
    /// The objects that exist now.
    ///
    /// # Errors
    /// When the object directory cannot be read, or holds a pipe or a device where libgit2 expects a file.
    pub(crate) fn new(repository: &'r Repository) -> Result<Self, git2::Error> {
        let directories = object_directories(&repository.commondir().join("objects"));
        look::at_objects(&directories)?;
        Ok(Self {
            odb: repository.odb()?,
            directories,
            width: match repository.object_format() {
                git2::ObjectFormat::Sha256 => 32,
                git2::ObjectFormat::Sha1 => 20,
            },
            packs: OnceLock::new(),
            remembered: Mutex::default(),
        })
    }

    /// The object, which must be of this kind.
    ///
    /// # Errors
    /// Why it cannot be read, and what to do about it.
    pub(crate) fn read(&self, id: ObjectId, kind: ObjectType) -> Result<ReadObject<'_>, String> {
        let object = self.read_any(id)?;
        if object.kind() == kind {
            return Ok(object);
        }
        Err(format!("object {id} is a {}, where a {kind} was expected: run `git fsck`", object.kind()))
    }

    /// The object, and its kind.
    ///
    /// # Errors
    /// Why it cannot be read, and what to do about it.
    pub(crate) fn read_any(&self, id: ObjectId) -> Result<ReadObject<'_>, String> {
        if let Some(object) = self.remembered().objects.get(&id) {
            return Ok(ReadObject::Loose(object.clone()));
        }
        match self.read_loose(id, |path| loose::read(path).and_then(|object| proved(id, object))) {
            Some(Ok(object)) => Ok(ReadObject::Loose(self.remember(id, Arc::new(object)))),
            Some(Err(why)) => match self.packs().read(id).map_err(drop).map(|object| proved(id, object)) {
                Ok(Ok(object)) => Ok(ReadObject::Loose(Arc::new(object))),
                _ => Err(format!("object {id} {why}; run `git fsck`")),
            },
            None => self.odb.read(oid(id)).map(ReadObject::Packed).map_err(|error| why(id, &error)),
        }
    }

    /// Whether the object exists, in whatever state.
    #[must_use]
    pub(crate) fn exists(&self, id: ObjectId) -> bool {
        self.odb.exists(oid(id))
    }

    /// The size in bytes, without reading the whole object; `None` if it cannot be read.
    #[must_use]
    pub(crate) fn size(&self, id: ObjectId) -> Option<u64> {
        self.header(id).ok().map(|(_, size)| size)
    }

    /// The kind of the object, without reading the whole object.
    ///
    /// # Errors
    /// Why it cannot be read, and what to do about it.
    pub(crate) fn kind(&self, id: ObjectId) -> Result<ObjectType, String> {
        self.header(id).map(|(kind, _)| kind)
    }

    fn header(&self, id: ObjectId) -> Result<(ObjectType, u64), String> {
        match self.read_loose(id, loose::header) {
            Some(Ok((kind, size))) => Ok((kind.of_libgit2(), size)),
            Some(Err(_)) => self.read_any(id).map(|object| (object.kind(), object.data().len() as u64)),
            None => {
                let header = self.odb.read_header(oid(id));
                header.map(|(size, kind)| (kind, size as u64)).map_err(|error| why(id, &error))
            }
        }
    }

    /// What `read` makes of the first loose file that it can read; `None` if there is no file.
    fn read_loose<T>(
        &self,
        id: ObjectId,
        read: impl Fn(&std::path::Path) -> Result<T, String>,
    ) -> Option<Result<T, String>> {
        let mut result = None;
        for directory in &self.directories {
            let path = loose_path(directory, id);
            let found = match regular_file::check(&path) {
                Ok(()) => read(&path),
                Err(error) if is_absent(&error) => continue,
                Err(error) => Err(format!("cannot be read: {error}")),
            };
            if found.is_ok() {
                return Some(found);
            }
            result = Some(found);
        }
        result
    }

    fn packs(&self) -> &Packs {
        self.packs.get_or_init(|| packs(&self.directories, self.width))
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, LooseCache> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, id: ObjectId, object: Arc<(ObjectKind, Vec<u8>)>) -> Arc<(ObjectKind, Vec<u8>)> {
        if matches!(object.0, ObjectKind::Commit | ObjectKind::Tree) && object.1.len() <= REMEMBERED {
            let mut cache = self.remembered();
            if cache.size > MOST_REMEMBERED {
                *cache = LooseCache::default();
            }
            // An entry takes more than its content.
            cache.size += object.1.len() + 128;
            cache.objects.insert(id, object.clone());
        }
        object
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Returns the object if its hash matches its name.
fn proved(id: ObjectId, (kind, bytes): (ObjectKind, Vec<u8>)) -> Result<(ObjectKind, Vec<u8>), String> {
    let header = format!("{} {}\0", kind.of_libgit2(), bytes.len());
    let is_right = if id.as_bytes().len() == 32 {
        Sha256::new().chain_update(header).chain_update(&bytes).finalize()[..] == *id.as_bytes()
    } else {
        Sha1::new().chain_update(header).chain_update(&bytes).finalize()[..] == *id.as_bytes()
    };
    if is_right {
        Ok((kind, bytes))
    } else {
        Err("is damaged: its content does not match its name".to_owned())
    }
}

fn why(id: ObjectId, error: &git2::Error) -> String {
    if error.code() == ErrorCode::NotFound {
        return format!(
            "object {id} is missing; fetch it (`git fetch --refetch` in a partial clone, `git fetch --unshallow` in a \
             shallow one) and scan again"
        );
    }
    format!("object {id} cannot be read: {}; run `git fsck`", error.message().trim_end_matches('.'))
}

/// Converts an object name to libgit2's type.
#[must_use]
pub(crate) fn oid(id: ObjectId) -> Oid {
    // Both types have 20 or 32 bytes.
    Oid::from_bytes(id.as_bytes()).unwrap_or(Oid::ZERO_SHA1)
}

/// Converts an object name from libgit2's type.
#[must_use]
pub(crate) fn object_id(oid: Oid) -> ObjectId {
    let Some(id) = ObjectId::new(oid.as_bytes()) else { unreachable!("libgit2's ids have 20 or 32 bytes") };
    id
}
