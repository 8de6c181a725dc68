//! What runs over lists of repositories have written, and what is missing.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use anyhow::{Result, bail, ensure};

use crate::{
    finding::NotScanned,
    report::{LinesSummary, RepositoryEntry, RepositoryList, Shard, plural},
};

/// The lines of one run.
pub(super) struct ListPart {
    /// The file that has them.
    file: String,
    pub(super) places: Vec<PartPlace>,
    /// What a summary of its lines would count.
    counted: LinesSummary,
    /// The repositories in it.
    names: BTreeSet<(String, Option<String>)>,
    /// The first line about a repository that a line before is about, too.
    repeated: Option<u64>,
    /// Absent if the run was interrupted.
    summary: Option<LinesSummary>,
}

/// Where a report is.
pub(super) struct PartPlace {
    /// The name of the repository.
    pub(super) repository: String,
    /// What tells it from others that are shown under the same name.
    pub(super) digest: Option<String>,
    /// The line of the file, from 1.
    pub(super) number: u64,
    /// In bytes.
    pub(super) range: Range<u64>,
}

impl ListPart {
    pub(super) fn new(file: &str) -> Self {
        let list = RepositoryList { repositories: 0, sha256: String::new() };
        Self {
            file: file.to_owned(),
            places: Vec::new(),
            counted: LinesSummary::new(list, None, String::new()),
            names: BTreeSet::new(),
            repeated: None,
            summary: None,
        }
    }

    /// Adds the report of a repository, which is in this line of the file, from 1, and at these bytes.
    pub(super) fn add(&mut self, repository: RepositoryEntry, number: u64, range: Range<u64>) {
        self.counted.add(&repository);
        let RepositoryEntry { name, digest, .. } = repository;
        if !self.names.insert((name.clone(), digest.clone())) {
            self.repeated = self.repeated.or(Some(number));
        }
        self.places.push(PartPlace { repository: name, digest, number, range });
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
    let mut lists: BTreeMap<&RepositoryList, (u64, BTreeMap<u64, &ListPart>)> = BTreeMap::new();
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
        } else if let Some(line) = part.repeated {
            missing.push(lacks(
                &part.file,
                format!("line {line} is about a repository that a line before is about, so that another one is missing"),
            ));
        } else if !summary.counts(&part.counted) {
            missing.push(lacks(
                &part.file,
                "its summary, the last line, does not count what its other lines say, so that it has been changed or damaged"
                    .to_owned(),
            ));
        }
        let shard = summary.shard.unwrap_or(Shard { number: 1, of: 1 });
        let shards = &mut lists.entry(&summary.list).or_insert_with(|| (shard.of, BTreeMap::new()));
        if let Some((_, known)) = shards.1.first_key_value() {
            let files = both(known, part);
            ensure!(
                shards.0 == shard.of,
                "{files} have the same list, divided in other ways; name the parts of one division"
            );
            let own = known.summary.as_ref().map(|known| (&known.call, &known.version));
            ensure!(
                own == Some((&summary.call, &summary.version)),
                "{files} are parts of the same list, made with other options, other rules or another version of skanner; make \
                 them in the same way"
            );
        }
        let shards = &mut shards.1;
        if let Some(known) = shards.insert(shard.number, part) {
            let both = both(known, part);
            match summary.shard {
                Some(shard) => bail!("shard {shard} of the same list is there twice: {both}; name it once"),
                None => bail!("the reports of the same list are there twice: {both}; name them once"),
            }
        }
    }
    for (list, (of, shards)) in lists {
        let present: BTreeSet<u64> = shards.keys().copied().collect();
        let count: usize = shards.values().map(|part| part.places.len()).sum();
        let gaps = gaps(&present, of);
        if !gaps.is_empty() {
            let what = format!("shards {gaps} of {of}");
            let what = if gaps.contains([',', '-']) { what } else { what.replacen("shards", "shard", 1) };
            let all = plural(list.repositories, "repository");
            missing.push(lacks(
                &what,
                format!("no file has it, so that this is only a part of {all}; name the files of all shards"),
            ));
        } else if count as u64 != list.repositories {
            let files: Vec<&str> = shards.values().map(|part| &*part.file).collect();
            let all = plural(list.repositories, "repository");
            missing
                .push(lacks(&files.join(", "), format!("the list has {all}, and there are {count} reports")));
        }
    }
    Ok(missing)
}

/// The files of two parts.
fn both(one: &ListPart, other: &ListPart) -> String {
    if one.file == other.file { one.file.clone() } else { format!("{} and {}", one.file, other.file) }
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
