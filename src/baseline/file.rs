//! The baseline file: strict reading, atomic writing.

use std::{
    fs,
    io::{self, Read},
    ops::Range,
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result, bail};

use super::entry::{BaselineEntry, day_in};
use crate::{
    bytes::line_of, cold::ColdSort, day::Day, finding::Fingerprint, path::WholePath, regular_file, whole_file,
};

/// Larger files are refused, in bytes. This is room for about half a million entries.
const MOST: u64 = 64 << 20;

/// The comment at the top, for people who see the file for the first time. The lines are in byte order, so
/// that `LC_ALL=C sort -u` keeps them in place. Each makes sense by itself, since merges and older versions
/// may add other lines in between.
const HEADER: &[&str] = &[
    "# Known findings, which skanner does not report again. To change this file, see `skanner baseline --help`.",
    "# One entry per line: fingerprint of the secret, rule, path. The order of lines and duplicates do not matter.",
    "# To merge branches without conflicts, add the line `.skanner-baseline merge=union` to .gitattributes.",
];

/// The entries of a baseline.
#[derive(Clone, Debug, Default)]
pub(crate) struct Baseline {
    /// Sorted by fingerprint and location, without duplicates.
    entries: Vec<BaselineEntry>,
    /// Comments that are not directly above an entry.
    rest: Vec<Arc<str>>,
}

/// Whether to follow a symbolic link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkPolicy {
    /// The user named the path.
    Yes,
    /// The path comes from the tree, where a link could lead anywhere.
    No,
}

/// Reads the baseline at a path, or returns `None` if there is no such file. `shown` is the path to print in
/// errors.
///
/// # Errors
/// When it is not a regular file, cannot be read, or has an invalid line.
pub(crate) fn read(path: &Path, shown: &str, follow: LinkPolicy) -> Result<Option<Baseline>> {
    match fs::symlink_metadata(path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Ok(metadata) if metadata.is_symlink() && follow == LinkPolicy::No => bail!(
            "{shown} is a symbolic link, which is not followed: replace it with the file itself, or pass its target \
             with --baseline"
        ),
        _ => {}
    }
    let mut bytes = Vec::new();
    regular_file::open(path)
        .and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read the baseline {shown}"))?;
    if bytes.len() as u64 > MOST {
        bail!("{shown} is larger than {} MiB, which is too large for a baseline", MOST >> 20);
    }
    Baseline::parse(&bytes, shown).map(Some)
}

/// Writes a baseline atomically, through a symbolic link if the path is one.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write(path: &Path, baseline: &Baseline) -> Result<()> {
    replace(path, baseline.to_string().as_bytes())
        .with_context(|| format!("cannot write the baseline {}", path.display()))
}

/// Writes through a link, if there is one.
pub(super) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    if path.is_symlink() {
        whole_file::replace(&path.whole()?, text)
    } else {
        whole_file::replace(path, text)
    }
}

impl Baseline {
    /// Takes entries in any order. Of several with the same secret and location, the first is kept.
    #[must_use]
    pub(crate) fn new(mut entries: Vec<BaselineEntry>) -> Self {
        if !entries.is_sorted_by(|a, b| (a.fingerprint, &a.place) < (b.fingerprint, &b.place)) {
            entries.cold_sort_by(|a, b| (a.fingerprint, &a.place).cmp(&(b.fingerprint, &b.place)));
            entries.dedup_by(|later, earlier| {
                let is_same = later.fingerprint == earlier.fingerprint && later.place == earlier.place;
                if is_same {
                    for note in later.notes.drain(..) {
                        if !earlier.notes.contains(&note) {
                            earlier.notes.push(note);
                        }
                    }
                }
                is_same
            });
        }
        Self { entries, rest: Vec::new() }
    }

