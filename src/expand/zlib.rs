//! zlib: RFC 1950. Its two first bytes are in many files, so it is only looked for where something else says that it may
//! be there.

use std::io;

use flate2::bufread::ZlibDecoder;

use super::{
    input::Input,
    job::{ArchivePath, ExpandJob},
    members::{self, MemberCodec},
    source::ContainerSource,
};

struct Zlib;

/// Whether zlib may begin with these bytes: the two first have a checksum.
pub(super) fn begins(head: &[u8]) -> bool {
    Zlib::begins(head)
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    members::open::<Zlib>(job, place, source)
}

impl MemberCodec for Zlib {
    const KIND: &'static str = "zlib data";

    type Member<'a> = ZlibDecoder<Input<'a>>;

    fn begins(head: &[u8]) -> bool {
        matches!(head, [0x78, level, ..] if (0x7800 | u16::from(*level)) % 31 == 0 && level & 0x20 == 0)
    }

    fn memory(_: &mut Input<'_>) -> io::Result<(u64, u64)> {
        Ok((32 << 10, 0))
    }

    fn open(input: Input<'_>, _: u64) -> io::Result<Self::Member<'_>> {
        Ok(ZlibDecoder::new(input))
    }

    fn into_input(member: Self::Member<'_>) -> Input<'_> {
        member.into_inner()
    }
}
