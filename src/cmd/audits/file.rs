//! The file with the reports of many repositories. It grows by whole lines, so that whatever ends the run leaves those.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use tempfile::{Builder, NamedTempFile};

use crate::{
    path::{WholePath, parent},
    report::is_summary,
};

/// How the line of a report begins.
const REPORT: &[u8] = b"{\"schema\":";

/// The last line is at most so long, in bytes.
const LONGEST_SUMMARY: u64 = 16 << 10;

/// The file, at its end or where the next line goes.
pub(super) struct LinesFile {
    pub(super) file: File,
    /// As it was named.
    pub(super) path: PathBuf,
    /// Whether it can be read back, and cut.
    is_regular: bool,
}

impl LinesFile {
    /// Opens it, and leaves in it what is there.
    ///
    /// # Errors
    /// When it cannot be opened, or another run writes to it.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let cannot = || format!("cannot write {}", path.display());
        let is_regular = match fs::metadata(path) {
            Ok(metadata) => metadata.is_file(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(error).with_context(cannot),
        };
        let mut how = File::options();
        how.write(true);
        if is_regular {
            how.read(true).create(true).truncate(false);
        }
        let file = how.open(path).with_context(cannot)?;
        ensure!(!is_regular || lock(&file), "{}: another run is writing to it", cannot());
        Ok(Self { file, path: path.to_owned(), is_regular })
    }

    /// Checks that nothing would be lost that `--resume` could use.
    ///
    /// # Errors
    /// When the file has lines of a run that was interrupted.
    pub(super) fn refuse_unfinished(&mut self) -> Result<()> {
        let is_unfinished = self.is_regular && self.is_unfinished().with_context(|| self.cannot_read())?;
        ensure!(
            !is_unfinished,
            "{} has the reports of a run that was interrupted; go on with --resume, or delete the file",
            self.path.display()
        );
        Ok(())
    }

    fn is_unfinished(&mut self) -> io::Result<bool> {
        let mut start = Vec::new();
        (&self.file).take(REPORT.len() as u64).read_to_end(&mut start)?;
        let length = self.file.seek(SeekFrom::End(0))?;
        self.file.seek(SeekFrom::Start(length.saturating_sub(LONGEST_SUMMARY)))?;
        let mut end = Vec::new();
        (&self.file).take(LONGEST_SUMMARY).read_to_end(&mut end)?;
        let last =
            end.strip_suffix(b"\n").map(|lines| lines.rsplit(|byte| *byte == b'\n').next().unwrap_or(lines));
        Ok(start == REPORT && !last.is_some_and(is_summary))
    }

    /// Whether lines can be kept.
    ///
    /// # Errors
    /// When it is a pipe or its like.
    pub(super) fn refuse_irregular(&self) -> Result<()> {
        ensure!(
            self.is_regular,
            "{} is not a regular file, so that --resume cannot read it",
            self.path.display()
        );
        Ok(())
    }

    pub(super) fn cannot_read(&self) -> String {
        format!("cannot read {}", self.path.display())
    }

    /// Takes away everything after this place, in bytes, and goes there.
    pub(super) fn cut(&mut self, end: u64) -> Result<()> {
        if self.is_regular {
            let cut = self.file.set_len(end).and_then(|()| self.file.seek(SeekFrom::Start(end)));
            cut.with_context(|| format!("cannot write {}", self.path.display()))?;
        }
        Ok(())
    }

    /// Writes a line. Nothing of it stays in this process.
    pub(super) fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)
    }

    /// Writes the last line, and waits until everything is on the disk.
    pub(super) fn end(&mut self, line: &[u8]) -> Result<()> {
        let ended =
            self.write(line).and_then(|()| if self.is_regular { self.file.sync_all() } else { Ok(()) });
        ended.with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Begins a copy that will take the place of this file.
    pub(super) fn replace(self) -> Result<ReplacedFile> {
        let begin = || {
            let path = self.path.whole()?;
            let directory = parent(&path).unwrap_or(Path::new("."));
            let copy = Builder::new().prefix(".skanner-").suffix(".tmp").tempfile_in(directory)?;
            copy.as_file().set_permissions(self.file.metadata()?.permissions())?;
            (&self.file).rewind()?;
            Ok((path, copy))
        };
        let begun: io::Result<_> = begin();
        let (path, copy) = begun.with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok(ReplacedFile { old: self, at: 0, path, copy: BufWriter::new(copy) })
    }
}

/// A copy of a file in which some lines are others.
pub(super) struct ReplacedFile {
    old: LinesFile,
    /// So much of it has been copied or left out, in bytes.
    at: u64,
    /// Where the file really is.
    path: PathBuf,
    copy: BufWriter<NamedTempFile>,
}

impl ReplacedFile {
    /// Copies what is before a line, and writes another one in its place.
    pub(super) fn exchange(&mut self, old: Range<u64>, line: &[u8]) -> io::Result<()> {
        self.copy_to(old.start)?;
        self.copy.write_all(line)?;
        (&self.old.file).seek(SeekFrom::Start(old.end))?;
        self.at = old.end;
        Ok(())
    }

    fn copy_to(&mut self, end: u64) -> io::Result<()> {
        io::copy(&mut (&self.old.file).take(end - self.at), &mut self.copy)?;
        self.at = end;
        Ok(())
    }

    /// Copies the rest up to a place in the old file, and puts the copy where that is.
    pub(super) fn put(mut self, end: u64) -> Result<LinesFile> {
        let shown = self.old.path.clone();
        let put = move || {
            self.copy_to(end)?;
            let copy = self.copy.into_inner().map_err(io::IntoInnerError::into_error)?;
            copy.as_file().sync_all()?;
            let file = copy.persist(&self.path)?;
            lock(&file);
            Ok(LinesFile { file, path: self.old.path, is_regular: true })
        };
        let put: io::Result<LinesFile> = put();
        put.with_context(|| format!("cannot write {}", shown.display()))
    }
}

/// Keeps other runs from writing to a file until this one ends, however it does. Some file systems cannot.
#[cfg(unix)]
fn lock(file: &File) -> bool {
    use rustix::{
        fs::{FlockOperation, flock},
        io::Errno,
    };
    flock(file, FlockOperation::NonBlockingLockExclusive) != Err(Errno::WOULDBLOCK)
}

#[cfg(not(unix))]
fn lock(_: &File) -> bool {
    true
}
