//! The header of an entry of a pack: what it is, how large, and what it is a delta against. See git's
//! `gitformat-pack`.

use crate::{blob::ObjectId, git::Kind};

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
        let (&first, rest) = bytes.split_first()?;
        let mut size = u64::from(first & 0xf);
        let mut shift = 4;
        let mut at = 0;
        let mut byte = first;
        while byte & 0x80 != 0 {
            byte = *rest.get(at)?;
            at += 1;
            let part = u64::from(byte & 0x7f);
            if shift >= u64::BITS || (part << shift) >> shift != part {
                return None;
            }
            size |= part << shift;
            shift += 7;
        }
        let content = match first >> 4 & 7 {
            1 => Content::Whole(Kind::Commit),
            2 => Content::Whole(Kind::Tree),
            3 => Content::Whole(Kind::Blob),
            4 => Content::Whole(Kind::Tag),
            6 => {
                let mut byte = *rest.get(at)?;
                at += 1;
                let mut distance = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = *rest.get(at)?;
                    at += 1;
                    // Each further byte means one more than it says, so that no distance has two forms.
                    distance = distance.checked_add(1)?.checked_mul(0x80)? | u64::from(byte & 0x7f);
                }
                Content::ByDistance(distance)
            }
            7 => {
                let name = rest.get(at..at + width)?;
                at += width;
                Content::ByName(ObjectId::new(name)?)
            }
            _ => return None,
        };
        Some(Self { content, size, length: at + 1 })
    }
}
