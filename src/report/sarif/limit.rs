//! What GitHub code scanning takes of a file: it refuses one with more than that as a whole, and would show no key at all.

use std::{
    cmp::Reverse,
    io::{self, Write},
};

use flate2::{Compression, write::GzEncoder};

use crate::{cold::ColdSort, report::document::ReportDocument};

/// How many results a run may have (docs.github.com, "SARIF results exceed limit").
pub(super) const MOST_RESULTS: usize = 25_000;

/// How many of them GitHub stores and shows, by severity (the same page).
pub(super) const SHOWN_RESULTS: usize = 5_000;

/// How large a file may be after gzip, in bytes: 10 MB (docs.github.com, "SARIF results file is too large"). A little less,
/// since an upload adds to the file and packs it anew.
const LARGEST: u64 = 9_500_000;

/// Which results are written, by their position among all.
#[derive(Debug)]
pub(super) struct KeptResults {
    /// All of them if it is empty.
    is_kept: Vec<bool>,
    /// How many there are.
    pub(super) all: usize,
    /// How many are written.
    pub(super) kept: usize,
}

impl KeptResults {
    /// The `most` that matter most. The first place of each key comes before all others, so that no key is lost because
    /// another one is in many places; then the most severe, then the most certain, then those that come first. What is
    /// suppressed comes last.
    pub(super) fn of(report: &ReportDocument, most: usize) -> Self {
        let all = report.all().map(|(finding, _)| finding.occurrences.len()).sum();
        if all <= most {
            return Self { is_kept: Vec::new(), all, kept: all };
        }
        let places = report.all().flat_map(|(finding, by)| {
            let rank = (Reverse(finding.severity), Reverse(finding.confidence));
            (0..finding.occurrences.len()).map(move |at| (by.is_some(), at > 0, rank))
        });
        let mut ranks: Vec<_> = places.zip(0..).collect();
        ranks.cold_sort();
        let mut is_kept = vec![false; all];
        ranks.iter().take(most).for_each(|(_, at): &(_, usize)| is_kept[*at] = true);
        Self { is_kept, all, kept: most }
    }

    /// Whether the result at this position is written.
    pub(super) fn has(&self, at: usize) -> bool {
        self.is_kept.get(at).is_none_or(|is_kept| *is_kept)
    }

    /// What people are told if not all of them are written.
    pub(super) fn left_out(&self) -> Option<String> {
        let Self { kept, all, .. } = self;
        (kept < all).then(|| {
            format!(
                "SARIF has {kept} of {all} results, since GitHub code scanning refuses a file with more than {MOST_RESULTS}, or \
                 more than 10 MB after gzip: one result for each key before any other, the most severe first; a report in JSON \
                 has all of them"
            )
        })
    }
}

/// How many results fit instead of `kept`, if a file with so many is too large.
pub(super) fn fewer(text: &[u8], kept: usize) -> io::Result<Option<usize>> {
    fewer_than(text, kept, LARGEST)
}

fn fewer_than(text: &[u8], kept: usize, largest: u64) -> io::Result<Option<usize>> {
    // Gzip makes nothing much larger.
    if kept == 0 || text.len() as u64 <= largest {
        return Ok(None);
    }
    let mut encoder = GzEncoder::new(Counter(0), Compression::default());
    encoder.write_all(text)?;
    let size = encoder.finish()?.0;
    // Results differ in size, so that a few less than their share are tried.
    let share = |kept: u128| kept * u128::from(largest) * 19 / (u128::from(size) * 20);
    Ok((size > largest).then(|| usize::try_from(share(kept as u128)).unwrap_or(0)))
}

/// Counts what is written, and keeps nothing.
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_too_large_by_what_gzip_leaves() {
        let mut random = fastrand::Rng::with_seed(3);
        let noise: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(100_000).collect();
        assert_eq!(fewer_than(&noise, 1000, 100_100).unwrap(), None);
        assert_eq!(fewer_than(&noise, 1000, 200_000).unwrap(), None);
        let fewer = fewer_than(&noise, 1000, 50_000).unwrap().unwrap();
        assert!((400..500).contains(&fewer), "{fewer}");
        assert_eq!(fewer_than(&vec![b'a'; 100_000], 1000, 50_000).unwrap(), None);
        assert_eq!(fewer_than(&noise, 0, 10).unwrap(), None);
    }
}