    /// Parses the text of a baseline. `shown` is the path to print in errors.
    ///
    /// # Errors
    /// When a line is not an entry, a comment or empty. The error gives the file, the line and what to do.
    pub(crate) fn parse(bytes: &[u8], shown: &str) -> Result<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let line = line_of(bytes, error.valid_up_to());
                bail!(
                    "{shown}:{line}: not a baseline, since it is not UTF-8; `skanner baseline create --force` writes a new one"
                )
            }
        };
        let (mut entries, mut notes, mut rule): (_, Vec<Arc<str>>, _) = (Vec::new(), Vec::new(), "".into());
        for (line, number) in text.lines().zip(1..) {
            // Git may have converted the line ends to CRLF, and then merged such a line twice.
            let line = line.trim_end_matches('\r');
            if line.starts_with('#') {
                if let Err(why) = day_in(line) {
                    bail!("{shown}:{number}: {why}");
                }
                if !HEADER.contains(&line) && !notes.iter().any(|note| **note == *line) {
                    notes.push(line.into());
                }
            } else if !line.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
                let entry = BaselineEntry::parse(line, &mut rule);
                let mut entry = entry.map_err(|why| match is_conflict(line) {
                    true => anyhow::anyhow!(
                        "{shown}:{number}: unresolved merge conflict: keep the entries of both sides, and delete the lines \
                         with <<<<<<<, =======, >>>>>>> and |||||||. The line `.skanner-baseline merge=union` in \
                         .gitattributes prevents such conflicts"
                    ),
                    false => anyhow::anyhow!(
                        "{shown}:{number}: {why}. If you do not know what the line means, delete it: its finding is then \
                         reported again"
                    ),
                })?;
                entry.line = number;
                entry.notes = std::mem::take(&mut notes);
                entries.push(entry);
            }
        }
        Ok(Self { rest: notes, ..Self::new(entries) })
    }

    /// All entries, sorted by fingerprint and location.
    #[must_use]
    pub(crate) fn entries(&self) -> &[BaselineEntry] {
        &self.entries
    }

    /// The range of the entries for this secret.
    pub(super) fn of(&self, fingerprint: Fingerprint) -> Range<usize> {
        let start = self.entries.partition_point(|entry| entry.fingerprint < fingerprint);
        let count = self.entries[start..].partition_point(|entry| entry.fingerprint == fingerprint);
        start..start + count
    }

    /// Takes out the entries whose last day is over: they cover nothing any more.
    pub(crate) fn take_expired(&mut self, today: Day) -> Vec<BaselineEntry> {
        self.entries.extract_if(.., |entry| entry.until().is_some_and(|last| last < today)).collect()
    }

    /// The same file with other entries.
    #[must_use]
    pub(crate) fn with(&self, entries: Vec<BaselineEntry>) -> Self {
        Self { rest: self.rest.clone(), ..Self::new(entries) }
    }
}

