//! Containers in the middle of something else, as the engine reports them: gzip in base64, a zip in hex. Nobody has
//! named them as containers, so they are only opened, and their damages are only reported, if more than their first bytes
//! says so.

use std::io::{self, Read};

use flate2::bufread::{GzDecoder, ZlibDecoder};
use memchr::memmem;

use super::{
    forgiving::{self, Beginning},
    job::{ArchivePath, DEPTH, ExpandJob, recognize},
    source::ContainerSource,
    zlib, zstd,
};
use crate::{
    blob::{WrappedContainer, WrappedContainers, Wrapping},
    bytes::hex,
};

/// Opens the containers in the content at `place`.
pub(super) fn open(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, containers: WrappedContainers) {
    let WrappedContainers { found, left_out } = containers;
    for container in found {
        if job.budget.is_stopped() {
            return;
        }
        open_one(job, place, container);
    }
    if left_out > 0 {
        let why = format!(
            "contains {left_out} more pieces of compressed data in base64 or hex than are opened in one file, or more of \
             them than 32 MiB: decode them and scan the result"
        );
        job.not_scanned(place, why);
    }
}

fn open_one(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, container: WrappedContainer) {
    let WrappedContainer { wrapping, line, text, is_cut, is_abbreviated, holds_key } = container;
    let name = match wrapping {
        Wrapping::Base64 => format!("(base64 on line {line})"),
        Wrapping::Hex => format!("(hex on line {line})"),
    };
    let archive = place.join(name.as_bytes());
    let place = ArchivePath { archive: Some(&archive), ..*place };
    // Without its first character it is no container, and any key is still found in it.
    let no_container = if holds_key { text[1..].to_vec() } else { Vec::new() };
    let bytes = decode(wrapping, text);
    let kind = match WrappedKind::of(job, &bytes, is_abbreviated) {
        WrappedKind::Chance if no_container.is_empty() => return,
        kind => kind,
    };
    if let Err(error) = job.budget.entry().and_then(|()| job.budget.expanded(bytes.len() as u64)) {
        return job.damaged(&place, "base64", &error);
    }
    if place.depth >= DEPTH && !matches!(kind, WrappedKind::Known) {
        let why = format!(
            "is wrapped in more than {DEPTH} archives and encodings, the limit: unpack the outer ones and scan the \
             directory"
        );
        return job.not_scanned(&place, why);
    }
    let inside = ArchivePath { depth: place.depth + 1, ..place };
    let mut source = ContainerSource::Bytes(&bytes);
    // Reading from memory cannot fail.
    let _ = match kind {
        WrappedKind::Known => job.content(&place, &mut source),
        WrappedKind::Zlib => zlib::open(job, &inside, &mut source),
        WrappedKind::Text => job.content(&inside, &mut source),
        WrappedKind::Part => part(job, &inside, &bytes),
        WrappedKind::Start(start) if no_container.is_empty() => job.inner(&inside, b"data", &mut &start[..]),
        WrappedKind::Start(_) | WrappedKind::Chance => {
            job.content(&inside, &mut ContainerSource::Bytes(&no_container))
        }
    };
    if is_cut {
        let why = "is more than 32 MiB of base64, the limit: decode it and scan the result; what comes before that \
                   was scanned";
        job.not_scanned(&place, why.to_owned());
    }
}

/// What the decoded bytes are.
enum WrappedKind {
    /// One of the formats.
    Known,
    Zlib,
    /// Base64 of a container.
    Text,
    /// The start of gzip, zlib or Zstandard. Someone left out the rest on purpose.
    Part,
    /// Something that holds this little before it is damaged. Nobody can tell whether it ever was a container.
    Start(Vec<u8>),
    /// No container.
    Chance,
}

impl WrappedKind {
    fn of(job: &ExpandJob<'_>, bytes: &[u8], is_abbreviated: bool) -> Self {
        let unpacked = |decoder: &mut dyn Read, kind| match forgiving::begin(decoder) {
            Beginning::Sound if is_abbreviated => Self::Part,
            Beginning::Sound => kind,
            Beginning::Doubtful(start) if start.is_empty() => Self::Chance,
            Beginning::Doubtful(start) => Self::Start(start),
        };
        match bytes {
            [0x1f, 0x8b, 8, ..] => unpacked(&mut GzDecoder::new(bytes), Self::Known),
            [0x78, ..] if zlib::begins(bytes) => unpacked(&mut ZlibDecoder::new(bytes), Self::Zlib),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => match ::zstd::Decoder::with_buffer(bytes) {
                Ok(decoder) => unpacked(&mut decoder.single_frame(), Self::Known),
                Err(_) => Self::Chance,
            },
            [b'P', b'K', 3, 4, ..] => {
                // Documents show the start of archives.
                let has_end = memmem::find(bytes, b"PK\x05\x06").is_some();
                if has_end || bytes.len() >= 256 && !is_abbreviated { Self::Known } else { Self::Chance }
            }
            _ if recognize(job.formats, bytes).is_none() => Self::Text,
            _ if is_abbreviated => Self::Chance,
            _ => Self::Known,
        }
    }
}

/// Passes on what the start of compressed data holds.
fn part(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, bytes: &[u8]) -> io::Result<()> {
    let (decoder, window): (Box<dyn Read>, u64) = match bytes {
        [0x78, ..] => (Box::new(ZlibDecoder::new(bytes)), forgiving::INFLATE),
        [0x1f, ..] => (Box::new(GzDecoder::new(bytes)), forgiving::INFLATE),
        _ => (Box::new(::zstd::Decoder::with_buffer(bytes)?.single_frame()), zstd::window(bytes)),
    };
    // Its end is missing on purpose, so it is no damage.
    forgiving::pass_on(job, place, b"data", window, decoder);
    Ok(())
}

/// The bytes that the characters encode.
fn decode(wrapping: Wrapping, mut text: Vec<u8>) -> Vec<u8> {
    match wrapping {
        Wrapping::Base64 => {
            // A single character does not encode a whole byte.
            if text.len() % 4 == 1 {
                text.pop();
            }
            base64_simd::forgiving_decode_to_vec(&text).unwrap_or_default()
        }
        Wrapping::Hex => text.as_chunks().0.iter().filter_map(|pair| hex::byte(*pair)).collect(),
    }
}
