//! Expands one input through all of its nested containers.

use std::io::{self, ErrorKind, Read};

use super::{
    budget::Budget,
    fault::user_message,
    input::{FailingReader, SourceState},
    output::Output,
    source::{ContainerSource, RangeReader},
};
use crate::{
    blob::{Content, Origin, ReadAt, SourceKind, WINDOW, WrappedContainers},
    bytes::fill,
};

/// How many bytes of a stream are peeked at to recognize its format. A tar is recognized at the end of its first block.
pub(super) const PEEK: usize = 512;

/// Nested containers are opened to this depth.
pub(super) const DEPTH: usize = 8;

/// Longer names are cut when shown, in bytes. The full name is scanned.
const LONGEST_NAME: usize = 1024;

/// One kind of container.
pub(super) struct ContainerFormat {
    /// Its name for people, with an article.
    pub(super) name: &'static str,
    /// Whether a container starts with these bytes.
    pub(super) recognize: fn(&[u8]) -> bool,
    /// Whether a container may begin so far after these first bytes that more of them are needed to tell.
    pub(super) may_begin_later: fn(&[u8]) -> bool,
    /// Passes on the content. Returns errors of the source, and reports its own.
    pub(super) open: fn(&mut ExpandJob<'_>, &ArchivePath<'_>, &mut ContainerSource<'_>) -> io::Result<()>,
}

/// Everything that can be opened.
pub(super) struct Formats {
    /// What begins at the first byte, or soon after.
    pub(super) containers: &'static [ContainerFormat],
    /// Whether something with random access is another file with an archive at its end, judging by its first bytes.
    pub(super) ends_another: fn(&[u8], &dyn ReadAt) -> bool,
    /// Opens such an archive.
    pub(super) open_at_end:
        fn(&mut ExpandJob<'_>, &ArchivePath<'_>, &mut ContainerSource<'_>) -> io::Result<()>,
    /// Opens what is in the middle of a binary that was passed on as it is.
    pub(super) in_binary: fn(&mut ExpandJob<'_>, &ArchivePath<'_>, &ContainerSource<'_>) -> io::Result<()>,
    /// Opens what is in the middle of a text.
    pub(super) in_text: fn(&mut ExpandJob<'_>, &ArchivePath<'_>, WrappedContainers),
}

/// The format of a container that starts with these bytes.
pub(super) fn recognize<'f>(formats: &'f Formats, head: &[u8]) -> Option<&'f ContainerFormat> {
    formats.containers.iter().find(|format| (format.recognize)(head))
}

/// Whether more bytes are needed to tell.
pub(super) fn may_begin_later(formats: &Formats, head: &[u8]) -> bool {
    formats.containers.iter().any(|format| (format.may_begin_later)(head))
}

/// The current location: in which archive, and how deep.
#[derive(Clone, Copy)]
pub(super) struct ArchivePath<'a> {
    /// The inner path, with `!` between the names of archives; `None` outside all archives.
    pub(super) archive: Option<&'a [u8]>,
    /// The number of enclosing containers.
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
            // Cut between words, since half a key would not be recognized, and would be shown.
            let is_word =
                |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"-_.+=%".contains(byte);
            let end = name[..LONGEST_NAME].iter().rposition(|byte| !is_word(byte)).unwrap_or(0);
            path.extend(&name[..end]);
            path.extend("…".as_bytes());
        }
        path
    }
}

