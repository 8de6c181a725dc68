//! The kinds of git objects.

use git2::ObjectType;

/// The kind of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// A state of the whole tree, with its parents.
    Commit,
    /// A directory.
    Tree,
    /// The content of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

impl ObjectKind {
    /// Converts from libgit2's type, which also has kinds that no object has.
    #[must_use]
    pub(super) fn of(kind: ObjectType) -> Option<Self> {
        match kind {
            ObjectType::Commit => Some(Self::Commit),
            ObjectType::Tree => Some(Self::Tree),
            ObjectType::Blob => Some(Self::Blob),
            ObjectType::Tag => Some(Self::Tag),
            ObjectType::Any => None,
        }
    }

    /// Converts to libgit2's type.
    #[must_use]
    pub(super) fn of_libgit2(self) -> ObjectType {
        match self {
            Self::Commit => ObjectType::Commit,
            Self::Tree => ObjectType::Tree,
            Self::Blob => ObjectType::Blob,
            Self::Tag => ObjectType::Tag,
        }
    }
}

/// A set of object kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectKinds(u8);

impl ObjectKinds {
    /// All kinds.
    pub const ALL: Self =
        Self::of(&[ObjectKind::Commit, ObjectKind::Tree, ObjectKind::Blob, ObjectKind::Tag]);

    /// The set of these kinds.
    #[must_use]
    pub const fn of(kinds: &[ObjectKind]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < kinds.len() {
            bits |= 1 << kinds[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    /// Whether the set contains this kind.
    #[must_use]
    pub fn contains(self, kind: ObjectKind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }
}
