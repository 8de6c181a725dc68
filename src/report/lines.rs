//! Reports of many repositories in a file: one report in JSON a line, in the order of a list, then a summary.

use std::{borrow::Cow, fmt, io, ops::Range};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::document::{NotAReport, ReportDocument, ReportHeader, RepositoryEntry};
use crate::json_text;

/// How a summary begins, and no report does.
const SUMMARY: &[u8] = b"{\"summary\":";

/// One of the parts that a list of repositories is divided into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Shard {
    /// Which one, from 1.
    pub(crate) number: u64,
    /// How many there are.
    pub(crate) of: u64,
}

impl Shard {
    /// Reads `1/3`.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let number =
            |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|one| one.is_ascii_digit()));
        let parts = text.split_once('/').and_then(|(part, of)| Some((number(part)?, number(of)?)));
        let (number, of) = parts.ok_or("expected I/N, such as 1/4 for the first of four")?;
        match number {
            _ if of == 0 => Err("there must be at least one shard".to_owned()),
            0 => Err(format!("shards are counted from 1, so the first is 1/{of}")),
            _ if number > of => Err(format!("there are only {of} shards, so the last is {of}/{of}")),
            _ => Ok(Self { number, of }),
        }
    }

    /// Whether the repository of this name is in it. That depends on nothing but the name: the first 8 bytes of its SHA-256
    /// as a number, the first byte counting most, leave the number of the shard less 1 when divided by the number of shards.
    pub(crate) fn has(self, name: &[u8]) -> bool {
        let first = Sha256::digest(name).iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        first % self.of == self.number - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.number, self.of)
    }
}

/// What tells a list of repositories from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct RepositoryList {
    /// How many repositories are in it, in all shards.
    pub(crate) repositories: u64,
    /// The SHA-256 of their names, each with a line end, as 64 hex digits.
    pub(crate) sha256: String,
}

/// The last line. Without it, the reports are not whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LinesSummary {
    /// Whether everything in all repositories was read.
    pub(crate) complete: bool,
    /// The number of reports.
    pub(crate) repositories: u64,
    /// The repositories with keys.
    pub(crate) with_keys: u64,
    /// The keys, one for each repository that has it.
    pub(crate) findings: u64,
    /// The repositories that could not be read, or not whole.
    pub(crate) errors: u64,
    /// The size of what was read, in bytes.
    pub(crate) bytes: u64,
    /// The part of the list; absent if it is all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shard: Option<Shard>,
    /// The list.
    pub(crate) list: RepositoryList,
    /// As in each report.
    pub(crate) call: String,
    pub(crate) tool: Cow<'static, str>,
    pub(crate) version: Cow<'static, str>,
}

impl LinesSummary {
    /// Of no report yet.
    pub(crate) fn new(list: RepositoryList, shard: Option<Shard>, call: String) -> Self {
        Self {
            complete: true,
            repositories: 0,
            with_keys: 0,
            findings: 0,
            errors: 0,
            bytes: 0,
            shard,
            list,
            call,
            tool: Cow::Borrowed(env!("CARGO_PKG_NAME")),
            version: Cow::Borrowed(env!("CARGO_PKG_VERSION")),
        }
    }

    /// Whether it counts what is in these lines.
    pub(crate) fn counts(&self, lines: &Self) -> bool {
        let counts =
            |one: &Self| (one.complete, one.repositories, one.with_keys, one.findings, one.errors, one.bytes);
        counts(self) == counts(lines)
    }

    /// Counts a repository.
    pub(crate) fn add(&mut self, repository: &RepositoryEntry) {
        let keys: u64 = repository.keys.values().sum();
        self.repositories += 1;
        self.with_keys += u64::from(keys > 0);
        self.findings += keys;
        self.errors += u64::from(!repository.complete);
        self.complete = self.errors == 0;
        self.bytes += repository.scanned.bytes;
    }

    /// The line, with its end.
    pub(crate) fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = json_text::line(&LinesEnd { summary: Cow::Borrowed(self) })?.into_bytes();
        line.push(b'\n');
        Ok(line)
    }
}

#[derive(Serialize, Deserialize)]
struct LinesEnd<'a> {
    summary: Cow<'a, LinesSummary>,
}

/// What a line is.
#[derive(Debug)]
pub(crate) enum ReportLine {
    /// The report about a repository.
    Report {
        /// The repository.
        repository: RepositoryEntry,
        /// Identifies the version and the options that it was made with.
        call: String,
        /// The version.
        version: String,
    },
    /// The summary of all lines before it.
    Summary(LinesSummary),
}