/// The state of an expansion.
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

    /// Passes content on, either as it is or expanded.
    pub(super) fn content(
        &mut self,
        place: &ArchivePath<'_>,
        source: &mut ContainerSource<'_>,
    ) -> io::Result<()> {
        let Some(format) = recognize(self.formats, source.head()) else { return self.raw(place, source) };
        if place.depth >= DEPTH {
            let why = format!(
                "is {} at a depth of more than {DEPTH} archives, the limit: unpack the outer archives and scan \
                 the directory; it was scanned as is",
                format.name
            );
            self.not_scanned(place, why);
            return self.raw(place, source);
        }
        (format.open)(self, &ArchivePath { depth: place.depth + 1, ..*place }, source)
    }

    /// Passes content on as it is.
    pub(super) fn raw(
        &mut self,
        place: &ArchivePath<'_>,
        source: &mut ContainerSource<'_>,
    ) -> io::Result<()> {
        let origin = self.origin(place.archive);
        source.raw(|content| self.pass_on(place, &origin, content))?;
        (self.formats.in_binary)(self, place, source)
    }

    /// Passes content on, then what the containers hold that begin in the middle of it.
    fn pass_on(
        &mut self,
        place: &ArchivePath<'_>,
        origin: &Origin<'_>,
        content: Content<'_>,
    ) -> io::Result<()> {
        let result = self.output.blob(origin, content);
        let containers = self.output.take_containers();
        (self.formats.in_text)(self, place, containers);
        result
    }

    /// Passes on something with random access.
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
                None if (job.formats.ends_another)(&buffer[..count], at) => {
                    let place = ArchivePath { depth: place.depth + 1, ..*place };
                    (job.formats.open_at_end)(
                        job,
                        &place,
                        &mut ContainerSource::At { head: &buffer[..count], at },
                    )
                }
                None => job.content(place, &mut ContainerSource::At { head: &buffer[..count], at }),
            }
        })
    }

    /// Passes on something that can be read only once.
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

    /// Passes on something in the current container.
    pub(super) fn inner(
        &mut self,
        place: &ArchivePath<'_>,
        name: &[u8],
        reader: &mut dyn Read,
    ) -> io::Result<()> {
        let archive = place.join(name);
        self.stream(&ArchivePath { archive: Some(&archive), depth: place.depth }, reader)
    }

    /// Passes on something without expanding it any further.
    pub(super) fn plain(&mut self, place: &ArchivePath<'_>, reader: &mut dyn Read) -> io::Result<()> {
        let origin = self.origin(place.archive);
        self.pass_on(place, &origin, Content::Stream(reader))
    }

    /// Passes on the name of something in the current container.
    pub(super) fn name(&mut self, place: &ArchivePath<'_>, name: &[u8]) {
        let archive = place.join(name);
        let origin = Origin { source: SourceKind::Name, ..self.origin(Some(&archive)) };
        // Reading from memory cannot fail.
        let _ = self.output.blob(&origin, Content::Bytes(name));
    }

    /// Passes on text that belongs to the current container, such as a comment.
    pub(super) fn text(&mut self, place: &ArchivePath<'_>, name: &[u8], text: &[u8]) {
        if !text.is_empty() {
            let archive = place.join(name);
            let origin = self.origin(Some(&archive));
            // Reading from memory cannot fail.
            let _ = self.pass_on(
                &ArchivePath { archive: Some(&archive), ..*place },
                &origin,
                Content::Bytes(text),
            );
        }
    }

    fn with_buffer<T>(&mut self, run: impl FnOnce(&mut Self, &mut [u8]) -> T) -> T {
        let mut buffer = self.buffers.pop().unwrap_or_else(|| vec![0; WINDOW]);
        let result = run(self, &mut buffer);
        self.buffers.push(buffer);
        result
    }

    /// Handles the result of the container at `place`: its own errors are reported, errors of its source are returned.
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
                format!(
                    "ends in the middle of its {kind}: it is truncated; everything before that was scanned"
                )
            }
            None => {
                format!(
                    "its {kind} cannot be unpacked ({error}): it is damaged; everything before the damage was scanned"
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

    /// Reports how many more things were not scanned than were named.
    pub(super) fn report_the_rest(&mut self) {
        let count = self.budget.unnamed();
        if count > 0 {
            let why =
                format!("{count} more parts of it could not be scanned: unpack it and scan the directory");
            self.output.not_scanned(self.origin, why);
        }
    }
}
