//! Random access to a container, wherever its bytes are.

use std::io;

use super::{
    input::SourceState,
    job::{ArchivePath, ExpandJob},
    source::ContainerSource,
    spool::{Spool, SpooledBytes},
};
use crate::blob::ReadAt;

/// Bytes in memory.
pub(super) struct InMemory<'a>(pub(super) &'a [u8]);

impl ReadAt for InMemory<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let count = (self.0.len() - start).min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[start..start + count]);
        Ok(count)
    }
}

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
            parts(job, &InMemory(bytes))
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
                Err(error) if flags.failed.get() => return Err(error),
                Err(error) => {
                    job.damaged(place, kind, &error);
                    return Ok(());
                }
            };
            let error = spool.error.take();
            let (memory, file);
            let at: &dyn ReadAt = match spool.kept() {
                SpooledBytes::Memory(bytes) => {
                    memory = InMemory(bytes);
                    &memory
                }
                SpooledBytes::File(kept) => {
                    file = kept;
                    &file
                }
            };
            job.raw(&own, &mut ContainerSource::At { head: &[], at })?;
            parts(job, at)?;
            match error {
                Some(error) if flags.failed.get() => Err(error),
                Some(error) => {
                    job.damaged(place, kind, &error);
                    Ok(())
                }
                None => Ok(()),
            }
        }
    }
}

/// Up to `count` bytes at an offset.
pub(super) fn bytes_at(at: &dyn ReadAt, offset: u64, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count.min(usize::try_from(at.size().saturating_sub(offset)).unwrap_or(count))];
    let mut filled = 0;
    while filled < bytes.len() {
        match at.read_at(&mut bytes[filled..], offset + filled as u64)? {
            0 => break,
            more => filled += more,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}
