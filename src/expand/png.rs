//! PNG: its compressed texts. Pixels and color profiles are data.

use std::io;

use flate2::bufread::ZlibDecoder;

use super::{
    forgiving,
    job::{ArchivePath, ExpandJob},
    seekable::{bytes_at, whole_and_parts},
    source::ContainerSource,
};
use crate::blob::ReadAt;

const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A picture has fewer parts. Those after these are not looked at.
const MOST_CHUNKS: usize = 100_000;

/// The longest compressed text, in bytes. Nobody writes longer ones.
const LONGEST: usize = 16 << 20;

/// Whether this is a picture with a compressed text, or one whose parts are not all here.
pub(super) fn recognize(head: &[u8]) -> bool {
    if !head.starts_with(MAGIC) {
        return false;
    }
    let mut has_text = false;
    let end = each_chunk(&head, &mut |kind, _, _| {
        has_text = matches!(kind, b"zTXt" | b"iTXt");
        Ok(!has_text)
    });
    has_text || !matches!(end, Ok(ChunksEnd::End))
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    whole_and_parts(job, place, "picture", source, |job, at| {
        each_chunk(at, &mut |kind, start, length| {
            if matches!(kind, b"zTXt" | b"iTXt") && length <= LONGEST && !job.budget.is_stopped() {
                let chunk = bytes_at(at, start, length)?;
                if let Some(packed) = packed_text(kind, &chunk) {
                    let name = [&b"("[..], kind, b")"].concat();
                    let decoder = Box::new(ZlibDecoder::new(packed));
                    if !forgiving::pass_on(job, place, &name, forgiving::INFLATE, decoder) {
                        job.not_scanned(place, "has a damaged compressed text".to_owned());
                    }
                }
            }
            Ok(true)
        })?;
        Ok(())
    })
}

/// How a list of chunks ends.
enum ChunksEnd {
    /// With its last chunk.
    End,
    /// Before that.
    Cut,
}

/// Takes the type, the start and the length of a chunk, and returns whether to go on.
type ChunkVisitor<'v> = dyn FnMut(&[u8; 4], u64, usize) -> io::Result<bool> + 'v;

/// Calls `found` with the type, the start and the length of each chunk, until it returns false.
fn each_chunk(at: &dyn ReadAt, found: &mut ChunkVisitor<'_>) -> io::Result<ChunksEnd> {
    let mut offset = MAGIC.len() as u64;
    for _ in 0..MOST_CHUNKS {
        let header = bytes_at(at, offset, 8)?;
        let Ok([a, b, c, d, kind @ ..]) = <[u8; 8]>::try_from(header) else { return Ok(ChunksEnd::Cut) };
        let length = u32::from_be_bytes([a, b, c, d]);
        if kind == *b"IEND" {
            return Ok(ChunksEnd::End);
        }
        if !found(&kind, offset + 8, length as usize)? {
            return Ok(ChunksEnd::Cut);
        }
        offset += 12 + u64::from(length);
    }
    Ok(ChunksEnd::End)
}

/// The zlib data of a text.
fn packed_text<'c>(kind: &[u8; 4], chunk: &'c [u8]) -> Option<&'c [u8]> {
    let after_zero = |text: &'c [u8]| Some(&text[memchr::memchr(0, text)? + 1..]);
    let after_keyword = after_zero(chunk)?;
    match (kind, after_keyword) {
        (b"zTXt", [0, packed @ ..]) => Some(packed),
        // Then a language and a translated keyword.
        (b"iTXt", [1, 0, rest @ ..]) => after_zero(after_zero(rest)?),
        _ => None,
    }
}
