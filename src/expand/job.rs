//! One input on its way down through its containers.

use std::io::{self, ErrorKind, Read};

use super::{
    budget::Budget,
    fault::user_message,
    input::{FailingReader, SourceState},
    output::Output,
    source::{ContainerSource, RangeReader},
};
use crate::{
    blob::{Content, Origin, ReadAt, SourceKind, WINDOW},
    bytes::fill,
};

/// So many bytes of a stream are looked at to tell what it is: a tar tells it at the end of its first block.
pub(super) const PEEK: usize = 512;

/// Containers in containers are opened so many levels deep.
const DEPTH: usize = 8;

/// A name is shown no longer than this, in bytes; it is scanned whole.
const LONGEST_NAME: usize = 1024;

/// One kind of container.
pub(super) struct ContainerFormat {
    /// What people call it, with an article.
    pub(super) name: &'static str,
    /// Whether these are the first bytes of one.
    pub(super) recognize: fn(&[u8]) -> bool,
    /// Whether one may begin so far behind these first bytes that more of them are needed to tell.
    pub(super) may_begin_later: fn(&[u8]) -> bool,
    /// Passes on what is in it. The errors it returns are those of the source; its own it reports.
    pub(super) open: fn(&mut ExpandJob<'_>, &ArchivePath<'_>, &mut ContainerSource<'_>) -> io::Result<()>,
}

/// All that can be opened.
pub(super) type Formats = [ContainerFormat];

/// The kind of container that these are the first bytes of.
pub(super) fn recognize<'f>(formats: &'f Formats, head: &[u8]) -> Option<&'f ContainerFormat> {
    formats.iter().find(|format| (format.recognize)(head))
}

/// Whether more bytes are needed to tell.
pub(super) fn may_begin_later(formats: &Formats, head: &[u8]) -> bool {
    formats.iter().any(|format| (format.may_begin_later)(head))
}

/// Where we are: in which archive, how deep.
#[derive(Clone, Copy)]
pub(super) struct ArchivePath<'a> {
    /// The inner path, `!` between the names of archives; none outside all archives.
    pub(super) archive: Option<&'a [u8]>,
    /// How many containers we are in.
    pub(super) depth: usize,
}

impl ArchivePath<'_> {
    pub(super) const OUTERMOST: Self = Self { archive: None, depth: 0 };

    /// The inner path of something in here.
    pub(super) fn join(&self, name: &[u8]) -> Vec<u8> {
        let mut path = Vec::with_capacity(self.archive.map_or(0, <[u8]>::len) + name.len() + 1);
        if let Some(archive) = self.archive {
            path.extend(archive);
            path.push(b'!');
        }
        if name.len() <= LONGEST_NAME {
            path.extend(name);
        } else {
            // Cut between words, since half of a key would not be known as one and be shown.
            let is_word =
                |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"-_.+=%".contains(byte);
            let end = name[..LONGEST_NAME].iter().rposition(|byte| !is_word(byte)).unwrap_or(0);
            path.extend(&name[..end]);
            path.extend("…".as_bytes());
        }
        path
    }
}

/// All that is needed on the way.
pub(super) struct ExpandJob<'a> {
    pub(super) formats: &'static Formats,
    pub(super) output: &'a mut dyn Output,
    pub(super) budget: &'a Budget,
    pub(super) buffers: &'a mut Vec<Vec<u8>>,
    pub(super) origin: &'a Origin<'a>,
}

