//! Reads one file: small ones whole, large ones as a stream, and nothing that could block.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    path::Path,
};

use super::{
    sink::Sink,
    words::{display_path, why},
};
use crate::{
    blob::{Blob, Content, FileAt, Origin, SourceKind, WINDOW},
    bytes::fill,
};

/// A file that grows while it is read is followed up to twice its size, and at least this far, in bytes.
const LEAST_LIMIT: u64 = 64 << 20;

/// Reads files into a reusable buffer, one reader per thread.
#[derive(Default)]
pub(crate) struct FileReader {
    buffer: Vec<u8>,
}

impl FileReader {
    /// Pushes one file, or reports why it could not be read. Links are followed only if `follow` is set.
    pub(crate) fn feed(&mut self, path: &Path, follow: bool, sink: &mut impl Sink) {
        self.feed_as(SourceKind::File, path, follow, sink);
    }

    /// Like [`Self::feed`], with another kind of source.
    pub(crate) fn feed_as(&mut self, kind: SourceKind, path: &Path, follow: bool, sink: &mut impl Sink) {
        let shown = display_path(path);
        if let Err(error) = self.try_feed(Origin::new(kind, &shown), path, follow, sink) {
            sink.not_scanned(&shown, why(&error));
        }
    }

    /// Pushes what a file holds as something else: the content of a Git LFS pointer.
    pub(crate) fn feed_content(&mut self, file: &Path, origin: &Origin<'_>, sink: &mut impl Sink) {
        if let Err(error) = self.try_feed(*origin, file, false, sink) {
            sink.not_scanned(origin.path, format!("its Git LFS content cannot be read: {}", why(&error)));
        }
    }

    /// Pushes the target of a symbolic link as text.
    pub(crate) fn feed_link(path: &Path, sink: &mut impl Sink) {
        let shown = display_path(path);
        let origin = Origin::new(SourceKind::File, &shown);
        match std::fs::read_link(path) {
            Ok(target) => {
                let content = Content::Bytes(target.as_os_str().as_encoded_bytes());
                sink.blob(Blob::new(origin, content));
            }
            Err(error) => sink.not_scanned(&shown, why(&error)),
        }
    }

    fn try_feed(
        &mut self,
        origin: Origin<'_>,
        path: &Path,
        follow: bool,
        sink: &mut impl Sink,
    ) -> io::Result<()> {
        let mut file = open(path, follow)?;
        self.buffer.resize(WINDOW, 0);
        let (filled, error) = fill(&mut file, &mut self.buffer);
        if let Some(error) = error {
            return Err(error);
        }
        let start = &self.buffer[..filled];
        if filled < WINDOW {
            sink.blob(Blob::new(origin, Content::Bytes(start)));
            return Ok(());
        }
        // Check the type only now: a device that replaced the file yields bytes without end.
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("is no longer a regular file"));
        }
        let at = FileAt { file: &file, size: metadata.len() };
        let rest = BoundedFile {
            file: &file,
            expected: metadata.len().saturating_sub(filled as u64),
            left: metadata.len().saturating_mul(2).max(LEAST_LIMIT),
        };
        let content = Content::Stream(&mut start.chain(rest));
        sink.blob(Blob { at: Some(&at), ..Blob::new(origin, content) });
        Ok(())
    }
}

/// Opens for reading, without waiting for the other end of a FIFO.
pub(super) fn open(path: &Path, follow: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let link = if follow { OFlags::empty() } else { OFlags::NOFOLLOW };
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY | link).bits().cast_signed());
    }
    let _ = follow;
    options.open(path)
}

/// A file that may grow or shrink while it is read.
struct BoundedFile<'a> {
    file: &'a File,
    /// What its size says is still to come, in bytes.
    expected: u64,
    /// How much is read at most, in bytes.
    left: u64,
}

impl Read for BoundedFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("keeps growing: stop what writes to it and scan again"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.file.read(&mut buffer[..most])?;
        if count == 0 && self.expected > 0 && most > 0 {
            return Err(io::Error::other("became shorter while it was read: scan again"));
        }
        self.left -= count as u64;
        self.expected = self.expected.saturating_sub(count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_shrinks_or_grows_without_end_is_not_read_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, [b'x'; 100]).unwrap();
        let read = |expected, left| {
            let file = File::open(&path).unwrap();
            let mut bytes = Vec::new();
            let result = BoundedFile { file: &file, expected, left }.read_to_end(&mut bytes);
            result.map_err(|error| error.to_string())
        };
        assert_eq!(read(100, 1000), Ok(100));
        assert_eq!(read(0, 1000), Ok(100));
        assert_eq!(read(101, 1000).unwrap_err(), "became shorter while it was read: scan again");
        assert!(read(100, 100).unwrap_err().starts_with("keeps growing"));
    }
}
