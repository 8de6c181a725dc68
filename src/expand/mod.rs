//! Opens archives and compressed files, and passes on their content like separate files.
//!
//! A format is recognized by its first bytes, never by the file's name. A new format needs one file here and a row in
//! `FORMATS`. A container reads its bytes through an `Input`, a zip through a `SeekableArchive`. Both remember whether
//! an error came from below. Whoever owns an error reports it, and everyone else passes it on, so that each damage is
//! reported once. Nothing is ever written under a name from an archive.

mod ar;
mod binary;
mod budget;
mod bzip2;
mod fault;
mod forgiving;
mod git_object;
#[cfg(feature = "git")]
mod git_pack;
mod gzip;
mod input;
mod job;
mod members;
mod memory;
mod output;
mod pdf;
mod png;
mod seekable;
mod source;
mod spool;
mod tar;
mod unopened;
mod wrapped;
mod xz;
mod zip;
mod zlib;
mod zstd;

use std::io::{self, Read};

use crate::{
    blob::{Blob, Content, Origin},
    bytes::fill,
};

use budget::{Budget, CountingReadAt, CountingReader};
use input::FailingReader;
use job::{ArchivePath, ContainerFormat, ExpandJob, Formats, PEEK, may_begin_later, recognize};
use source::ContainerSource;

pub use output::Output;

/// Everything that can be opened.
static FORMATS: &Formats = &Formats {
    containers: CONTAINERS,
    ends_another: zip::ends_a_program,
    open_at_end: zip::open,
    in_binary: binary::inside,
    in_text: wrapped::open,
};

/// All supported formats.
static CONTAINERS: &[ContainerFormat] = &[
    ContainerFormat {
        name: "gzip data",
        recognize: gzip::recognize,
        may_begin_later: never,
        open: gzip::open,
    },
    ContainerFormat {
        name: "a zip archive",
        recognize: zip::recognize,
        may_begin_later: zip::may_begin_later,
        open: zip::open,
    },
    ContainerFormat {
        name: "Zstandard data",
        recognize: zstd::recognize,
        may_begin_later: never,
        open: zstd::open,
    },
    ContainerFormat { name: "xz data", recognize: xz::recognize, may_begin_later: never, open: xz::open },
    ContainerFormat {
        name: "bzip2 data",
        recognize: bzip2::recognize,
        may_begin_later: never,
        open: bzip2::open,
    },
    ContainerFormat {
        name: "a git object",
        recognize: git_object::recognize,
        may_begin_later: never,
        open: git_object::open,
    },
    #[cfg(feature = "git")]
    ContainerFormat {
        name: "a git pack",
        recognize: git_pack::recognize,
        may_begin_later: never,
        open: git_pack::open,
    },
    #[cfg(feature = "git")]
    ContainerFormat {
        name: "a git bundle",
        recognize: git_pack::recognize_bundle,
        may_begin_later: never,
        open: git_pack::open,
    },
    ContainerFormat {
        name: "an ar archive",
        recognize: ar::recognize,
        may_begin_later: never,
        open: ar::open,
    },
    ContainerFormat { name: "a PDF", recognize: pdf::recognize, may_begin_later: never, open: pdf::open },
    ContainerFormat { name: "a picture", recognize: png::recognize, may_begin_later: never, open: png::open },
    ContainerFormat {
        name: "an archive",
        recognize: unopened::recognize,
        may_begin_later: never,
        open: unopened::open,
    },
    // Last, since it has to look further than the others.
    ContainerFormat {
        name: "a tar archive",
        recognize: tar::recognize,
        may_begin_later: never,
        open: tar::open,
    },
];

/// Most formats begin at the first byte or not at all.
fn never(_: &[u8]) -> bool {
    false
}

/// Whether these are the bytes of a container that would be opened, or of a binary with one in it.
#[must_use]
pub(crate) fn is_container(bytes: &[u8]) -> bool {
    recognize(FORMATS, bytes).is_some() || binary::holds_container(bytes)
}

/// Opens containers. Each thread has one, because it keeps its buffers.
#[derive(Default)]
pub struct Expander {
    buffers: Vec<Vec<u8>>,
}

