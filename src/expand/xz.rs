//! xz: a container for LZMA2.

use std::io::{self, Read};

use lzma_rust2::{XzReader, lzma2_get_memory_usage};

use super::{
    input::Input,
    job::{ArchivePath, ExpandJob},
    members::{self, MemberCodec},
    source::ContainerSource,
};
use crate::bytes::varint;

const MAGIC: &[u8] = b"\xfd7zXZ\0";

/// The maximum length of a block header, plus the stream header before it.
pub(super) const HEADERS: usize = 12 + 1024;

/// The smallest limit for a decoder's dictionary, in bytes.
const LEAST: u64 = 8 << 20;

/// What a decoder allocates in addition to its dictionary, in bytes.
pub(super) const FIXED: u64 = 256 << 10;

struct Xz;

pub(super) fn recognize(head: &[u8]) -> bool {
    Xz::begins(head)
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    members::open::<Xz>(job, place, source)
}

impl MemberCodec for Xz {
    const KIND: &'static str = "xz data";

    type Member<'a> = Unpacked<'a>;

    fn begins(head: &[u8]) -> bool {
        head.starts_with(MAGIC)
    }

    fn memory(input: &mut Input<'_>) -> io::Result<(u64, u64)> {
        Ok((dictionary_of_stream(input.peek(HEADERS)?), FIXED))
    }

    fn open(input: Input<'_>, window: u64) -> io::Result<Self::Member<'_>> {
        // The dictionary grows with the content, which is metered, but no later block may have a larger one.
        Ok(Unpacked::new(input, false, window))
    }

    fn into_input(member: Self::Member<'_>) -> Input<'_> {
        member.0.into_inner()
    }
}

/// The output of a read that ends with an error is lost, so reads are small, in bytes.
const LITTLE: usize = 4 << 10;

/// Decompresses one stream, or several.
pub(super) struct Unpacked<'a>(XzReader<Input<'a>>);

impl<'a> Unpacked<'a> {
    /// Limits dictionaries to `window` bytes.
    pub(super) fn new(input: Input<'a>, several: bool, window: u64) -> Self {
        let limit = lzma2_get_memory_usage(u32::try_from(window).unwrap_or(u32::MAX));
        Self(XzReader::new_mem_limit(input, several, limit))
    }
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(LITTLE);
        self.0.read(&mut buffer[..most])
    }
}

/// The dictionary size that the stream beginning with these bytes may need, in bytes.
pub(super) fn dictionary_of_stream(head: &[u8]) -> u64 {
    head.get(12..).and_then(dictionary).unwrap_or(0).max(LEAST)
}

/// The dictionary size that a block header requests, in bytes.
fn dictionary(header: &[u8]) -> Option<u64> {
    let (flags, mut rest) = (*header.get(1)?, header.get(2..)?);
    let has_sizes = [flags & 0x40 != 0, flags & 0x80 != 0];
    for _ in has_sizes.iter().filter(|has| **has) {
        varint::low_first(&mut rest)?;
    }
    for _ in 0..=flags & 3 {
        let id = varint::low_first(&mut rest)?;
        let size = usize::try_from(varint::low_first(&mut rest)?).ok()?;
        let properties = rest.get(..size)?;
        rest = &rest[size..];
        if id == 0x21 {
            let bits = u32::from(*properties.first()?);
            return match bits {
                0..40 => Some(u64::from(2 | bits & 1) << (bits / 2 + 11)),
                _ => Some(u64::from(u32::MAX)),
            };
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use lzma_rust2::{XzOptions, XzWriter};

    use super::*;

    #[test]
    fn dictionaries_are_read_from_the_block_header() {
        for (level, size) in [(1, 1 << 20), (6, 8 << 20), (9, 64 << 20)] {
            let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(level)).unwrap();
            writer.write_all(b"text").unwrap();
            assert_eq!(dictionary(&writer.finish().unwrap()[12..]), Some(size), "{level}");
        }
    }
}
