//! PDF: its compressed streams. The file itself is read as it is, and so is what its streams hold. Filters for pictures
//! mark data. No object is looked up, since a stream says all that is needed right before it.

mod filter;
mod streams;

use std::io;

use memchr::memmem;

use super::{
    forgiving,
    job::{ArchivePath, ExpandJob},
    seekable::{bytes_at, whole_and_parts},
    source::ContainerSource,
};
use crate::blob::ReadAt;
use filter::Filter;
use streams::{PdfStream, Streams};

pub(super) fn recognize(head: &[u8]) -> bool {
    head.starts_with(b"%PDF-")
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    whole_and_parts(job, place, "PDF", source, |job, at| {
        if is_encrypted(at)? {
            let why =
                "is an encrypted PDF: save it without its password and scan it again; it was scanned as is";
            job.not_scanned(place, why.to_owned());
            return Ok(());
        }
        let mut streams = Streams::new(at);
        let mut unknown = None;
        let mut damaged = 0_u64;
        while let (Some(stream), false) = (streams.next()?, job.budget.is_stopped()) {
            match pass_on(job, place, at, &stream)? {
                StreamResult::Read => {}
                StreamResult::Unknown(filter) => unknown = unknown.or(Some(filter)),
                StreamResult::Damaged => damaged += 1,
            }
        }
        if let Some(filter) = unknown {
            let why = format!(
                "has streams with the filter {filter}, which is not supported: print it to a new PDF and scan that"
            );
            job.not_scanned(place, why);
        }
        if damaged > 0 {
            job.not_scanned(place, format!("has damaged streams that cannot be unpacked: {damaged}"));
        }
        Ok(())
    })
}

/// The result of reading a stream.
enum StreamResult {
    /// It was read, or is data.
    Read,
    /// It has a filter that is not supported.
    Unknown(&'static str),
    /// Nothing of it could be read.
    Damaged,
}

fn pass_on(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    at: &dyn ReadAt,
    stream: &PdfStream,
) -> io::Result<StreamResult> {
    if stream.is_picture() {
        return Ok(StreamResult::Read);
    }
    let filters = Filter::all(&stream.dictionary);
    if let Some(Filter::Unknown(name)) = filters.iter().find(|filter| matches!(filter, Filter::Unknown(_))) {
        return Ok(StreamResult::Unknown(name));
    }
    // A stream without filters has been scanned with the file.
    if filters.is_empty() || filters.contains(&Filter::Picture) || stream.start == stream.end {
        return Ok(StreamResult::Read);
    }
    let name = format!("(stream at byte {})", stream.start);
    let decoder = filter::decoder(&filters, at, stream)?;
    let is_read = forgiving::pass_on(job, place, name.as_bytes(), forgiving::INFLATE, decoder);
    Ok(if is_read { StreamResult::Read } else { StreamResult::Damaged })
}

/// How much of either end is searched for a trailer, in bytes. A file that was made for the web has its first one early.
const ENDS: usize = 64 << 10;

/// Whether a trailer, or the stream that takes its place, says so.
fn is_encrypted(at: &dyn ReadAt) -> io::Result<bool> {
    let size = at.size();
    let parts = [(0, ENDS), (size.saturating_sub(ENDS as u64).max(ENDS as u64), ENDS)];
    for (offset, count) in parts {
        let bytes = bytes_at(at, offset, count)?;
        let says_so = memmem::find_iter(&bytes, b"/Encrypt").any(|found| {
            // Followed by a reference or a dictionary, and near to what only trailers have.
            let behind = bytes[found + 8..].trim_ascii_start();
            let near = &bytes[found.saturating_sub(1 << 10)..bytes.len().min(found + (1 << 10))];
            matches!(behind, [b'0'..=b'9' | b'<', ..]) && memmem::find(near, b"/Root").is_some()
        });
        if says_so {
            return Ok(true);
        }
    }
    Ok(false)
}
