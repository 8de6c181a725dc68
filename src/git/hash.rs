//! Whether an object is what its name says.

use git2::{ObjectFormat, Oid};

use super::kind::ObjectKind;
use crate::blob::ObjectId;

/// Why an object is not used that is something else than its name says.
pub(super) const OTHER_CONTENT: &str = "is damaged: its content does not match its name";

/// Checks that the hash of an object is its name.
///
/// # Errors
/// Why it cannot be used, phrased to follow its name.
pub(super) fn prove(id: ObjectId, kind: ObjectKind, bytes: &[u8]) -> Result<(), &'static str> {
    let format = if id.as_bytes().len() == 32 { ObjectFormat::Sha256 } else { ObjectFormat::Sha1 };
    match Oid::hash_object_ext(kind.of_libgit2(), bytes, format) {
        Ok(hash) if hash.as_bytes() == id.as_bytes() => Ok(()),
        Ok(_) => Err(OTHER_CONTENT),
        Err(_) => Err("cannot be hashed"),
    }
}
