//! What becomes of the objects that are read.

use super::delta::Changes;
use crate::{blob::ObjectId, git::kind::ObjectKind};

/// An object that was read.
pub struct Object<'a, M> {
    /// Its name.
    pub id: ObjectId,
    /// Its number, as [`Packs::number`](super::Packs::number) gives it.
    pub number: u32,
    /// What it is.
    pub kind: ObjectKind,
    /// All of it.
    pub bytes: &'a [u8],
    /// Where it was made from another one that was visited.
    pub base: Option<DeltaBase<'a, M>>,
}

/// What an object was made from.
pub struct DeltaBase<'a, M> {
    /// What the visitor made of it.
    pub mark: &'a M,
    /// How the object differs from it.
    pub changes: &'a Changes,
}

/// Takes the objects; one a thread.
pub trait Visitor: Send {
    /// What is remembered of an object for those that are made from it.
    type Mark: Clone + Send + Sync;

    /// Takes an object.
    fn object(&mut self, object: Object<'_, Self::Mark>) -> Self::Mark;

    /// An object could not be read from its pack. Its kind is said where it is known.
    fn failed(&mut self, id: ObjectId, kind: Option<ObjectKind>, why: &'static str);

    /// Reads an object that is in none of the packs where it should be.
    fn elsewhere(&mut self, id: ObjectId) -> Option<(ObjectKind, Vec<u8>)>;
}