impl<'a> ExpandJob<'a> {
    fn origin<'p>(&self, archive: Option<&'p [u8]>) -> Origin<'p>
    where
        'a: 'p,
    {
        Origin { archive, ..*self.origin }
    }

    /// Passes something on: as it is, or what is in it.
    pub(super) fn content(
        &mut self,
        place: &ArchivePath<'_>,
        source: &mut ContainerSource<'_>,
    ) -> io::Result<()> {
        let Some(format) = recognize(self.formats, source.head()) else { return self.raw(place, source) };
        if place.depth >= DEPTH {
            let why = format!(
                "is {} at a depth of more than {DEPTH} archives, the limit: unpack the outer ones and scan the folder; \
                 it was scanned as it is",
                format.name
            );
            self.not_scanned(place, why);
            return self.raw(place, source);
        }
        (format.open)(self, &ArchivePath { depth: place.depth + 1, ..*place }, source)
    }

    /// Passes something on as it is.
    pub(super) fn raw(
        &mut self,
        place: &ArchivePath<'_>,
        source: &mut ContainerSource<'_>,
    ) -> io::Result<()> {
        let origin = self.origin(place.archive);
        source.raw(|content| self.output.blob(&origin, content))
    }

    /// Something that can be read at any place.
    pub(super) fn at(&mut self, place: &ArchivePath<'_>, at: &dyn ReadAt) -> io::Result<()> {
        self.with_buffer(|job, buffer| {
            let mut reader = RangeReader::whole(at);
            let (mut count, mut error) = fill(&mut reader, &mut buffer[..PEEK]);
            if error.is_none() && may_begin_later(job.formats, &buffer[..count]) {
                let more;
                (more, error) = fill(&mut reader, &mut buffer[count..]);
                count += more;
            }
            match error {
                Some(error) => Err(error),
                None => job.content(place, &mut ContainerSource::At { head: &buffer[..count], at }),
            }
        })
    }

    /// Something that can be read once.
    pub(super) fn stream(&mut self, place: &ArchivePath<'_>, reader: &mut dyn Read) -> io::Result<()> {
        self.with_buffer(|job, buffer| {
            let (count, error) = fill(reader, buffer);
            let head = &buffer[..count];
            match error {
                None if count < buffer.len() => job.content(place, &mut ContainerSource::Bytes(head)),
                None => job.content(place, &mut ContainerSource::Stream { head, rest: reader }),
                Some(error) => job.content(
                    place,
                    &mut ContainerSource::Stream { head, rest: &mut FailingReader(Some(error)) },
                ),
            }
        })
    }

    /// Something in the container we are in.
    pub(super) fn inner(
        &mut self,
        place: &ArchivePath<'_>,
        name: &[u8],
        reader: &mut dyn Read,
    ) -> io::Result<()> {
        let archive = place.join(name);
        self.stream(&ArchivePath { archive: Some(&archive), depth: place.depth }, reader)
    }

    /// Something that is not looked into any further.
    pub(super) fn plain(&mut self, place: &ArchivePath<'_>, reader: &mut dyn Read) -> io::Result<()> {
        let origin = self.origin(place.archive);
        self.output.blob(&origin, Content::Stream(reader))
    }

    /// The name of something in the container we are in.
    pub(super) fn name(&mut self, place: &ArchivePath<'_>, name: &[u8]) {
        let archive = place.join(name);
        let origin = Origin { source: SourceKind::Name, ..self.origin(Some(&archive)) };
        // Reading from memory cannot fail.
        let _ = self.output.blob(&origin, Content::Bytes(name));
    }

    /// Text that belongs to the container we are in, such as a comment.
    pub(super) fn text(&mut self, place: &ArchivePath<'_>, name: &[u8], text: &[u8]) {
        if !text.is_empty() {
            let archive = place.join(name);
            let origin = self.origin(Some(&archive));
            // Reading from memory cannot fail.
            let _ = self.output.blob(&origin, Content::Bytes(text));
        }
    }

    fn with_buffer<T>(&mut self, run: impl FnOnce(&mut Self, &mut [u8]) -> T) -> T {
        let mut buffer = self.buffers.pop().unwrap_or_else(|| vec![0; WINDOW]);
        let result = run(self, &mut buffer);
        self.buffers.push(buffer);
        result
    }

    /// What has become of the container at `place`: an error of its own is reported, one of its source is returned.
    pub(super) fn settle(
        &mut self,
        place: &ArchivePath<'_>,
        kind: &str,
        flags: &SourceState,
        result: io::Result<()>,
    ) -> io::Result<()> {
        let Err(error) = result else { return Ok(()) };
        if flags.failed.get() {
            return Err(error);
        }
        self.damaged(place, kind, &error);
        Ok(())
    }

    /// Reports an error in the data of the container at `place`.
    pub(super) fn damaged(&mut self, place: &ArchivePath<'_>, kind: &str, error: &io::Error) {
        let why = match user_message(error) {
            Some(why) => why.to_owned(),
            None if error.kind() == ErrorKind::UnexpectedEof => {
                format!("ends in the middle of its {kind}: it was cut short; what is there was scanned")
            }
            None => {
                format!(
                    "its {kind} cannot be unpacked ({error}): it is damaged; what came before was scanned"
                )
            }
        };
        self.not_scanned(place, why);
    }

    pub(super) fn not_scanned(&mut self, place: &ArchivePath<'_>, why: String) {
        if self.budget.may_name() {
            let origin = self.origin(place.archive);
            self.output.not_scanned(&origin, why);
        }
    }

    /// Says how much more was not scanned than was named.
    pub(super) fn report_the_rest(&mut self) {
        let count = self.budget.unnamed();
        if count > 0 {
            let why =
                format!("{count} more things in it could not be scanned: unpack it and scan the folder");
            self.output.not_scanned(self.origin, why);
        }
    }
}
