//! The files that are merged: reports in JSON, and files with a report of a repository in each line. Of the latter, only one
//! report at a time is in memory.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom},
    path::Path,
};

use anyhow::{Context, Result, anyhow, bail};

use super::part::{ListPart, PartPlace};
use crate::{
    path::input_name,
    report::{LineReader, ReportDocument, ReportLine},
};

/// A file with a report, or with many.
pub(super) enum ReportInput {
    /// One report.
    Document(Box<ReportDocument>),
    /// A report of a repository in each line.
    Lines(LinesInput),
}

/// A file with a report of a repository in each line.
pub(super) struct LinesInput {
    name: String,
    source: LinesSource,
    /// What the runs have written that are in the file.
    pub(super) parts: Vec<ListPart>,
}

/// What lines can be read from again.
enum LinesSource {
    File(File),
    /// What a pipe had.
    Text(Cursor<Vec<u8>>),
}

impl ReportInput {
    /// Reads a report, or looks where in the file reports are; `-` is standard input.
    ///
    /// # Errors
    /// When it cannot be read, or is neither.
    pub(super) fn open(file: &Path) -> Result<Self> {
        let name = input_name(file);
        let cannot = || format!("cannot read {name}");
        let mut source = if file == Path::new("-") {
            LinesSource::all_of(io::stdin().lock()).with_context(cannot)?
        } else if file.is_dir() {
            bail!("{name} is a directory; name the JSON reports in it")
        } else {
            let opened = File::open(file).with_context(cannot)?;
            if opened.metadata().with_context(cannot)?.is_file() {
                LinesSource::File(opened)
            } else {
                LinesSource::all_of(opened).with_context(cannot)?
            }
        };
        if let Some(parts) = parts(&name, &mut source)? {
            return Ok(Self::Lines(LinesInput { name, source, parts }));
        }
        let text = source.text().with_context(cannot)?;
        let report = ReportDocument::read(&text).map_err(|error| anyhow!("{name}: {error}"))?;
        Ok(Self::Document(Box::new(report)))
    }
}

/// Where the reports are in a file; `None` if it does not have one in each line.
fn parts(name: &str, source: &mut LinesSource) -> Result<Option<Vec<ListPart>>> {
    let cannot = || format!("cannot read {name}");
    let mut lines = LineReader::new(source.reader().with_context(cannot)?);
    let mut parts: Vec<ListPart> = Vec::new();
    let mut part = ListPart::new(name);
    let mut number = 0_u64;
    while let Some(place) = lines.next().with_context(cannot)? {
        number += 1;
        if number > 1 && lines.line().trim_ascii().is_empty() {
            continue;
        }
        match ReportLine::read(lines.line()) {
            Ok(ReportLine::Report { repository, .. }) => {
                part.add(repository, number, place.range);
            }
            Ok(ReportLine::Summary(summary)) => {
                part.end(summary);
                parts.push(std::mem::replace(&mut part, ListPart::new(name)));
            }
            Err(_) if number == 1 => return Ok(None),
            // The run was interrupted within a line.
            Err(_) if !place.is_ended => break,
            Err(error) => bail!("{name}, line {number}: {error}"),
        }
    }
    if number == 0 {
        return Ok(None);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    Ok(Some(parts))
}

impl LinesInput {
    /// As it is named.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The report at a place.
    ///
    /// # Errors
    /// When the file has changed meanwhile.
    pub(super) fn read(&mut self, place: &PartPlace) -> Result<ReportDocument> {
        let name = &self.name;
        let text = self.source.part(place.range.start, place.range.end - place.range.start);
        let text = text.with_context(|| format!("cannot read {name}"))?;
        let number = place.number;
        let mut report =
            ReportDocument::read(&text).map_err(|error| anyhow!("{name}, line {number}: {error}"))?;
        // What is merged goes on with nothing.
        report.run.call = None;
        Ok(report)
    }
}

impl LinesSource {
    fn all_of(mut input: impl Read) -> io::Result<Self> {
        let mut text = Vec::new();
        input.read_to_end(&mut text)?;
        Ok(Self::Text(Cursor::new(text)))
    }

    /// From the start.
    fn reader(&mut self) -> io::Result<Box<dyn BufRead + '_>> {
        self.seek(0)?;
        Ok(match self {
            Self::File(file) => Box::new(BufReader::with_capacity(1 << 20, file)),
            Self::Text(text) => Box::new(text),
        })
    }

    fn seek(&mut self, to: u64) -> io::Result<()> {
        match self {
            Self::File(file) => file.seek(SeekFrom::Start(to))?,
            Self::Text(text) => text.seek(SeekFrom::Start(to))?,
        };
        Ok(())
    }

    fn part(&mut self, start: u64, length: u64) -> io::Result<Vec<u8>> {
        self.seek(start)?;
        let mut part = Vec::new();
        match self {
            Self::File(file) => file.take(length).read_to_end(&mut part)?,
            Self::Text(text) => text.take(length).read_to_end(&mut part)?,
        };
        Ok(part)
    }

    fn text(&mut self) -> io::Result<Vec<u8>> {
        self.part(0, u64::MAX)
    }
}
