//! Containers in the middle of something else, as the engine reports them: gzip in base64, a zip in hex. Nobody has
//! named them as containers, so they are only opened, and their damages are only reported, if more than their first bytes
//! says so.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;
use memchr::memmem;

use super::{
    forgiving,
    job::{ArchivePath, DEPTH, ExpandJob, recognize},
    source::ContainerSource,
    zlib,
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
    let WrappedContainer { wrapping, line, text, is_cut, is_abbreviated } = container;
    let name = match wrapping {
        Wrapping::Base64 => format!("(base64 on line {line})"),
        Wrapping::Hex => format!("(hex on line {line})"),
    };
    let archive = place.join(name.as_bytes());
    let place = ArchivePath { archive: Some(&archive), ..*place };
    let bytes = decode(wrapping, text);
    let Some(kind) = WrappedKind::of(job, &bytes, is_abbreviated) else { return };
    if let Err(error) = job.budget.entry().and_then(|()| job.budget.expanded(bytes.len() as u64)) {
        return job.damaged(&place, "base64", &error);
    }
    let mut source = ContainerSource::Bytes(&bytes);
    // Reading from memory cannot fail.
    let _ = match kind {
        WrappedKind::Known => job.content(&place, &mut source),
        WrappedKind::Zlib if place.depth < DEPTH => {
            zlib::open(job, &ArchivePath { depth: place.depth + 1, ..place }, &mut source)
        }
        WrappedKind::Text if place.depth < DEPTH => {
            job.content(&ArchivePath { depth: place.depth + 1, ..place }, &mut source)
        }
        WrappedKind::Part if place.depth < DEPTH => part(job, &place, &bytes),
        WrappedKind::Zlib | WrappedKind::Text | WrappedKind::Part => {
            let why = format!(
                "is wrapped in more than {DEPTH} archives and encodings, the limit: unpack the outer ones and scan the \
                 directory"
            );
            job.not_scanned(&place, why);
            Ok(())
        }
    };
    if is_cut {
        let why = "is more than 32 MiB of base64, the limit: decode it and scan the result; what comes before that \
                   was scanned";
        job.not_scanned(&place, why.to_owned());
    }
}

/// What the decoded bytes are.
#[derive(Clone, Copy)]
enum WrappedKind {
    /// One of the formats.
    Known,
    Zlib,
    /// Base64 of a container.
    Text,
    /// The start of gzip or zlib. Someone left out the rest on purpose.
    Part,
}

impl WrappedKind {
    fn of(job: &ExpandJob<'_>, bytes: &[u8], is_abbreviated: bool) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, 8, ..] => {
                let is_gzip = zlib::inflates(GzDecoder::new(bytes));
                (is_gzip || is_abbreviated).then_some(if is_abbreviated { Self::Part } else { Self::Known })
            }
            [0x78, ..] => {
                let is_zlib = zlib::recognize(bytes);
                (is_zlib || is_abbreviated).then_some(if is_abbreviated { Self::Part } else { Self::Zlib })
            }
            [b'P', b'K', 3, 4, ..] => {
                // Documents show the start of archives.
                let has_end = memmem::find(bytes, b"PK\x05\x06").is_some();
                (has_end || bytes.len() >= 256 && !is_abbreviated).then_some(Self::Known)
            }
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                let decoder = ::zstd::Decoder::with_buffer(bytes).ok()?;
                zlib::inflates(decoder.single_frame()).then_some(Self::Known)
            }
            _ if recognize(job.formats, bytes).is_some() => (!is_abbreviated).then_some(Self::Known),
            _ => Some(Self::Text),
        }
    }
}

/// Passes on what the start of gzip or zlib holds.
fn part(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, bytes: &[u8]) -> io::Result<()> {
    let decoder: Box<dyn Read> = match bytes {
        [0x78, ..] => Box::new(flate2::bufread::ZlibDecoder::new(bytes)),
        _ => Box::new(GzDecoder::new(bytes)),
    };
    let place = ArchivePath { depth: place.depth + 1, ..*place };
    // Its end is missing on purpose, so it is no damage.
    forgiving::pass_on(job, &place, b"data", forgiving::INFLATE, decoder);
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
