//! tar: the old format, POSIX (ustar, pax) and GNU.
//!
//! It is read here and not by a crate since those read the long names of GNU and the headers of pax into memory, as
//! long as the archive says they are.

mod header;

use std::io::{self, BufRead, ErrorKind, Read};

use super::{
    fault::said,
    input::{Exactly, Flags, Input},
    job::{Job, Place},
    source::Source,
};
use header::{Header, Kind};

const BLOCK: usize = 512;

/// A long name or a pax header is read up to this many bytes.
const LONGEST: u64 = 1 << 20;

pub(super) fn recognize(head: &[u8]) -> bool {
    head.get(..BLOCK).is_some_and(|block| Header::parse(block).is_some())
}

pub(super) fn open(job: &mut Job<'_>, place: &Place<'_>, source: &mut Source<'_>) -> io::Result<()> {
    let flags = Flags::default();
    let mut input = source.input(&flags);
    let result = entries(job, place, &mut input);
    drop(input);
    job.settle(place, "tar archive", &flags, result)
}

/// What the next entry's extra headers say about it.
#[derive(Default)]
struct Ahead {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    others: Vec<u8>,
}

fn entries(job: &mut Job<'_>, place: &Place<'_>, input: &mut Input<'_>) -> io::Result<()> {
    let mut ahead = Ahead::default();
    let mut has_ended = false;
    while !job.budget.is_stopped() {
        let block: [u8; BLOCK] = match input.peek(BLOCK)?.try_into() {
            Ok(block) => block,
            Err(_) if has_ended => return behind(job, place, input),
            Err(_) => {
                // What there is of a header may hold a part of a name.
                behind(job, place, input)?;
                return Err(ErrorKind::UnexpectedEof.into());
            }
        };
        if block.iter().all(|byte| *byte == 0) {
            has_ended = true;
            input.consume(BLOCK);
            continue;
        }
        let Some(header) = Header::parse(&block) else {
            behind(job, place, input)?;
            return if has_ended {
                Ok(())
            } else {
                Err(said("has a damaged header: what comes after it was scanned as it is".to_owned()))
            };
        };
        has_ended = false;
        input.consume(BLOCK);
        job.budget.entry()?;
        entry(job, place, input, &header, &mut ahead)?;
    }
    Ok(())
}

/// Passes on what is no entry.
fn behind(job: &mut Job<'_>, place: &Place<'_>, input: &mut Input<'_>) -> io::Result<()> {
    if input.is_at_end()? {
        return Ok(());
    }
    job.inner(place, b"(what stands behind it)", input)
}

fn entry(
    job: &mut Job<'_>,
    place: &Place<'_>,
    input: &mut Input<'_>,
    header: &Header,
    ahead: &mut Ahead,
) -> io::Result<()> {
    match header.kind {
        Kind::LongName => ahead.name = Some(text(input, header.size)?),
        Kind::LongLink => ahead.link = Some(text(input, header.size)?),
        Kind::Pax => {
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
        Kind::GlobalPax => {
            let records = small(input, header.size)?;
            job.text(place, b"(pax header)", &records);
        }
        Kind::Data | Kind::Sparse | Kind::Other => {
            let Ahead { name, link, size, others } = std::mem::take(ahead);
            let name = name.unwrap_or_else(|| header.name());
            job.name(place, &name);
            job.text(place, &name, &link.unwrap_or_else(|| header.link.clone()));
            job.text(&inside(place, &name).place(), b"(pax header)", &others);
            if header.kind == Kind::Sparse {
                skip_sparse_map(input, header)?;
            }
            let size = if header.kind == Kind::Other { 0 } else { size.unwrap_or(header.size) };
            let mut data = Exactly { input, left: size };
            if size > 0 {
                job.inner(place, &name, &mut data)?;
            }
            let left = data.left;
            skip(input, left, size)?;
        }
    }
    Ok(())
}

/// The inner path of an entry, as a place for what belongs to it.
struct Inside {
    archive: Vec<u8>,
    depth: usize,
}

impl Inside {
    fn place(&self) -> Place<'_> {
        Place { archive: Some(&self.archive), depth: self.depth }
    }
}

fn inside(place: &Place<'_>, name: &[u8]) -> Inside {
    Inside { archive: place.join(name), depth: place.depth }
}

/// The data of an extra header.
fn small(input: &mut Input<'_>, size: u64) -> io::Result<Vec<u8>> {
    if size > LONGEST {
        return Err(said(
            "has a header of more than 1 MiB, the limit: unpack it and scan the folder".to_owned(),
        ));
    }
    let mut data = Vec::new();
    Exactly { input, left: size }.read_to_end(&mut data)?;
    skip(input, 0, size)?;
    Ok(data)
}

/// The same, up to the zero byte it ends with.
fn text(input: &mut Input<'_>, size: u64) -> io::Result<Vec<u8>> {
    let mut text = small(input, size)?;
    text.truncate(text.iter().position(|byte| *byte == 0).unwrap_or(text.len()));
    Ok(text)
}

/// Goes over what is `left` of data of this size, and on to the next block.
fn skip(input: &mut Input<'_>, left: u64, size: u64) -> io::Result<()> {
    let padding = size.wrapping_neg() % BLOCK as u64;
    let mut rest = Exactly { input, left: left.saturating_add(padding) };
    io::copy(&mut rest, &mut io::sink())?;
    Ok(())
}

/// The map of a sparse file goes on in blocks of its own.
fn skip_sparse_map(input: &mut Input<'_>, header: &Header) -> io::Result<()> {
    let mut goes_on = header.map_goes_on;
    while goes_on {
        let mut block = [0; BLOCK];
        input.read_exact(&mut block)?;
        goes_on = block[504] == 1;
    }
    Ok(())
}
