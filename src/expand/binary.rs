//! Compressed data in the middle of a binary: pages of a column file, a resource of a program, the payload of a package.
//! Any binary may hold these bytes by chance, so nothing is reported unless it is beyond doubt compressed data.

use std::io;

use flate2::bufread::GzDecoder;
use memchr::memmem;

use super::{
    forgiving,
    input::{Input, SourceState},
    job::{ArchivePath, DEPTH, ExpandJob},
    seekable::bytes_at,
    source::ContainerSource,
    xz, zstd,
};
use crate::blob::ReadAt;

/// How much of a large binary is searched, in bytes.
pub(super) const MOST: usize = 16 << 20;

/// How many pieces of a binary are opened.
const MOST_PIECES: usize = 10_000;

/// How many places are tried that turn out to be nothing.
const MOST_MISSES: usize = 1000;

/// Where to look for a zero to tell that it is a binary, in bytes. Their headers are full of them.
const HEAD: usize = 512;

/// Whether these are the first bytes of a binary.
pub(super) fn is_binary(head: &[u8]) -> bool {
    memchr::memchr(0, &head[..head.len().min(HEAD)]).is_some()
}

/// Whether this is a binary that holds compressed data.
pub(super) fn holds_container(bytes: &[u8]) -> bool {
    is_binary(bytes) && Pieces::new(bytes).next().is_some()
}

/// Compressed data in a binary.
struct Piece {
    at: usize,
    kind: PieceKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PieceKind {
    Gzip,
    Zstd,
    Xz,
}

/// Goes through the compressed data of a binary.
struct Pieces<'b> {
    bytes: &'b [u8],
    /// For each kind, where its next mark is; the length of all bytes if there is none.
    next: [usize; 3],
    misses: usize,
}

const MARKS: [(&[u8], PieceKind); 3] = [
    (b"\x1f\x8b\x08", PieceKind::Gzip),
    (b"\x28\xb5\x2f\xfd", PieceKind::Zstd),
    (b"\xfd7zXZ\0", PieceKind::Xz),
];

impl<'b> Pieces<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        let mut pieces = Self { bytes, next: [0; 3], misses: 0 };
        pieces.skip_to(1);
        pieces
    }

    /// Goes on at an offset.
    fn skip_to(&mut self, from: usize) {
        for ((mark, _), next) in MARKS.iter().zip(&mut self.next) {
            if *next < from {
                let found = self.bytes.get(from..).and_then(|rest| memmem::find(rest, mark));
                *next = found.map_or(self.bytes.len(), |found| from + found);
            }
        }
    }

    fn is_one(&self, at: usize, kind: PieceKind) -> bool {
        let bytes = &self.bytes[at..];
        match kind {
            PieceKind::Gzip => {
                let is_header = matches!(bytes, [_, _, _, 0..32, _, _, _, _, 0 | 2 | 4, 0..=13 | 255, ..]);
                is_header && forgiving::inflates(GzDecoder::new(bytes))
            }
            PieceKind::Zstd => {
                // A reserved bit, and a window of a size that people use.
                let is_header = bytes.get(4).is_some_and(|descriptor| descriptor & 8 == 0);
                let decoder = ::zstd::Decoder::with_buffer(bytes);
                is_header
                    && zstd::window(bytes) <= MOST as u64
                    && decoder.is_ok_and(|decoder| forgiving::inflates(decoder.single_frame()))
            }
            PieceKind::Xz => matches!(bytes, [_, _, _, _, _, _, 0, 0 | 1 | 4 | 10, ..]),
        }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        while self.misses < MOST_MISSES {
            let (kind, at) = (0..3).map(|kind| (kind, self.next[kind])).min_by_key(|(_, at)| *at)?;
            if at >= self.bytes.len() {
                return None;
            }
            self.skip_to(at + 1);
            if self.is_one(at, MARKS[kind].1) {
                return Some(Piece { at, kind: MARKS[kind].1 });
            }
            self.misses += 1;
        }
        None
    }
}

/// Opens the compressed data in a source that was passed on as it is, if it is a binary that can still be read.
pub(super) fn inside(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &ContainerSource<'_>,
) -> io::Result<()> {
    match source {
        ContainerSource::Bytes(bytes) if holds_container(bytes) => open(job, place, bytes),
        ContainerSource::At { head, at } if is_binary(head) => {
            let most = usize::try_from(at.size()).unwrap_or(usize::MAX).min(MOST);
            // Without memory, it remains as it is.
            if job.budget.memory.take(most as u64).is_ok() {
                let at: &dyn ReadAt = *at;
                let bytes = bytes_at(at, 0, most);
                if let Ok(bytes) = &bytes {
                    open(job, place, bytes);
                }
                job.budget.memory.give(most as u64);
                bytes?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Opens the compressed data in a binary.
pub(super) fn open(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, bytes: &[u8]) {
    let mut pieces = Pieces::new(bytes);
    let mut count = 0;
    while let (Some(piece), false) = (pieces.next(), job.budget.is_stopped()) {
        count += 1;
        if count > MOST_PIECES || place.depth >= DEPTH {
            let why = if place.depth >= DEPTH {
                format!(
                    "holds compressed data at a depth of more than {DEPTH} archives, the limit: unpack the outer ones and scan the directory"
                )
            } else {
                format!(
                    "holds more than {MOST_PIECES} pieces of compressed data, the limit: unpack them and scan the directory"
                )
            };
            return job.not_scanned(place, why);
        }
        let end = open_one(job, place, &piece, &bytes[piece.at..]);
        pieces.skip_to(piece.at + end.max(1));
    }
}

/// Opens one piece. Returns its length if that is known.
fn open_one(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, piece: &Piece, bytes: &[u8]) -> usize {
    let inside = ArchivePath { depth: place.depth + 1, ..*place };
    let name = |kind: &str| format!("({kind} at byte {})", piece.at).into_bytes();
    let mut rest = bytes;
    match piece.kind {
        PieceKind::Gzip => {
            let decoder = Box::new(GzDecoder::new(&mut rest));
            forgiving::pass_on(job, &inside, &name("gzip data"), forgiving::INFLATE, decoder);
        }
        PieceKind::Zstd => {
            let Ok(decoder) = ::zstd::Decoder::with_buffer(&mut rest) else { return 0 };
            let decoder = Box::new(decoder.single_frame());
            forgiving::pass_on(job, &inside, &name("Zstandard data"), zstd::window(bytes), decoder);
        }
        PieceKind::Xz => {
            let flags = SourceState::default();
            let window = xz::dictionary_of_stream(&bytes[..bytes.len().min(xz::HEADERS)]);
            let input = Input::new(bytes, None, &flags);
            let decoder = Box::new(xz::Unpacked::new(input, false, window));
            forgiving::pass_on(job, &inside, &name("xz data"), window, decoder);
        }
    }
    bytes.len() - rest.len()
}
