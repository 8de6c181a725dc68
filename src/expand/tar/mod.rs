//! tar: the old format, POSIX (ustar, pax) and GNU.
//!
//! It is parsed here and not by a crate, because crates read GNU long names and pax headers into memory at whatever
//! length the archive claims.

mod header;

use std::io::{self, BufRead, ErrorKind, Read};

use super::{
    fault::user_error,
    input::{ExactReader, Input, SourceState},
    job::{ArchivePath, ExpandJob},
    source::ContainerSource,
};
use header::{TarHeader, TarKind};

const BLOCK: usize = 512;

/// A long name or pax header is read up to this many bytes.
const LONGEST: u64 = 1 << 20;

pub(super) fn recognize(head: &[u8]) -> bool {
    head.get(..BLOCK).is_some_and(|block| TarHeader::parse(block).is_some())
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    let flags = SourceState::default();
    let mut input = source.input(&flags);
    let result = entries(job, place, &mut input);
    drop(input);
    job.settle(place, "tar archive", &flags, result)
}

/// What extra headers say about the next entry.
#[derive(Default)]
struct PendingHeaders {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    others: Vec<u8>,
}

fn entries(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, input: &mut Input<'_>) -> io::Result<()> {
    let mut ahead = PendingHeaders::default();
    let mut has_ended = false;
    while !job.budget.is_stopped() {
        let block: [u8; BLOCK] = match input.peek(BLOCK)?.try_into() {
            Ok(block) => block,
            Err(_) if has_ended => return behind(job, place, input),
            Err(_) => {
                // An incomplete header may contain part of a name.
                behind(job, place, input)?;
                return Err(ErrorKind::UnexpectedEof.into());
            }
        };
        if block.iter().all(|byte| *byte == 0) {
            has_ended = true;
            input.consume(BLOCK);
            continue;
        }
        let Some(header) = TarHeader::parse(&block) else {
            behind(job, place, input)?;
            return if has_ended {
                Ok(())
            } else {
                Err(user_error("has a damaged header: everything after it was scanned as is".to_owned()))
            };
        };
        has_ended = false;
        input.consume(BLOCK);
        job.budget.entry()?;
        entry(job, place, input, &header, &mut ahead)?;
    }
    Ok(())
}

/// Passes on data that is not an entry.
fn behind(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, input: &mut Input<'_>) -> io::Result<()> {
    if input.is_at_end()? {
        return Ok(());
    }
    job.inner(place, b"(trailing data)", input)
}

fn entry(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    input: &mut Input<'_>,
    header: &TarHeader,
    ahead: &mut PendingHeaders,
) -> io::Result<()> {
    match header.kind {
        TarKind::LongName => ahead.name = Some(text(input, header.size)?),
        TarKind::LongLink => ahead.link = Some(text(input, header.size)?),
        TarKind::Pax => {
            for (key, value) in header::records(&small(input, header.size)?) {
                match key {
                    b"path" | b"GNU.sparse.name" => ahead.name = Some(value.to_vec()),
                    b"linkpath" => ahead.link = Some(value.to_vec()),
                    b"size" => {
                        ahead.size = std::str::from_utf8(value).ok().and_then(|size| size.parse().ok())
                    }
                    _ => ahead.others.extend([key, b"=", value, b"\n"].concat()),
                }
            }
        }
        TarKind::GlobalPax => {
            let records = small(input, header.size)?;
            job.text(place, b"(pax header)", &records);
        }
        TarKind::Data | TarKind::Sparse | TarKind::Other => {
            let PendingHeaders { name, link, size, others } = std::mem::take(ahead);
            let name = name.unwrap_or_else(|| header.name());
            job.name(place, &name);
            job.text(place, &name, &link.unwrap_or_else(|| header.link.clone()));
            job.text(&inside(place, &name).place(), b"(pax header)", &others);
            if header.kind == TarKind::Sparse {
                skip_sparse_map(input, header)?;
            }
            let size = if header.kind == TarKind::Other { 0 } else { size.unwrap_or(header.size) };
            let mut data = ExactReader { input, left: size };
            if size > 0 {
                job.inner(place, &name, &mut data)?;
            }
            let left = data.left;
            skip(input, left, size)?;
        }
    }
    Ok(())
}

/// The inner path of an entry, as the location of its parts.
struct EntryPath {
    archive: Vec<u8>,
    depth: usize,
}

impl EntryPath {
    fn place(&self) -> ArchivePath<'_> {
        ArchivePath { archive: Some(&self.archive), depth: self.depth }
    }
}

fn inside(place: &ArchivePath<'_>, name: &[u8]) -> EntryPath {
    EntryPath { archive: place.join(name), depth: place.depth }
}

/// Reads the data of an extra header.
fn small(input: &mut Input<'_>, size: u64) -> io::Result<Vec<u8>> {
    if size > LONGEST {
        return Err(user_error(
            "has a header of more than 1 MiB, the limit: unpack it and scan the directory".to_owned(),
        ));
    }
    let mut data = Vec::new();
    ExactReader { input, left: size }.read_to_end(&mut data)?;
    skip(input, 0, size)?;
    Ok(data)
}

/// The same, up to the terminating zero byte.
fn text(input: &mut Input<'_>, size: u64) -> io::Result<Vec<u8>> {
    let mut text = small(input, size)?;
    text.truncate(text.iter().position(|byte| *byte == 0).unwrap_or(text.len()));
    Ok(text)
}

/// Skips the `left` bytes of data of this size, and the padding up to the next block.
fn skip(input: &mut Input<'_>, left: u64, size: u64) -> io::Result<()> {
    let padding = size.wrapping_neg() % BLOCK as u64;
    let mut rest = ExactReader { input, left: left.saturating_add(padding) };
    io::copy(&mut rest, &mut io::sink())?;
    Ok(())
}

/// Skips the map of a sparse file, which continues in blocks of its own.
fn skip_sparse_map(input: &mut Input<'_>, header: &TarHeader) -> io::Result<()> {
    let mut goes_on = header.map_goes_on;
    while goes_on {
        let mut block = [0; BLOCK];
        input.read_exact(&mut block)?;
        goes_on = block[504] == 1;
    }
    Ok(())
}
