//! What runs over lists of repositories have written, and what is missing.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use anyhow::{Result, bail};

use crate::{
    finding::NotScanned,
    report::{LinesSummary, RepositoryList, Shard, plural},
};

/// The lines of one run.
pub(super) struct ListPart {
    /// The file that has them.
    file: String,
    pub(super) places: Vec<PartPlace>,
    /// Absent if the run was interrupted.
    summary: Option<LinesSummary>,
}

/// Where a report is.
pub(super) struct PartPlace {
    /// The name of the repository.
    pub(super) repository: String,
    /// The line of the file, from 1.
    pub(super) number: u64,
    /// In bytes.
    pub(super) range: Range<u64>,
}

impl ListPart {
    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), places: Vec::new(), summary: None }
    }

    pub(super) fn add(&mut self, place: PartPlace) {
        self.places.push(place);
    }

    pub(super) fn end(&mut self, summary: LinesSummary) {
        self.summary = Some(summary);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What tells the list from others; empty if the run was interrupted.
    pub(super) fn list(&self) -> String {
        self.summary.as_ref().map(|summary| summary.list.sha256.clone()).unwrap_or_default()
    }
}

/// What should be in the parts of lists and is not.
///
/// # Errors
/// When a part is there twice, so that its repositories would be counted twice.
pub(super) fn missing<'p>(parts: impl Iterator<Item = &'p ListPart>) -> Result<Vec<NotScanned>> {
    let mut missing = Vec::new();
    let mut lists: BTreeMap<(&RepositoryList, u64), BTreeMap<u64, &ListPart>> = BTreeMap::new();
    for part in parts {
        let Some(summary) = &part.summary else {
            missing.push(lacks(
                &part.file,
                "its last line, the summary, is missing, so that the run that wrote it was interrupted; `skanner audit` goes on \
                 with --resume"
                    .to_owned(),
            ));
            continue;
        };
        let count = part.places.len() as u64;
        if count != summary.repositories {
            let expected = plural(summary.repositories, "repository");
            missing.push(lacks(
                &part.file,
                format!("it has {count} reports, and its summary is about {expected}"),
            ));
        }
        let shard = summary.shard.unwrap_or(Shard { number: 1, of: 1 });
        let shards = lists.entry((&summary.list, shard.of)).or_default();
        if let Some(known) = shards.insert(shard.number, part) {
            let both = if known.file == part.file {
                part.file.clone()
            } else {
                format!("{} and {}", known.file, part.file)
            };
            match summary.shard {
                Some(shard) => bail!("shard {shard} of the same list is there twice: {both}; name it once"),
                None => bail!("the reports of the same list are there twice: {both}; name them once"),
            }
        }
    }
    for ((list, of), shards) in lists {
        let present: BTreeSet<u64> = shards.keys().copied().collect();
        let gaps = gaps(&present, of);
        if !gaps.is_empty() {
            let what = format!("shards {gaps} of {of}");
            let what = if gaps.contains([',', '-']) { what } else { what.replacen("shards", "shard", 1) };
            let all = plural(list.repositories, "repository");
            missing.push(lacks(
                &what,
                format!("no file has it, so that this is only a part of {all}; name the files of all shards"),
            ));
        }
    }
    Ok(missing)
}

/// The numbers up to `of` that are not there, as in `2, 4-7`.
fn gaps(present: &BTreeSet<u64>, of: u64) -> String {
    let mut gaps = Vec::new();
    let mut next = 1;
    for number in present.iter().copied().chain([of.saturating_add(1)]) {
        match number.saturating_sub(next) {
            0 => {}
            1 => gaps.push(next.to_string()),
            _ => gaps.push(format!("{next}-{}", number - 1)),
        }
        next = number.saturating_add(1);
    }
    gaps.join(", ")
}

fn lacks(what: &str, why: String) -> NotScanned {
    NotScanned { what: what.to_owned(), why, ..NotScanned::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_named() {
        for (present, of, expected) in [
            (&[1, 2, 3][..], 3, ""),
            (&[1, 3], 3, "2"),
            (&[2], 3, "1, 3"),
            (&[2, 6], 9, "1, 3-5, 7-9"),
            (&[], 4, "1-4"),
        ] {
            assert_eq!(gaps(&present.iter().copied().collect(), of), expected);
        }
    }
}
