//! The input that an index is read from.

use memchr::memchr;

use crate::bytes::varint;

/// Bytes that are consumed from the front.
pub(super) struct IndexBytes<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> IndexBytes<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        Some(u64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    /// The bytes up to `end`, which is consumed as well.
    pub(super) fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let length = memchr(end, self.bytes.get(self.at..)?)?;
        let taken = self.take(length)?;
        self.at += 1;
        Some(taken)
    }

    /// The same encoding as in the offsets of packs.
    pub(super) fn varint(&mut self) -> Option<u64> {
        let rest = self.bytes.get(self.at..)?;
        let mut behind = rest;
        let number = varint::high_first(&mut behind)?;
        self.at += rest.len() - behind.len();
        Some(number)
    }
}
