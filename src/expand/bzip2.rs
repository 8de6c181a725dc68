//! bzip2.

use std::io;

use bzip2::bufread::BzDecoder;

use super::{
    input::Input,
    job::{ArchivePath, ExpandJob},
    members::{self, MemberCodec},
    source::ContainerSource,
};

struct Bzip2;

pub(super) fn recognize(head: &[u8]) -> bool {
    Bzip2::begins(head)
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    members::open::<Bzip2>(job, place, source)
}

impl MemberCodec for Bzip2 {
    const KIND: &'static str = "bzip2 data";

    type Member<'a> = BzDecoder<Input<'a>>;

    /// The header is text, so the mark of a block or of the end must follow as well.
    fn begins(head: &[u8]) -> bool {
        matches!(
            head,
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
                | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..]
        )
    }

    fn memory(input: &mut Input<'_>) -> io::Result<(u64, u64)> {
        Ok((0, block(input.peek(4)?)))
    }

    fn open(input: Input<'_>, _: u64) -> io::Result<Self::Member<'_>> {
        Ok(BzDecoder::new(input))
    }

    fn into_input(member: Self::Member<'_>) -> Input<'_> {
        member.into_inner()
    }
}

/// The memory a decoder needs for the stream that begins with these bytes, in bytes: four for each byte of a block. The
/// header gives the block size in units of 100 kB.
pub(super) fn block(head: &[u8]) -> u64 {
    let level = head.get(3).map_or(9, |level| level.saturating_sub(b'0').min(9));
    u64::from(level) * 400_000
}
