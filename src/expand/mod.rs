//! Archives and compressed files are opened, and what is in them is passed on like files of their own.
//!
//! What a file is, is told by its first bytes, never by its name. A new format is one file here and a row in
//! `FORMATS`. A container reads its bytes through an `Input`, a zip through a `Whole`, which remember whether an error
//! came from below: whose error it is reports it, everybody else passes it on, so that one damage makes one report.
//! Nothing is ever written under a name that an archive gives.

mod budget;
mod bzip2;
mod gzip;
mod input;
mod job;
mod members;
mod memory;
mod source;
mod spool;
mod tar;
mod xz;
mod zip;
mod zstd;

use std::io::{self, Read};

use crate::blob::{Blob, Content, Origin};

use budget::{Budget, Counted, CountedAt};
use input::{Failing, fill};
use job::{Job, Place};
use source::Source;

/// So many bytes of a stream are looked at to tell what it is: a tar tells it at the end of its first block.
const PEEK: usize = 512;

/// Containers in containers are opened so many levels deep.
const DEPTH: usize = 8;

/// Takes what is to be scanned.
pub trait Output {
    /// Something to scan: the blob itself, or something out of it.
    ///
    /// # Errors
    /// When the content is a stream that cannot be read to its end; what came before must have been scanned.
    fn blob(&mut self, origin: &Origin<'_>, content: Content<'_>) -> io::Result<()>;

    /// Something in the blob could not be scanned. `why` says what to do, where there is something.
    fn not_scanned(&mut self, origin: &Origin<'_>, why: String);
}

/// One kind of container.
struct Format {
    /// What people call it, with an article.
    name: &'static str,
    /// Whether these are the first bytes of one.
    recognize: fn(&[u8]) -> bool,
    /// Passes on what is in it. The errors it returns are those of the source; its own it reports.
    open: fn(&mut Job<'_>, &Place<'_>, &mut Source<'_>) -> io::Result<()>,
}

/// All that can be opened.
static FORMATS: &[Format] = &[
    Format { name: "gzip data", recognize: gzip::recognize, open: gzip::open },
    Format { name: "a zip archive", recognize: zip::recognize, open: zip::open },
    Format { name: "Zstandard data", recognize: zstd::recognize, open: zstd::open },
    Format { name: "xz data", recognize: xz::recognize, open: xz::open },
    Format { name: "bzip2 data", recognize: bzip2::recognize, open: bzip2::open },
    // Last, since it has to look further than the others.
    Format { name: "a tar archive", recognize: tar::recognize, open: tar::open },
];

fn recognize(head: &[u8]) -> Option<&'static Format> {
    FORMATS.iter().find(|format| (format.recognize)(head))
}

/// Whether these are the bytes of something that is opened.
#[must_use]
pub fn is_container(bytes: &[u8]) -> bool {
    recognize(bytes).is_some()
}

/// Opens containers; one a thread, since it keeps its buffers.
#[derive(Default)]
pub struct Expander {
    buffers: Vec<Vec<u8>>,
}

impl Expander {
    /// Passes the blob on as it is, or what is in it.
    ///
    /// # Errors
    /// When the blob itself cannot be read to its end; what came before has been passed on.
    pub fn expand(&mut self, blob: Blob<'_>, output: &mut dyn Output) -> io::Result<()> {
        let Blob { origin, content, at, .. } = blob;
        let rest = match content {
            Content::Bytes(bytes) if recognize(bytes).is_none() => {
                return output.blob(&origin, Content::Bytes(bytes));
            }
            Content::Bytes(bytes) => {
                return self.job(&origin, output, |job| {
                    job.budget.read(bytes.len() as u64, u64::MAX);
                    job.content(&Place::OUTERMOST, &mut Source::Bytes(bytes))
                });
            }
            Content::Stream(rest) => rest,
        };
        let mut head = [0; PEEK];
        let (count, error) = fill(rest, &mut head);
        let head = &head[..count];
        if let Some(error) = error {
            return output.blob(&origin, Content::Stream(&mut head.chain(Failing(Some(error)))));
        }
        if recognize(head).is_none() && !zip::may_begin_later(head) {
            return output.blob(&origin, Content::Stream(&mut head.chain(rest)));
        }
        self.job(&origin, output, |job| match at {
            Some(at) => job.at(&Place::OUTERMOST, &CountedAt { inner: at, budget: job.budget }),
            None => {
                let mut counted = Counted { inner: &mut head.chain(rest), budget: job.budget };
                job.stream(&Place::OUTERMOST, &mut counted)
            }
        })
    }

    fn job(
        &mut self,
        origin: &Origin<'_>,
        output: &mut dyn Output,
        run: impl FnOnce(&mut Job<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let budget = Budget::default();
        let mut job = Job { output, budget: &budget, buffers: &mut self.buffers, origin };
        let result = run(&mut job);
        job.report_the_rest();
        result
    }
}
