//! Random access to a container, wherever its bytes are.

use std::io;

use super::{
    input::SourceState,
    job::{ArchivePath, ExpandJob},
    source::ContainerSource,
    spool::Spool,
};
use crate::{blob::ReadAt, bytes::fill_by};

/// Passes on a file as it is, then lets `parts` read it at any place.
pub(super) fn whole_and_parts(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    kind: &str,
    source: &mut ContainerSource<'_>,
    parts: impl FnOnce(&mut ExpandJob<'_>, &dyn ReadAt) -> io::Result<()>,
) -> io::Result<()> {
    // Its own bytes are one level up: it is no archive.
    let own = ArchivePath { depth: place.depth - 1, ..*place };
    match source {
        ContainerSource::Bytes(bytes) => {
            let bytes: &[u8] = bytes;
            job.raw(&own, &mut ContainerSource::Bytes(bytes))?;
            parts(job, &bytes)
        }
        ContainerSource::At { at, .. } => {
            let at: &dyn ReadAt = *at;
            job.raw(&own, &mut ContainerSource::At { head: &[], at })?;
            parts(job, at)
        }
        ContainerSource::Stream { .. } => {
            let flags = SourceState::default();
            let mut spool = match Spool::new(source.input(&flags), job.budget) {
                Ok(spool) => spool,
                Err(error) => return job.settle(place, kind, &flags, Err(error)),
            };
            let error = spool.error.take();
            let kept = spool.kept();
            let at: &dyn ReadAt = &*kept;
            job.raw(&own, &mut ContainerSource::At { head: &[], at })?;
            parts(job, at)?;
            job.settle(place, kind, &flags, error.map_or(Ok(()), Err))
        }
    }
}

/// Up to `count` bytes at an offset.
pub(super) fn bytes_at(at: &dyn ReadAt, offset: u64, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count.min(usize::try_from(at.size().saturating_sub(offset)).unwrap_or(count))];
    let (count, error) = fill_by(&mut bytes, |room, count| at.read_at(room, offset + count as u64));
    bytes.truncate(count);
    error.map_or(Ok(bytes), Err)
}
