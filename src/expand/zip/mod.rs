//! zip, and everything based on it: jar, whl, docx, apk, and also a zip after a `#!` line.
//!
//! The directory is parsed here and not by a crate, because crates hold the whole directory in memory, however many
//! entries it has, and read nothing from a truncated archive.

mod directory;
mod entry;
mod whole;

use std::io;

use memchr::memmem;

use super::{
    input::SourceState,
    job::{ArchivePath, ExpandJob},
    source::{ContainerSource, RangeReader},
    spool::Spool,
};
use crate::blob::ReadAt;
use directory::{Directory, DirectorySearch};
use entry::{LOCAL, ZipEntry};
use whole::SeekableArchive;

const KIND: &str = "zip archive";

/// Whether these are the first bytes of a zip: an entry, the end of an empty archive, or the mark of a split one. Or
/// they are a script followed by an entry.
pub(super) fn recognize(head: &[u8]) -> bool {
    matches!(head, [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, b'P', b'K', 3, 4, ..])
        || head.starts_with(b"Cr24")
        || may_begin_later(head) && holds_an_entry(head)
        || ends_a_program(head, &head)
}

/// Whether a program precedes it, as in archives that unpack themselves. Programs hold the marks of a zip for other
/// reasons, so its directory must lead to an entry.
pub(super) fn ends_a_program(head: &[u8], at: &dyn ReadAt) -> bool {
    let flags = SourceState::default();
    let is_sound = || -> io::Result<bool> {
        let whole = SeekableArchive { at, flags: &flags };
        let DirectorySearch::Here(mut directory) = Directory::find(&whole)? else { return Ok(false) };
        let Some(entry) = directory.next(&mut Vec::new())? else { return Ok(false) };
        Ok(entry.header + LOCAL.len() as u64 <= whole.size()
            && whole.bytes(entry.header, LOCAL.len() as u64)? == LOCAL)
    };
    HEADS.iter().any(|mark| head.starts_with(mark)) && is_sound().unwrap_or(false)
}

