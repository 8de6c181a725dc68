//! A loose object of git, as a file: a zlib stream that begins with the object's type and size. In a repository they are
//! read by name; this is for those in archives, and in folders that are no repository.

use std::io::{self, Read};

use flate2::{Decompress, FlushDecompress, bufread::ZlibDecoder};

use super::{
    budget::Meter,
    input::{Input, SourceState},
    job::{ArchivePath, ExpandJob},
    source::ContainerSource,
};

const KIND: &str = "git object";

/// The longest header, in bytes: a type, and a size of 20 digits.
const LONGEST_HEADER: usize = 32;

/// Whether a loose object begins here.
pub(super) fn recognize(head: &[u8]) -> bool {
    let [0x78, level @ (0x01 | 0x5e | 0x9c | 0xda), ..] = head else { return false };
    let mut start = [0; LONGEST_HEADER];
    let mut inflater = Decompress::new(true);
    let _ = level;
    // Whether the stream is damaged further on does not matter here.
    let _ = inflater.decompress(head, &mut start, FlushDecompress::None);
    kind(&start[..usize::try_from(inflater.total_out()).unwrap_or_default()]).is_some()
}

/// The type that a header names.
fn kind(start: &[u8]) -> Option<&'static str> {
    let header = &start[..memchr::memchr(0, start)?];
    let (kind, size) = header.split_at(memchr::memchr(b' ', header)?);
    let is_size = size.len() > 1 && size[1..].iter().all(u8::is_ascii_digit);
    ["blob", "commit", "tag", "tree"].into_iter().find(|known| is_size && known.as_bytes() == kind)
}

/// Passes on what the object holds, and what follows it.
pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    let flags = SourceState::default();
    let mut decoder = ZlibDecoder::new(source.input(&flags));
    let mut result = pass_on(job, place, &mut decoder);
    let mut rest: Input<'_> = decoder.into_inner();
    if result.is_ok() && !job.budget.is_stopped() {
        result = match rest.is_at_end() {
            Ok(true) => Ok(()),
            Ok(false) => job.inner(place, b"(trailing data)", &mut rest),
            Err(error) => Err(error),
        };
    }
    drop(rest);
    job.settle(place, KIND, &flags, result)
}

fn pass_on(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    decoder: &mut ZlibDecoder<Input<'_>>,
) -> io::Result<()> {
    let budget = job.budget;
    let mut content = Metered { decoder, meter: Meter::new(budget, 32 << 10, 0)? };
    let mut header = Vec::new();
    let mut byte = [0];
    while header.len() < LONGEST_HEADER && content.read(&mut byte)? == 1 {
        header.push(byte[0]);
        if byte == [0] {
            break;
        }
    }
    job.inner(place, kind(&header).unwrap_or("object").as_bytes(), &mut content)
}

/// Counts what comes out.
struct Metered<'d, 'i, 'b> {
    decoder: &'d mut ZlibDecoder<Input<'i>>,
    meter: Meter<'b>,
}

impl Read for Metered<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer)?;
        self.meter.add(count)?;
        Ok(count)
    }
}
