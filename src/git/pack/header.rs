//! The header of an entry of a pack: what it is, how large, and what it is a delta against. See git's
//! `gitformat-pack`.

use crate::{blob::ObjectId, bytes::varint, git::kind::ObjectKind};

/// What an entry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackedContent {
    /// An object.
    Whole(ObjectKind),
    /// A delta against the entry so many bytes before this one.
    ByDistance(u64),
    /// A delta against the object of this name.
    ByName(ObjectId),
}

/// The header of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryHeader {
    /// What the entry holds.
    pub content: PackedContent,
    /// How large that is when it is inflated, in bytes.
    pub size: u64,
    /// How long the header is, in bytes; compressed data follows.
    pub length: usize,
}

impl EntryHeader {
    /// Reads the header that `bytes` begin with, where names are `width` bytes long; nothing where they begin with
    /// none.
    #[must_use]
    pub fn parse(bytes: &[u8], width: usize) -> Option<Self> {
        let (&first, mut rest) = bytes.split_first()?;
        let mut size = u64::from(first & 0xf);
        if first & 0x80 != 0 {
            size = varint::low_first_behind(size, 4, &mut rest)?;
        }
        let content = match first >> 4 & 7 {
            1 => PackedContent::Whole(ObjectKind::Commit),
            2 => PackedContent::Whole(ObjectKind::Tree),
            3 => PackedContent::Whole(ObjectKind::Blob),
            4 => PackedContent::Whole(ObjectKind::Tag),
            6 => PackedContent::ByDistance(varint::high_first(&mut rest)?),
            7 => {
                let name;
                (name, rest) = rest.split_at_checked(width)?;
                PackedContent::ByName(ObjectId::new(name)?)
            }
            _ => return None,
        };
        Some(Self { content, size, length: bytes.len() - rest.len() })
    }
}