/// What programs for Windows, Linux and macOS begin with, and pictures, behind which people hide archives.
const HEADS: [&[u8]; 6] =
    [b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xff\xd8\xff", b"GIF8"];

/// Whether it is a script, which may be followed by a zip.
pub(super) fn may_begin_later(head: &[u8]) -> bool {
    head.starts_with(b"#!")
}

/// Whether these bytes contain the header of an entry with a name.
fn holds_an_entry(head: &[u8]) -> bool {
    memmem::find_iter(head, LOCAL).any(|at| {
        let bytes = &head[at..];
        entry::is_header(bytes) && bytes[5] == 0 && bytes[26..28] != [0, 0]
    })
}

pub(super) fn open(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    match source {
        ContainerSource::Bytes(bytes) => {
            let flags = SourceState::default();
            if read(job, place, &SeekableArchive { at: bytes, flags: &flags })? == ZipOutcome::Nothing {
                return job.raw(place, source);
            }
            Ok(())
        }
        ContainerSource::At { at, .. } => {
            let flags = SourceState::default();
            if read(job, place, &SeekableArchive { at: *at, flags: &flags })? == ZipOutcome::Nothing {
                return job.raw(place, source);
            }
            Ok(())
        }
        ContainerSource::Stream { .. } => open_stream(job, place, source),
    }
}

/// Spools a stream before reading it, since the directory is at its end.
fn open_stream(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    source: &mut ContainerSource<'_>,
) -> io::Result<()> {
    let flags = SourceState::default();
    let spool = Spool::new(source.input(&flags), job.budget);
    let mut spool = match spool {
        Ok(spool) => spool,
        Err(error) => return job.settle(place, KIND, &flags, Err(error)),
    };
    let error = spool.error.take();
    let own = SourceState::default();
    {
        let kept = spool.kept();
        let at: &dyn ReadAt = &*kept;
        let whole = SeekableArchive { at, flags: &own };
        // If the end of an archive cannot be read, the reader has already reported it.
        let outcome = if error.is_some() {
            walk(job, place, &whole)?;
            ZipOutcome::Opened
        } else {
            read(job, place, &whole)?
        };
        if outcome == ZipOutcome::Nothing {
            job.raw(place, &mut ContainerSource::At { head: &[], at })?;
        }
    }
    job.settle(place, KIND, &flags, error.map_or(Ok(()), Err))
}

/// The result of reading it as a zip.
#[derive(PartialEq, Eq)]
enum ZipOutcome {
    /// It was read as a zip, and errors have been reported.
    Opened,
    /// Nothing was found in it.
    Nothing,
}

fn read(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    whole: &SeekableArchive<'_>,
) -> io::Result<ZipOutcome> {
    let found = match Directory::find(whole) {
        Ok(found) => found,
        Err(error) if whole.flags.failed.get() => return Err(error),
        Err(error) => {
            job.damaged(place, KIND, &error);
            return walk(job, place, whole);
        }
    };
    let DirectorySearch::Here(mut directory) = found else {
        job.not_scanned(
            place,
            "is a zip archive without its directory, which belongs at the end: it is truncated or damaged; what is \
             left of it was scanned"
                .to_owned(),
        );
        return walk(job, place, whole);
    };
    if directory.is_split {
        job.not_scanned(place, "is one part of a zip archive: join all parts and scan the result".to_owned());
    }
    job.text(place, b"(comment)", &directory.comment);
    let result = each(job, place, whole, &mut directory);
    if let (Err(error), false) = (&result, whole.flags.failed.get()) {
        job.damaged(place, KIND, error);
        return walk(job, place, whole);
    }
    result?;
    around(job, place, whole, &directory)?;
    Ok(ZipOutcome::Opened)
}

/// Archives with more broken entries than this are no archives, or only made to take time.
const MOST_BROKEN: u64 = 1000;

/// Counts broken entries. Returns whether there are so many that the rest is not worth reading, which it reports.
fn is_too_broken(job: &mut ExpandJob<'_>, place: &ArchivePath<'_>, broken: &mut u64) -> bool {
    *broken += 1;
    if *broken == MOST_BROKEN {
        job.not_scanned(
            place,
            format!("has more than {MOST_BROKEN} broken entries: nothing after them was scanned; unpack it and scan the directory"),
        );
    }
    *broken >= MOST_BROKEN
}

/// Passes on what precedes the first entry and follows the end: scripts, and the unexpected.
fn around(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    whole: &SeekableArchive<'_>,
    directory: &Directory<'_>,
) -> io::Result<()> {
    before(job, place, whole, directory.first_entry.min(directory.start))?;
    if directory.end < whole.size() && !job.budget.is_stopped() {
        let mut behind = RangeReader::new(whole, directory.end, whole.size());
        job.inner(place, b"(trailing data)", &mut behind)?;
    }
    Ok(())
}

/// Passes on what precedes the first entry, with line numbers of the file itself.
fn before(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    whole: &SeekableArchive<'_>,
    first: u64,
) -> io::Result<()> {
    if first == 0 || job.budget.is_stopped() {
        return Ok(());
    }
    job.plain(place, &mut RangeReader::new(whole, 0, first))
}

/// Reads every entry of the directory.
fn each(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    whole: &SeekableArchive<'_>,
    directory: &mut Directory<'_>,
) -> io::Result<()> {
    let mut name = Vec::new();
    let mut broken = 0;
    while !job.budget.is_stopped() {
        let Some(entry) = directory.next(&mut name)? else { return Ok(()) };
        job.budget.entry()?;
        job.name(place, &name);
        if !directory.entry_comment.is_empty() {
            let archive = place.join(&name);
            job.text(
                &ArchivePath { archive: Some(&archive), ..*place },
                b"(comment)",
                &directory.entry_comment,
            );
        }
        if !entry.pass_on(job, place, whole, &name)?.is_well && is_too_broken(job, place, &mut broken) {
            return Ok(());
        }
    }
    Ok(())
}

/// Reads the entries one after the other, without a directory.
fn walk(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    whole: &SeekableArchive<'_>,
) -> io::Result<ZipOutcome> {
    let mut outcome = ZipOutcome::Nothing;
    let mut from = 0;
    let mut is_first = true;
    let mut broken = 0;
    let mut name = Vec::new();
    while let (Some(entry), false) = (ZipEntry::next(whole, from, &mut name)?, job.budget.is_stopped()) {
        if let Err(error) = job.budget.entry() {
            job.damaged(place, KIND, &error);
            break;
        }
        if std::mem::take(&mut is_first) {
            before(job, place, whole, entry.header)?;
        }
        job.name(place, &name);
        // If an entry is damaged, its size may be wrong, too.
        from = entry.header + 4;
        let passed = entry.pass_on(job, place, whole, &name)?;
        if passed.has_output {
            outcome = ZipOutcome::Opened;
        }
        if passed.is_well {
            from = entry.end();
        } else if is_too_broken(job, place, &mut broken) {
            break;
        }
    }
    Ok(outcome)
}
