//! Packs of git, and bundles, which are a list of references and a pack. In a repository packs are read by their index;
//! this is for those that lie about, in archives or in folders that are no repository.

mod entries;
mod resolve;

use std::io;

use super::{
    fault::user_error,
    input::SourceState,
    job::{ArchivePath, ExpandJob},
    source::{ContainerSource, RangeReader},
    spool::Spool,
};
use crate::blob::ReadAt;
use entries::PackedEntries;

const KIND: &str = "git pack";

/// The first lines of bundles.
const BUNDLES: [&[u8]; 2] = [b"# v2 git bundle\n", b"# v3 git bundle\n"];

/// A bundle with a longer list of references is not read, in bytes.
const LONGEST_LIST: u64 = 16 << 20;

/// Whether a pack of a known version begins here.
pub(super) fn recognize(head: &[u8]) -> bool {
    matches!(head, [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, _, _, _, _, ..])
}

/// Whether a bundle begins here.
pub(super) fn recognize_bundle(head: &[u8]) -> bool {
    BUNDLES.iter().any(|first| head.starts_with(first))
}

/// Passes on every object.
pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    let flags = SourceState::default();
    match source {
        ContainerSource::Bytes(bytes) => read(job, place, &Watched { at: bytes, flags: &flags }),
        ContainerSource::At { at, .. } => read(job, place, &Watched { at: *at, flags: &flags }),
        ContainerSource::Stream { .. } => {
            let spool = Spool::new(source.input(&flags), job.budget);
            let mut spool = match spool {
                Ok(spool) => spool,
                Err(error) => return job.settle(place, KIND, &flags, Err(error)),
            };
            let error = spool.error.take();
            let own = SourceState::default();
            read(job, place, &Watched { at: &*spool.kept(), flags: &own })?;
            job.settle(place, KIND, &flags, error.map_or(Ok(()), Err))
        }
    }
}

fn read(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, whole: &Watched<'_>) -> io::Result<()> {
    let result = read_all(job, place, whole);
    job.settle(place, KIND, whole.flags, result)
}

fn read_all(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, whole: &Watched<'_>) -> io::Result<()> {
    let list = match BundleList::read(whole)? {
        Some(list) => list,
        None => BundleList { text: Vec::new(), width: None },
    };
    job.text(place, b"(header)", &list.text);
    let mut entries = PackedEntries::new(job.budget, list.text.len() as u64, list.width);
    let found = entries.find(whole);
    let resolved = resolve::pass_on(job, place, whole, &entries);
    let end = entries.end;
    drop(entries);
    resolved?;
    found?;
    if end < whole.size() && !job.budget.is_stopped() {
        job.inner(place, b"(trailing data)", &mut RangeReader::new(whole, end, whole.size()))?;
    }
    Ok(())
}

/// What a bundle says before its pack.
struct BundleList {
    text: Vec<u8>,
    /// How long names of objects are, in bytes, if it says so.
    width: Option<usize>,
}

impl BundleList {
    /// `None` if it is no bundle.
    fn read(whole: &dyn ReadAt) -> io::Result<Option<Self>> {
        let mut text = vec![0; 16];
        let count = whole.read_at(&mut text, 0)?;
        if !recognize_bundle(&text[..count]) {
            return Ok(None);
        }
        let mut size = 64 << 10;
        loop {
            text.clear();
            io::Read::read_to_end(&mut RangeReader::new(whole, 0, whole.size().min(size)), &mut text)?;
            if let Some(end) = memchr::memmem::find(&text, b"\n\n") {
                text.truncate(end + 2);
                let is_long = memchr::memmem::find(&text, b"\n@object-format=sha256\n").is_some();
                return Ok(Some(Self { text, width: Some(if is_long { 32 } else { 20 }) }));
            }
            if size >= whole.size() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if size >= LONGEST_LIST {
                return Err(user_error(
                    "is a git bundle with more than 16 MiB of references, the limit: clone it and scan the clone".to_owned(),
                ));
            }
            size *= 4;
        }
    }
}

/// Notes errors of the medium, which are not the pack's own.
struct Watched<'a> {
    at: &'a dyn ReadAt,
    flags: &'a SourceState,
}

impl ReadAt for Watched<'_> {
    fn size(&self) -> u64 {
        self.at.size()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.at.read_at(buffer, offset).inspect_err(|_| self.flags.failed.set(true))
    }
}