impl Expander {
    /// Passes on the blob as it is, or its content.
    ///
    /// # Errors
    /// When the blob itself cannot be read to its end. Everything before that has been passed on.
    pub fn expand(&mut self, blob: Blob<'_>, output: &mut dyn Output) -> io::Result<()> {
        let Blob { origin, content, at, .. } = blob;
        let rest = match content {
            Content::Bytes(bytes) if recognize(FORMATS, bytes).is_none() => {
                let result = self.plain(&origin, Content::Bytes(bytes), output);
                return self.inside(&origin, bytes, output).and(result);
            }
            Content::Bytes(bytes) => {
                return self.job(&origin, output, |job| {
                    job.budget.read(bytes.len() as u64, u64::MAX);
                    job.content(&ArchivePath::OUTERMOST, &mut ContainerSource::Bytes(bytes))
                });
            }
            Content::Stream(rest) => rest,
        };
        let mut head = [0; PEEK];
        let (count, error) = fill(rest, &mut head);
        let head = &head[..count];
        if let Some(error) = error {
            return self.plain(&origin, Content::Stream(&mut head.chain(FailingReader(Some(error)))), output);
        }
        let is_format = recognize(FORMATS, head).is_some() || may_begin_later(FORMATS, head);
        let ends_with_zip = |at| zip::ends_a_program(head, at);
        if !is_format && !binary::is_binary(head) && !at.is_some_and(ends_with_zip) {
            return self.plain(&origin, Content::Stream(&mut head.chain(rest)), output);
        }
        self.job(&origin, output, |job| match at {
            Some(at) => job.at(&ArchivePath::OUTERMOST, &CountingReadAt { inner: at, budget: job.budget }),
            None => {
                let mut counted = CountingReader { inner: &mut head.chain(rest), budget: job.budget };
                job.stream(&ArchivePath::OUTERMOST, &mut counted)
            }
        })
    }

    /// Passes on a blob that is no container, and opens those that begin in the middle of it.
    fn plain(
        &mut self,
        origin: &Origin<'_>,
        content: Content<'_>,
        output: &mut dyn Output,
    ) -> io::Result<()> {
        let result = output.blob(origin, content);
        let containers = output.take_containers();
        if containers.found.is_empty() {
            return result;
        }
        self.job(origin, output, |job| {
            let read: usize = containers.found.iter().map(|container| container.text.len()).sum();
            job.budget.read(read as u64, u64::MAX);
            wrapped::open(job, &ArchivePath::OUTERMOST, containers);
            result
        })
    }

    /// Opens what begins in the middle of a binary.
    fn inside(&mut self, origin: &Origin<'_>, bytes: &[u8], output: &mut dyn Output) -> io::Result<()> {
        if !binary::holds_container(bytes) {
            return Ok(());
        }
        self.job(origin, output, |job| {
            job.budget.read(bytes.len() as u64, u64::MAX);
            binary::open(job, &ArchivePath::OUTERMOST, bytes);
            Ok(())
        })
    }

    fn job(
        &mut self,
        origin: &Origin<'_>,
        output: &mut dyn Output,
        run: impl FnOnce(&mut ExpandJob<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let budget = Budget::default();
        let mut job =
            ExpandJob { formats: FORMATS, output, budget: &budget, buffers: &mut self.buffers, origin };
        let result = run(&mut job);
        job.report_the_rest();
        result
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write, sync::Barrier};

    use lzma_rust2::{XzOptions, XzWriter};

    use super::*;
    use crate::blob::SourceKind;

    /// When most of the content has been read, waits until all others have got that far.
    struct Waiting<'b>(&'b Barrier);

    impl Output for Waiting<'_> {
        fn blob(&mut self, origin: &Origin<'_>, content: Content<'_>) -> io::Result<()> {
            let (Content::Stream(stream), Some(_)) = (content, origin.archive) else { return Ok(()) };
            let most = io::copy(&mut stream.take(MOST as u64), &mut io::sink())?;
            self.0.wait();
            assert_eq!(most + io::copy(stream, &mut io::sink())?, SIZE as u64);
            Ok(())
        }

        fn not_scanned(&mut self, _: &Origin<'_>, why: String) {
            panic!("{why}");
        }
    }

    const SIZE: usize = 10 << 20;
    const MOST: usize = 9 << 20;
    const THREADS: usize = 12;

    #[test]
    fn every_thread_unpacks_at_the_same_time() {
        let content = vec![b'a'; SIZE];
        let mut xz = XzWriter::new(Vec::new(), XzOptions::with_preset(6)).unwrap();
        xz.write_all(&content).unwrap();
        let mut zstd = ::zstd::Encoder::new(Vec::new(), 1).unwrap();
        zstd.window_log(23).unwrap();
        zstd.write_all(&content).unwrap();
        let mut bzip2 = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::best());
        bzip2.write_all(&content).unwrap();
        for packed in [xz.finish().unwrap(), zstd.finish().unwrap(), bzip2.finish().unwrap()] {
            let barrier = Barrier::new(THREADS);
            let expand = || {
                let origin = Origin::new(SourceKind::File, b"data");
                let blob = Blob::new(origin, Content::Bytes(&packed));
                Expander::default().expand(blob, &mut Waiting(&barrier)).unwrap();
            };
            std::thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(expand);
                }
            });
        }
    }
}
