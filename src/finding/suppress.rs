//! Suppressions of keys, and inputs that are accepted as unread. Nothing is dropped silently: each entry says
//! what suppressed it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Finding, NotScanned, Occurrence, Report, collect::by_place};

/// The kind of a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A comment such as `skanner:allow`.
    Inline,
    /// A comment for another scanner, such as `gitleaks:allow`.
    Foreign,
    /// A list of another scanner, such as `.gitleaksignore`.
    ForeignList,
    /// An `[[allow]]` entry of the configuration, by path or rule.
    Config,
    /// An `[[allow]]` entry of the configuration, by fingerprint.
    Fingerprint,
    /// An entry of the baseline.
    Baseline,
}

/// A comment or an entry that suppresses something. All texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Suppression {
    /// Its kind.
    pub kind: Kind,
    /// The file that contains it, as it is shown.
    pub place: String,
    /// Its line, 1-based, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The rules it applies to, separated by commas. Absent if it applies to all rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The reason that its author gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day it is in force, in UTC, as `2027-01-31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A key that was suppressed, with the occurrences that one suppression covers.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The key, with only these occurrences.
    pub finding: Finding,
    /// What suppressed them.
    pub by: Suppression,
}

/// A suppression that does nothing: nothing matches it any more, it has expired, or it is invalid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Unused {
    /// The file that contains it, as it is shown.
    pub place: String,
    /// Its line, 1-based, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The suppression, as it is written or shortened.
    pub what: String,
    /// What is wrong with it, and what to do.
    pub why: String,
}

/// An input that could not be read, and was accepted as such.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accepted {
    /// What was not read, and why not.
    pub input: NotScanned,
    /// The entry that accepts it.
    pub by: Suppression,
}

impl Suppression {
    /// Its location, such as `skanner.toml:12`.
    #[must_use]
    pub fn at(&self) -> String {
        place_and_line(&self.place, self.line)
    }
}

impl Unused {
    /// Its location, such as `skanner.toml:12`.
    #[must_use]
    pub fn at(&self) -> String {
        place_and_line(&self.place, self.line)
    }
}

fn place_and_line(place: &str, line: Option<u64>) -> String {
    match line {
        Some(line) => format!("{place}:{line}"),
        None => place.to_owned(),
    }
}

/// How many keys the suppressions of one kind in one file suppressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SuppressedBy {
    /// The kind of the suppressions.
    pub kind: Kind,
    /// The file that contains them, as it is shown.
    pub place: String,
    /// The number of keys with suppressed occurrences.
    pub count: u64,
}

impl Report {
    /// Moves the occurrences for which `by` returns a suppression out of the findings. A finding without any
    /// other occurrence is removed.
    pub fn suppress(&mut self, mut by: impl FnMut(&Finding, &Occurrence) -> Option<Suppression>) {
        let suppressed = &mut self.suppressed;
        let before = suppressed.len();
        self.findings.retain_mut(|finding| {
            let mut taken: BTreeMap<Suppression, Vec<Occurrence>> = BTreeMap::new();
            let mut kept = Vec::new();
            for place in std::mem::take(&mut finding.occurrences) {
                match by(finding, &place) {
                    Some(suppression) => taken.entry(suppression).or_default().push(place),
                    None => kept.push(place),
                }
            }
            for (by, occurrences) in taken {
                suppressed.push(Suppressed { finding: Finding { occurrences, ..finding.clone() }, by });
            }
            finding.occurrences = kept;
            !finding.occurrences.is_empty()
        });
        if suppressed.len() > before {
            suppressed.sort_by(|a, b| by_place(&a.finding, &b.finding).then_with(|| a.by.cmp(&b.by)));
            self.findings.sort_by(by_place);
        }
    }

    /// Applies `mask` to all texts of suppressions, to make them safe to show. Configurations, baselines and
    /// comments are written by others, and may contain secrets anywhere.
    pub fn mask_suppressions(&mut self, mut mask: impl FnMut(&str) -> String) {
        let mut known: HashMap<String, String> = HashMap::new();
        let mut mask = |text: &mut String| match known.get(text) {
            Some(safe) => text.clone_from(safe),
            None => {
                let safe = mask(text);
                known.insert(std::mem::replace(text, safe.clone()), safe);
            }
        };
        let by = self.suppressed.iter_mut().map(|one| &mut one.by);
        for by in by.chain(self.accepted.iter_mut().map(|one| &mut one.by)) {
            let texts = by.rule.iter_mut().chain(&mut by.reason).chain(&mut by.until);
            texts.chain([&mut by.place]).for_each(&mut mask);
        }
        for one in &mut self.unused {
            [&mut one.place, &mut one.what, &mut one.why].into_iter().for_each(&mut mask);
        }
        for input in self.accepted.iter_mut().map(|one| &mut one.input).chain(&mut self.not_scanned) {
            [&mut input.what, &mut input.why].into_iter().for_each(&mut mask);
        }
    }

    /// The number of suppressed keys by kind and file, sorted. A key counts once for each kind and file.
    #[must_use]
    pub fn suppressed_by(&self) -> Vec<SuppressedBy> {
        let mut keys: BTreeMap<(Kind, &str), BTreeSet<&str>> = BTreeMap::new();
        for one in &self.suppressed {
            // Entries by path and by fingerprint are counted together.
            let kind = if one.by.kind == Kind::Fingerprint { Kind::Config } else { one.by.kind };
            keys.entry((kind, &one.by.place)).or_default().insert(&one.finding.fingerprint);
        }
        let count = |((kind, place), keys): ((Kind, &str), BTreeSet<_>)| SuppressedBy {
            kind,
            place: place.to_owned(),
            count: keys.len() as u64,
        };
        keys.into_iter().map(count).collect()
    }

    /// The number of suppressed keys: the sum of [`Report::suppressed_by`].
    #[must_use]
    pub fn suppressed_count(&self) -> u64 {
        self.suppressed_by().iter().map(|by| by.count).sum()
    }
}
