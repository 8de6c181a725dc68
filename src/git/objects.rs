//! Reads objects one by one through libgit2's object database: loose, packed, in alternates or in a quarantine.
//!
//! `Store` is the other way to read objects, for whole histories: it opens all packs at once, trusts no index, and
//! verifies what it reads by hash. This one is for a few objects, some of which are only reachable through the
//! environment, and opens nothing in advance. Either way, `object` parses the content.

use git2::{ErrorCode, ObjectType, Odb, OdbObject, Oid, Repository};

use crate::blob::ObjectId;

/// The objects of a repository. Can be shared by several threads.
pub(crate) struct Objects<'r> {
    odb: Odb<'r>,
}

impl<'r> Objects<'r> {
    /// The objects that exist now.
    ///
    /// # Errors
    /// When the object directory cannot be read.
    pub(crate) fn new(repository: &'r Repository) -> Result<Self, git2::Error> {
        Ok(Self { odb: repository.odb()? })
    }

    /// The object, which must be of this kind.
    ///
    /// # Errors
    /// Why it cannot be read, and what to do about it.
    pub(crate) fn read(&self, id: ObjectId, kind: ObjectType) -> Result<OdbObject<'_>, String> {
        let object = self.odb.read(oid(id)).map_err(|error| why(id, &error))?;
        if object.kind() == kind {
            return Ok(object);
        }
        Err(format!("object {id} is a {}, where a {kind} was expected: run `git fsck`", object.kind()))
    }

    /// The size in bytes, without reading the whole object; `None` if it cannot be read.
    #[must_use]
    pub(crate) fn size(&self, id: ObjectId) -> Option<u64> {
        self.odb.read_header(oid(id)).ok().map(|(size, _)| size as u64)
    }

    /// The kind of the object, without reading the whole object.
    ///
    /// # Errors
    /// Why it cannot be read, and what to do about it.
    pub(crate) fn kind(&self, id: ObjectId) -> Result<ObjectType, String> {
        self.odb.read_header(oid(id)).map(|(_, kind)| kind).map_err(|error| why(id, &error))
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