/// Whether the line is a conflict marker of git.
fn is_conflict(line: &str) -> bool {
    ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
        .iter()
        .any(|marker| line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// The text of the file.
impl std::fmt::Display for Baseline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in HEADER {
            writeln!(f, "{line}")?;
        }
        // In the order of `sort`. Lines escape their paths, so this differs from the order of locations.
        let mut lines: Vec<(String, &BaselineEntry)> =
            self.entries.iter().map(|entry| (entry.to_string(), entry)).collect();
        lines.cold_sort_by(|(a, _), (b, _)| a.cmp(b));
        for (line, entry) in lines {
            for note in &entry.notes {
                writeln!(f, "{note}")?;
            }
            writeln!(f, "{line}")?;
        }
        self.rest.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::baseline::{EntryLocation, FilePath};

    fn entry() -> impl Strategy<Value = BaselineEntry> {
        let text = prop_oneof!["[a-c /!#<>\\\\\n]{1,6}", "[a-b]{1,2}"];
        let path =
            (text.clone(), proptest::option::of(text)).prop_map(|(path, inner)| FilePath { path, inner });
        let place = prop_oneof![
            path.clone().prop_map(EntryLocation::File),
            proptest::option::of(path).prop_map(EntryLocation::History)
        ];
        (0..4_u8, "[a-z][a-z-]{0,3}", place, proptest::option::of("# [a-z]{1,3}")).prop_map(
            |(digit, rule, place, note)| BaselineEntry {
                fingerprint: Fingerprint::parse(&format!("{digit}").repeat(32)).unwrap(),
                rule: rule.into(),
                place,
                line: 0,
                notes: note.into_iter().map(Into::into).collect(),
            },
        )
    }

    /// What identifies an entry. Which rule and which comment of two duplicates is kept does not matter.
    fn keys(baseline: &Baseline) -> Vec<(Fingerprint, EntryLocation)> {
        baseline.entries().iter().map(|entry| (entry.fingerprint, entry.place.clone())).collect()
    }

    fn parse(text: &str) -> Baseline {
        Baseline::parse(text.as_bytes(), "known").unwrap()
    }

    proptest! {
        #[test]
        fn a_file_is_read_as_it_was_written(entries in proptest::collection::vec(entry(), 0..12)) {
            let baseline = Baseline::new(entries);
            let text = baseline.to_string();
            let read = parse(&text);
            prop_assert_eq!(keys(&read), keys(&baseline));
            prop_assert_eq!(read.to_string(), text.clone());
            prop_assert_eq!(parse(&text.replace('\n', "\r\n")).to_string(), text);
        }

        #[test]
        fn lines_of_two_files_are_their_union(
            one in proptest::collection::vec(entry(), 0..8),
            other in proptest::collection::vec(entry(), 0..8),
            seed: u64,
        ) {
            let (a, b) = (Baseline::new(one.clone()), Baseline::new(other.clone()));
            let both = Baseline::new([one, other].concat());
            let text = format!("{a}{b}");
            let mut lines: Vec<&str> = text.lines().collect();
            fastrand::Rng::with_seed(seed).shuffle(&mut lines);
            prop_assert_eq!(keys(&parse(&lines.join("\n"))), keys(&both));
        }

        #[test]
        fn nothing_makes_reading_fail_otherwise_than_with_a_line(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Err(error) = Baseline::parse(&bytes, "known") {
                prop_assert!(error.to_string().starts_with("known:"), "{}", error);
            }
        }
    }

    #[test]
    fn a_day_above_an_entry_is_its_last_one() {
        let entry = format!("{} rule a.py\n", "1".repeat(32));
        let day = |text: &str| Day::parse(text).unwrap();
        for (notes, until, reason) in [
            ("", None, ""),
            ("# until=2027-03-01\n", Some("2027-03-01"), ""),
            ("# being replaced until=2027-03-01\n# by us\n", Some("2027-03-01"), "being replaced by us"),
            // As a merge of two branches leaves it.
            ("# until=2027-03-01\n# until=2026-12-31\n", Some("2026-12-31"), ""),
            ("# valid until 2027-03-01\n", None, "valid until 2027-03-01"),
        ] {
            let mut baseline = parse(&format!("{notes}{entry}"));
            let one = &baseline.entries()[0];
            assert_eq!((one.until(), &*one.reason()), (until.map(day), reason), "{notes}");
            assert_eq!(baseline.take_expired(day("2026-12-31")), [], "{notes}");
            let is_over = until == Some("2026-12-31");
            assert_eq!(baseline.take_expired(day("2027-01-01")).len(), usize::from(is_over), "{notes}");
        }
        for wrong in ["# until=tomorrow\n", "# until=\n", "#until=2027-02-29\n"] {
            let wrong = Baseline::parse(format!("{wrong}{entry}").as_bytes(), "known");
            let says = wrong.unwrap_err().to_string();
            assert!(says.starts_with("known:1: expected a day after `until=`"), "{says}");
        }
    }

    #[test]
    fn the_example_in_the_documents_is_one() {
        let documents = include_str!("../../docs/baseline.md");
        let start = documents.find("# Known findings, which").unwrap();
        let text = documents[start..].split("```").next().unwrap();
        let baseline = parse(text);
        assert_eq!(baseline.entries().len(), 3);
        let mut lines: Vec<&str> = text.lines().collect();
        assert!(HEADER.iter().all(|line| lines.contains(line)));
        lines.retain(|line| !line.starts_with('#'));
        assert!(lines.iter().all(|line| baseline.to_string().contains(line)));
        assert!(HEADER.is_sorted());
    }
}