impl ReportLine {
    /// What a line is, without its end.
    ///
    /// # Errors
    /// When it is neither, or of a version that is not known here.
    pub(crate) fn read(line: &[u8]) -> Result<Self, NotAReport> {
        if is_summary(line) {
            let read = serde_json::from_slice::<LinesEnd<'_>>(line);
            let read =
                read.map_err(|error| NotAReport::new(format!("it is not a whole summary: {error}")))?;
            return Ok(Self::Summary(read.summary.into_owned()));
        }
        let header = serde_json::from_slice::<ReportHeader>(line);
        let mut header = header
            .map_err(|error| NotAReport::new(format!("it is not a report about a repository: {error}")))?;
        header.check()?;
        let report = ReportDocument::read(line)?;
        if !header.repositories.iter().all(|repository| report.fits(repository)) {
            let why = "what it says of its repository is not what its findings say, so it has been changed or damaged";
            return Err(NotAReport::new(why.to_owned()));
        }
        match (header.call.take(), header.repositories.pop()) {
            (Some(call), Some(repository)) if header.repositories.is_empty() => {
                Ok(Self::Report { repository, call, version: header.version().to_owned() })
            }
            _ => Err(NotAReport::new("it is not a line of `--format reports`".to_owned())),
        }
    }
}

/// Whether a line is meant to be a summary.
pub(crate) fn is_summary(line: &[u8]) -> bool {
    line.starts_with(SUMMARY)
}

/// Reads lines one at a time, and knows where they are.
pub(crate) struct LineReader<R> {
    input: R,
    at: u64,
    line: Vec<u8>,
}

/// Where a line is.
#[derive(Clone, Debug)]
pub(crate) struct LinePlace {
    /// In bytes, with its end.
    pub(crate) range: Range<u64>,
    /// Whether it has an end.
    pub(crate) is_ended: bool,
}

impl<R: io::BufRead> LineReader<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, at: 0, line: Vec::new() }
    }

    /// Goes to the next line; `None` after the last one.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub(crate) fn next(&mut self) -> io::Result<Option<LinePlace>> {
        self.line.clear();
        let count = self.input.read_until(b'\n', &mut self.line)? as u64;
        if count == 0 {
            return Ok(None);
        }
        let range = self.at..self.at + count;
        self.at = range.end;
        let is_ended = self.line.last() == Some(&b'\n');
        self.line.truncate(self.line.len() - usize::from(is_ended));
        Ok(Some(LinePlace { range, is_ended }))
    }

    /// The text of the line, without its end.
    pub(crate) fn line(&self) -> &[u8] {
        &self.line
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shards_are_read_and_wrong_ones_are_told() {
        assert_eq!(Shard::parse("2/3"), Ok(Shard { number: 2, of: 3 }));
        assert_eq!(Shard::parse("1/1").unwrap().to_string(), "1/1");
        for (text, expected) in [
            ("0/3", "the first is 1/3"),
            ("4/3", "the last is 3/3"),
            ("1/0", "at least one"),
            ("", "expected I/N"),
            ("1", "expected I/N"),
            ("1/", "expected I/N"),
            ("+1/3", "expected I/N"),
            ("-1/3", "expected I/N"),
            ("1/3/4", "expected I/N"),
            ("1 / 3", "expected I/N"),
            ("1/99999999999999999999", "expected I/N"),
        ] {
            assert!(Shard::parse(text).unwrap_err().contains(expected), "{text}");
        }
    }

    /// These numbers must never change: lists that were divided by another version would fit no more.
    #[test]
    fn a_name_stays_in_its_shard() {
        let shard =
            |name: &str, of| (1..=of).find(|number| Shard { number: *number, of }.has(name.as_bytes()));
        // printf %s NAME | sha256sum | cut -c-16, modulo the number.
        for (name, of_three, of_ten) in
            [("", 2, 3), ("a", 2, 1), ("src/app", 3, 10), ("/srv/git/web.git", 2, 6), ("ü", 3, 9)]
        {
            assert_eq!((shard(name, 3), shard(name, 10)), (Some(of_three), Some(of_ten)), "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_name_is_in_one_shard(name: Vec<u8>, of in 1_u64..40) {
            prop_assert_eq!((1..=of).filter(|number| Shard { number: *number, of }.has(&name)).count(), 1);
        }
    }
}
