//! gzip: RFC 1952.

use std::io;

use flate2::bufread::GzDecoder;

use super::{
    input::Input,
    job::{ArchivePath, ExpandJob},
    members::{self, MemberCodec},
    source::ContainerSource,
};

struct Gzip;

pub(super) fn recognize(head: &[u8]) -> bool {
    Gzip::begins(head)
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    members::open::<Gzip>(job, place, source)
}

impl MemberCodec for Gzip {
    const KIND: &'static str = "gzip data";

    type Member<'a> = GzDecoder<Input<'a>>;

    fn begins(head: &[u8]) -> bool {
        head.starts_with(b"\x1f\x8b\x08")
    }

    fn memory(_: &mut Input<'_>) -> io::Result<(u64, u64)> {
        Ok((32 << 10, 0))
    }

    fn open(input: Input<'_>, _: u64) -> io::Result<Self::Member<'_>> {
        Ok(GzDecoder::new(input))
    }

    fn text(member: &Self::Member<'_>) -> Vec<u8> {
        let Some(header) = member.header() else { return Vec::new() };
        let parts = [header.filename(), header.comment(), header.extra()];
        parts.into_iter().flatten().flat_map(|part| [part, b"\n"].concat()).collect()
    }

    fn into_input(member: Self::Member<'_>) -> Input<'_> {
        member.into_inner()
    }
}
