//! The header of an entry of a pack: what it is, how large, and what it is a delta against. See git's
//! `gitformat-pack`.

use crate::{blob::ObjectId, bytes::varint, git::kind::Kind};

/// What an entry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// An object.
    Whole(Kind),
    /// A delta against the entry so many bytes before this one.
    ByDistance(u64),
    /// A delta against the object of this name.
    ByName(ObjectId),
}

/// The header of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the entry holds.
    pub content: Content,
    /// How large that is when it is inflated, in bytes.
    pub size: u64,
    /// How long the header is, in bytes; compressed data follows.
    pub length: usize,
}

impl Header {
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
            1 => Content::Whole(Kind::Commit),
            2 => Content::Whole(Kind::Tree),
            3 => Content::Whole(Kind::Blob),
            4 => Content::Whole(Kind::Tag),
            6 => Content::ByDistance(varint::high_first(&mut rest)?),
            7 => {
                let name;
                (name, rest) = rest.split_at_checked(width)?;
                Content::ByName(ObjectId::new(name)?)
            }
            _ => return None,
        };
        Some(Self { content, size, length: bytes.len() - rest.len() })
    }
}
