//! What happens to the objects that are read.

use super::delta::Changes;
use crate::{blob::ObjectId, git::kind::ObjectKind};

/// An object that was read.
pub struct Object<'a, M> {
    /// Its name.
    pub id: ObjectId,
    /// Its number, as [`Packs::number`](super::Packs::number) gives it.
    pub number: u32,
    /// Its kind.
    pub kind: ObjectKind,
    /// Its content.
    pub bytes: &'a [u8],
    /// Its delta base, if it was made from an object that was visited.
    pub base: Option<DeltaBase<'a, M>>,
}

/// What an object was made from.
pub struct DeltaBase<'a, M> {
    /// The visitor's mark for it.
    pub mark: &'a M,
    /// How the object differs from it.
    pub changes: &'a Changes,
}

/// Takes the objects. There is one visitor per thread.
pub trait Visitor: Send {
    /// What is remembered about an object for those that are made from it.
    type Mark: Clone + Send + Sync;

    /// Takes an object.
    fn object(&mut self, object: Object<'_, Self::Mark>) -> Self::Mark;

    /// An object could not be read from its pack. `kind` is set if it is known.
    fn failed(&mut self, id: ObjectId, kind: Option<ObjectKind>, why: &'static str);

    /// Reads a base object that is not in its own pack from elsewhere.
    fn elsewhere(&mut self, id: ObjectId) -> Option<(ObjectKind, Vec<u8>)>;
}
