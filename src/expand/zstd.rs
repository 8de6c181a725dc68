//! Zstandard: RFC 8878.

use std::io;

use zstd::stream::read::Decoder;

use super::{
    input::Input,
    job::{ArchivePath, ExpandJob},
    members::{self, MemberCodec},
    source::ContainerSource,
};

/// What a decoder allocates in addition to its window, in bytes.
pub(super) const FIXED: u64 = 512 << 10;

/// The binary logarithm of the largest possible window, in bytes.
pub(super) const LARGEST: u32 = if cfg!(target_pointer_width = "64") { 31 } else { 30 };

struct Zstd;

pub(super) fn recognize(head: &[u8]) -> bool {
    // pzstd starts its files with a skippable frame of four bytes.
    Zstd::begins(head) && (head[0] == 0x28 || head.starts_with(b"\x50\x2a\x4d\x18\x04\0\0\0"))
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    members::open::<Zstd>(job, place, source)
}

impl MemberCodec for Zstd {
    const KIND: &'static str = "Zstandard data";

    type Member<'a> = Decoder<'static, Input<'a>>;

    fn begins(head: &[u8]) -> bool {
        matches!(head, [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
    }

    fn memory(input: &mut Input<'_>) -> io::Result<(u64, u64)> {
        Ok((window(input.peek(14)?), FIXED))
    }

    fn open(input: Input<'_>, _: u64) -> io::Result<Self::Member<'_>> {
        let mut decoder = Decoder::with_buffer(input)?.single_frame();
        // The window grows with the content, which is metered.
        decoder.window_log_max(LARGEST)?;
        Ok(decoder)
    }

    fn into_input(member: Self::Member<'_>) -> Input<'_> {
        member.finish()
    }
}

/// The window size of the frame with this header, in bytes.
pub(super) fn window(head: &[u8]) -> u64 {
    let [0x28, 0xb5, 0x2f, 0xfd, descriptor, fields @ ..] = head else { return 0 };
    let is_single_segment = descriptor & 0x20 != 0;
    if !is_single_segment {
        let Some(byte) = fields.first() else { return 0 };
        let base = 1 << (10 + (byte >> 3));
        return base + base / 8 * u64::from(byte & 7);
    }
    // The frame is a single segment: the window is the content size, which follows the dictionary ID.
    let skipped = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let width = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let Some(size) = fields.get(skipped..skipped + width) else { return 0 };
    let size = size.iter().rev().fold(0, |size, byte| size << 8 | u64::from(*byte));
    if width == 2 { size + 256 } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_read_from_the_header() {
        for (size, level) in [(1, 1), (300, 3), (70_000, 3), (3 << 20, 19)] {
            let packed = zstd::bulk::compress(&vec![7; size], level).unwrap();
            assert_eq!(window(&packed), size as u64);
        }
        let mut streamed = zstd::Encoder::new(Vec::new(), 3).unwrap();
        streamed.window_log(25).unwrap();
        std::io::Write::write_all(&mut streamed, &[7; 1000]).unwrap();
        assert_eq!(window(&streamed.finish().unwrap()), 32 << 20);
    }
}
