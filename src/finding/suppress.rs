//! What somebody has declared to be fine: keys that are no news, and inputs that nobody can read. Nothing of it is ever
//! silent: each entry says by what it was suppressed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Finding, NotScanned, Occurrence, Report, collect::by_place};

/// By what kind of thing something is suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A comment such as `skanner:allow`.
    Inline,
    /// A comment for another scanner, such as `gitleaks:allow`.
    Foreign,
    /// A list for another scanner, such as `.gitleaksignore`.
    ForeignList,
    /// An entry of the configuration, by path or rule.
    Config,
    /// An entry of the configuration, by fingerprint.
    Fingerprint,
    /// An entry of the baseline.
    Baseline,
}

/// One entry or comment that suppresses something. All texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Suppression {
    /// What kind of thing it is.
    pub kind: Kind,
    /// The file it stands in, as it is shown.
    pub place: String,
    /// The line it stands on, 1-based, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The rules it is for, with commas between them; all of them if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why that is fine, as its author says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day it counts, in UTC, as `2027-01-31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A key that was found and is no finding, in the places that one suppression took.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The key, with these places alone.
    pub finding: Finding,
    /// What took them.
    pub by: Suppression,
}

/// A suppression that does nothing: nothing matches it any more, it is past its date, or nobody understands it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Unused {
    /// The file it stands in, as it is shown.
    pub place: String,
    /// The line it stands on, 1-based, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The suppression, as it is written there or in short.
    pub what: String,
    /// What is wrong with it, and what to do.
    pub why: String,
}

/// An input that could not be read, as somebody knew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accepted {
    /// What was not read, and why not.
    pub input: NotScanned,
    /// What accepts that.
    pub by: Suppression,
}

impl Suppression {
    /// Where it stands, as `skanner.toml:12`.
    #[must_use]
    pub fn at(&self) -> String {
        place_and_line(&self.place, self.line)
    }
}

impl Unused {
    /// Where it stands, as `skanner.toml:12`.
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

/// How many keys the suppressions of one kind in one file took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SuppressedBy {
    /// What kind of thing.
    pub kind: Kind,
    /// The file it stands in, as it is shown.
    pub place: String,
    /// How many keys it took, or some places of them.
    pub count: u64,
}

impl Report {
    /// Takes the places out of the findings that `by` names a suppression for. A finding without any other place is no
    /// finding any more.
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

    /// Lets `mask` make all that suppressions say safe to show: configurations, baselines and comments are written by
    /// others, and may hold secrets anywhere.
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

    /// How many keys were suppressed by what, sorted; a key counts once for each kind and file that took places of it.
    #[must_use]
    pub fn suppressed_by(&self) -> Vec<SuppressedBy> {
        let mut keys: BTreeMap<(Kind, &str), BTreeSet<&str>> = BTreeMap::new();
        for one in &self.suppressed {
            // Paths and fingerprints are entries of one file.
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

    /// How many keys were suppressed: the sum of [`Report::suppressed_by`].
    #[must_use]
    pub fn suppressed_count(&self) -> u64 {
        self.suppressed_by().iter().map(|by| by.count).sum()
    }
}
