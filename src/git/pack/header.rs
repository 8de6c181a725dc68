//! The header of a pack entry: its type, its size, and its delta base, if any. See git's `gitformat-pack`.

use crate::{blob::ObjectId, bytes::varint, git::kind::ObjectKind};

/// What an entry contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackedContent {
    /// An object.
    Whole(ObjectKind),
    /// A delta against the entry this many bytes before this one.
    ByDistance(u64),
    /// A delta against the object with this name.
    ByName(ObjectId),
}

/// The header of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryHeader {
    /// What the entry holds.
    pub content: PackedContent,
    /// The size of the content when inflated, in bytes.
    pub size: u64,
    /// The length of the header, in bytes. Compressed data follows.
    pub length: usize,
}

impl EntryHeader {
    /// Parses the header at the start of `bytes`, with names of `width` bytes; `None` if there is no valid header.
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
