//! Formats that are recognized beyond doubt and that nothing here can open. They are named, and scanned as they are.

use std::io;

use memchr::memmem;

use super::{
    job::{ArchivePath, ExpandJob},
    source::ContainerSource,
};

/// The name of such a format, with an article.
fn name(head: &[u8]) -> Option<&'static str> {
    const MAGICS: [(&[u8], &str); 9] = [
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07\x00", "a RAR archive"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (b"\x04\x22\x4d\x18", "LZ4 data"),
        (b"\x89LZO\0\r\n\x1a\n", "lzop data"),
        (b"\xff\x06\0\0sNaPpY", "Snappy data"),
        (b"MSCF\0\0\0\0", "a cabinet file"),
        (b"LZIP\x01", "lzip data"),
        (b"\xed\xab\xee\xdb", "an RPM package"),
    ];
    let known = MAGICS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name);
    known.or(match head {
        [0x1f, 0x9d, 0x89..=0x90, ..] => Some("compress data"),
        _ if is_lzma(head) => Some("LZMA data"),
        _ if is_squashfs(head) => Some("a Squashfs image"),
        _ if is_packed_avro(head) => Some("an Avro file with compressed blocks"),
        _ => None,
    })
}

pub(super) fn recognize(head: &[u8]) -> bool {
    name(head).is_some()
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    let name = name(source.head()).unwrap_or("an archive");
    let why = format!(
        "is {name}, which skanner cannot open: unpack it and scan the directory; it was scanned as is"
    );
    job.not_scanned(place, why);
    job.raw(place, source)
}

/// The old format of xz has no magic, but few dictionary sizes, and the first byte of its data is always zero.
fn is_lzma(head: &[u8]) -> bool {
    let [0x5d, a, b, c, d, size @ ..] = head else { return false };
    let dictionary = u32::from_le_bytes([*a, *b, *c, *d]);
    let Some((size, [0, ..])) = size.split_first_chunk() else { return false };
    let size = u64::from_le_bytes(*size);
    dictionary.is_power_of_two()
        && dictionary >= 1 << 16
        && (size == u64::MAX || (1..1 << 38).contains(&size))
}

fn is_squashfs(head: &[u8]) -> bool {
    head.starts_with(b"hsqs") && head.get(28..32) == Some(&[4, 0, 0, 0])
}

/// Blocks are as they are, or packed by the codec that the header names.
fn is_packed_avro(head: &[u8]) -> bool {
    const CODEC: &[u8] = b"avro.codec";
    if !head.starts_with(b"Obj\x01") {
        return false;
    }
    memmem::find(head, CODEC).is_some_and(|at| {
        // A length precedes the name.
        head.get(at + CODEC.len() + 1..).is_some_and(|codec| !codec.starts_with(b"null"))
    })
}
