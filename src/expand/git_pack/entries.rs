//! Where the entries of a pack are. Without an index, only inflating one tells where the next begins.

use std::io::{self, BufReader, ErrorKind, Read};

use flate2::bufread::ZlibDecoder;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::{
    blob::{ObjectId, ReadAt},
    expand::{budget::Budget, fault::user_error, source::RangeReader},
    git::{
        ObjectKind,
        pack::{EntryHeader, PackedContent},
    },
};

/// The header of a pack: its mark, its version, and how many entries it has.
const HEADER: u64 = 12;

/// The header of an entry is no longer than this, in bytes.
const LONGEST_HEADER: usize = 64;

/// What an entry costs in memory, in bytes, with what is noted about it later.
const COST: u64 = 64;

/// The checksum of a pack is as long as a name.
const WIDTHS: [usize; 2] = [20, 32];

/// One entry.
pub(super) struct PackedEntry {
    pub(super) offset: u64,
    /// Where its compressed data begins.
    pub(super) data: u64,
    /// How large it is when inflated.
    pub(super) size: u64,
    pub(super) content: PackedContent,
}

/// The entries of a pack, in its order.
pub(super) struct PackedEntries<'b> {
    budget: &'b Budget,
    held: u64,
    start: u64,
    /// How long names are, once that is known.
    width: Option<usize>,
    pub(super) list: Vec<PackedEntry>,
    /// Where the pack ends, or what of it could be read.
    pub(super) end: u64,
}

impl<'b> PackedEntries<'b> {
    pub(super) fn new(budget: &'b Budget, start: u64, width: Option<usize>) -> Self {
        Self { budget, held: 0, start, width, list: Vec::new(), end: start }
    }

    /// Goes through all entries. If there is an error, those before it are known.
    pub(super) fn find(&mut self, whole: &dyn ReadAt) -> io::Result<()> {
        let mut header = [0; HEADER as usize];
        self.end = whole.size();
        RangeReader::new(whole, self.start, whole.size()).read_exact(&mut header)?;
        let [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, count @ ..] = header else {
            return Err(user_error("is a git bundle whose pack has an unknown format".to_owned()));
        };
        let mut offset = self.start + HEADER;
        for _ in 0..u32::from_be_bytes(count) {
            let (entry, end) = self.entry(whole, offset)?;
            self.budget.entry()?;
            self.budget.memory.take(COST)?;
            self.held += COST;
            self.list.push(entry);
            offset = end;
        }
        let left = whole.size().saturating_sub(offset);
        let width = self.width.unwrap_or(if left == 32 { 32 } else { 20 }) as u64;
        if left < width {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.end = offset + width;
        Ok(())
    }

    /// The entry at `offset`, and where it ends.
    fn entry(&mut self, whole: &dyn ReadAt, offset: u64) -> io::Result<(PackedEntry, u64)> {
        let mut head = Vec::new();
        let end = whole.size().min(offset + LONGEST_HEADER as u64);
        RangeReader::new(whole, offset, end).read_to_end(&mut head)?;
        if head.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let mut failed = None;
        for width in
            self.width.map_or(&WIDTHS[..], |width| if width == 20 { &WIDTHS[..1] } else { &WIDTHS[1..] })
        {
            let Some(header) = EntryHeader::parse(&head, *width) else { continue };
            let data = offset + header.length as u64;
            let entry = PackedEntry { offset, data, size: header.size, content: header.content };
            let is_by_name = matches!(header.content, PackedContent::ByName(_));
            match self.measure(whole, &entry) {
                Ok(end) => {
                    if is_by_name {
                        self.width = Some(*width);
                    }
                    return Ok((entry, end));
                }
                // If the names are longer, the data begins later.
                Err(error) => failed = Some(error),
            }
            if !is_by_name {
                break;
            }
        }
        Err(failed.unwrap_or_else(|| damaged("an entry has no valid header")))
    }

    /// Where an entry ends.
    fn measure(&self, whole: &dyn ReadAt, entry: &PackedEntry) -> io::Result<u64> {
        let mut decoder = entry.decoder(whole);
        let count = io::copy(&mut (&mut decoder).take(entry.size + 1), &mut io::sink())?;
        if count != entry.size {
            return Err(damaged("an entry is not as large as it says"));
        }
        self.budget.expanded(count)?;
        Ok(entry.data + decoder.total_in())
    }

    /// How long names are.
    pub(super) fn width(&self) -> usize {
        self.width.unwrap_or(WIDTHS[0])
    }
}

impl Drop for PackedEntries<'_> {
    fn drop(&mut self) {
        self.budget.memory.give(self.held);
    }
}

impl PackedEntry {
    /// Inflates it.
    pub(super) fn decoder<'a>(&self, whole: &'a dyn ReadAt) -> ZlibDecoder<BufReader<RangeReader<'a>>> {
        let most = usize::try_from(self.size).unwrap_or(usize::MAX).clamp(64, 32 << 10);
        ZlibDecoder::new(BufReader::with_capacity(most, RangeReader::new(whole, self.data, whole.size())))
    }
}

/// Names an object by its content.
pub(super) fn name(
    kind: ObjectKind,
    size: u64,
    width: usize,
    content: &mut dyn Read,
) -> io::Result<Option<ObjectId>> {
    fn hash<D: Digest>(header: &str, content: &mut dyn Read) -> io::Result<Option<ObjectId>> {
        let mut hasher = D::new();
        hasher.update(header.as_bytes());
        let mut buffer = [0; 8 << 10];
        loop {
            let count = content.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
        }
        Ok(ObjectId::new(&hasher.finalize()))
    }
    let header = format!("{} {size}\0", word(kind));
    if width == 32 { hash::<Sha256>(&header, content) } else { hash::<Sha1>(&header, content) }
}

/// What git calls a kind of object.
fn word(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Commit => "commit",
        ObjectKind::Tree => "tree",
        ObjectKind::Blob => "blob",
        ObjectKind::Tag => "tag",
    }
}

pub(super) fn damaged(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}
