//! What an interrupted run has left of the reports of many repositories.

use std::{
    io::{BufReader, Seek},
    ops::Range,
};

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::{file::LinesFile, list::NamedRepository};
use crate::report::{LinePlace, LineReader, LinesSummary, ReportLine};

/// The lines that are kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Where each one ends, in bytes.
    ends: Vec<u64>,
    /// Those of repositories that could not be read, or not whole.
    failed: Vec<usize>,
}

impl Kept {
    /// Reads the lines, and adds those to a summary that were read whole. An old summary is not kept, and neither is a last line
    /// without an end.
    ///
    /// # Errors
    /// When a line is not that of the repository whose turn it is, or was made by another version or with other options.
    pub(super) fn read(
        file: &mut LinesFile,
        repositories: &[NamedRepository],
        summary: &mut LinesSummary,
    ) -> Result<Self> {
        file.refuse_irregular()?;
        let path = file.path.display().to_string();
        (|| {
            file.file.rewind().with_context(|| file.cannot_read())?;
            let mut lines = LineReader::new(BufReader::with_capacity(1 << 20, &file.file));
            let mut kept = Self::default();
            while let Some(place) = lines.next().with_context(|| file.cannot_read())? {
                let is_kept = kept.add(&place, lines.line(), repositories, summary);
                if !is_kept.with_context(|| format!("line {}", kept.count() + 1))? {
                    let more = lines.next().with_context(|| file.cannot_read())?;
                    ensure!(more.is_none(), "line {}: there are lines after the summary", kept.count() + 2);
                    break;
                }
            }
            Ok(kept)
        })()
        .with_context(|| format!("--resume cannot go on with {path}"))
    }

    /// Adds a line; `false` for one that is not kept, which must be the last one.
    fn add(
        &mut self,
        place: &LinePlace,
        line: &[u8],
        repositories: &[NamedRepository],
        summary: &mut LinesSummary,
    ) -> Result<bool> {
        if !place.is_ended {
            // A power failure may leave zeros.
            let start = b"{\"";
            let is_own =
                line.starts_with(start) || start.starts_with(line) || line.iter().all(|byte| *byte == 0);
            ensure!(is_own, "it is not a report about a repository");
            return Ok(false);
        }
        let (repository, call, version) = match ReportLine::read(line).map_err(|error| anyhow!("{error}"))? {
            ReportLine::Summary(_) => return Ok(false),
            ReportLine::Report { repository, call, version } => (repository, call, version),
        };
        let own = env!("CARGO_PKG_VERSION");
        if call != summary.call {
            let other = if version == own {
                "with other options, another configuration, other rules or another build of skanner"
                    .to_owned()
            } else {
                format!("by skanner {version}, and this is skanner {own}")
            };
            bail!("the report was made {other}; use the same, or leave out --resume and delete the file");
        }
        let Some(next) = repositories.get(self.count()) else {
            bail!("it is about {}, and the list has only {} repositories", repository.name, self.count());
        };
        ensure!(
            (&repository.name, &repository.digest) == (&next.name, &next.digest),
            "it is about {}, and the list has {} there",
            repository.name,
            next.name
        );
        if repository.complete {
            summary.add(&repository);
        } else {
            self.failed.push(self.count());
        }
        self.ends.push(place.range.end);
        Ok(true)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// The positions of those that could not be read, or not whole.
    pub(super) fn failed(&self) -> &[usize] {
        &self.failed
    }

    /// Where they end, in bytes.
    pub(super) fn end(&self) -> u64 {
        self.ends.last().copied().unwrap_or_default()
    }

    /// Where the line at this position is, in bytes, with its end.
    pub(super) fn range(&self, at: usize) -> Range<u64> {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[at]
    }
}
