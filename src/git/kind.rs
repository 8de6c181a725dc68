//! The kinds of objects that git knows.

use git2::ObjectType;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// A state of the whole tree, and where it comes from.
    Commit,
    /// A folder.
    Tree,
    /// The content of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

impl ObjectKind {
    /// Ours of libgit2's, which has more than objects are of.
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

    /// libgit2's.
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

/// Some kinds of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectKinds(u8);

impl ObjectKinds {
    /// All of them.
    pub const ALL: Self =
        Self::of(&[ObjectKind::Commit, ObjectKind::Tree, ObjectKind::Blob, ObjectKind::Tag]);

    /// These.
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

    /// Whether this is one of them.
    #[must_use]
    pub fn contains(self, kind: ObjectKind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }
}
