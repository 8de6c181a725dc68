//! The bytes of a container.

use std::io::{self, Read};

use super::{
    fault::user_error,
    input::{Input, SourceState},
};
use crate::blob::{Content, ReadAt};

/// Where the bytes of a container are.
pub(super) enum ContainerSource<'a> {
    /// In memory.
    Bytes(&'a [u8]),
    /// With random access, and a copy of the first bytes.
    At { head: &'a [u8], at: &'a dyn ReadAt },
    /// The first bytes in memory. The rest can be read once.
    Stream { head: &'a [u8], rest: &'a mut dyn Read },
}

impl ContainerSource<'_> {
    pub(super) fn head(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::At { head, .. } | Self::Stream { head, .. } => head,
        }
    }

    /// An input that reads from the start. A stream allows this only once.
    pub(super) fn input<'s>(&'s mut self, flags: &'s SourceState) -> Input<'s> {
        match self {
            Self::Bytes(bytes) => Input::new(bytes, None, flags),
            Self::At { at, .. } => Input::new(&[], Some(Box::new(RangeReader::whole(*at))), flags),
            Self::Stream { head, rest } => Input::new(head, Some(Box::new(&mut **rest)), flags),
        }
    }

    /// Whether it can still be read from the start.
    pub(super) fn is_whole(&self, flags: &SourceState) -> bool {
        !matches!(self, Self::Stream { .. }) || !flags.spent.get()
    }

    /// All the bytes, unexpanded.
    pub(super) fn raw<T>(&mut self, pass: impl FnOnce(Content<'_>) -> T) -> T {
        match self {
            Self::Bytes(bytes) => pass(Content::Bytes(bytes)),
            Self::At { at, .. } => pass(Content::Stream(&mut RangeReader::whole(*at))),
            Self::Stream { head, rest } => pass(Content::Stream(&mut head.chain(rest))),
        }
    }
}

/// Reads a range of a source with random access.
pub(super) struct RangeReader<'a> {
    at: &'a dyn ReadAt,
    from: u64,
    to: u64,
}

impl<'a> RangeReader<'a> {
    pub(super) fn whole(at: &'a dyn ReadAt) -> Self {
        Self { at, from: 0, to: at.size() }
    }

    pub(super) fn new(at: &'a dyn ReadAt, from: u64, to: u64) -> Self {
        Self { at, from, to }
    }
}

impl Read for RangeReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.to.saturating_sub(self.from)).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let count = self.at.read_at(&mut buffer[..most], self.from)?;
        if count == 0 {
            return Err(user_error("shrank while it was being read: scan it again".to_owned()));
        }
        self.from += count as u64;
        Ok(count)
    }
}
