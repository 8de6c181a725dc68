//! Suppressions of keys, and inputs that are accepted as unread. Nothing is dropped silently: each entry says
//! what suppressed it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    collect::by_place,
    found::{Finding, Occurrence},
    kind::{Suppression, SuppressionKind},
    report::Report,
    suppression::Suppressed,
};
use crate::cold::ColdSort;

/// How many keys the suppressions of one kind in one file suppressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuppressedBy {
    /// The kind of the suppressions.
    pub kind: SuppressionKind,
    /// The file that contains them, as it is shown.
    pub place: String,
    /// The number of keys with suppressed occurrences.
    pub count: u64,
}

impl Report {
    /// Moves the occurrences for which `by` returns a suppression out of the findings. A finding without any
    /// other occurrence is removed.
    pub fn suppress(&mut self, mut by: impl FnMut(&Finding, &Occurrence) -> Option<Suppression>) {
        self.suppress_by(&mut by);
    }

    fn suppress_by(&mut self, by: &mut dyn FnMut(&Finding, &Occurrence) -> Option<Suppression>) {
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
            suppressed.cold_sort_by(|a, b| by_place(&a.finding, &b.finding).then_with(|| a.by.cmp(&b.by)));
            self.findings.cold_sort_by(by_place);
        }
    }

    /// Makes findings again of what the baseline suppressed, with a note of the entry.
    pub(crate) fn restore_baseline(&mut self) {
        let is_known = |one: &mut Suppressed| one.by.kind == SuppressionKind::Baseline;
        let known: Vec<Suppressed> = self.suppressed.extract_if(.., is_known).collect();
        self.restore(known);
    }

    /// Makes findings again of what was suppressed, with a note of what did.
    pub(crate) fn restore(&mut self, known: Vec<Suppressed>) {
        if known.is_empty() {
            return;
        }
        let mut at: HashMap<String, usize> =
            self.findings.iter().enumerate().map(|(at, one)| (one.fingerprint.clone(), at)).collect();
        for Suppressed { finding, by } in known {
            let own = match at.get(&finding.fingerprint) {
                Some(own) => {
                    self.findings[*own].occurrences.extend(finding.occurrences);
                    *own
                }
                None => {
                    at.insert(finding.fingerprint.clone(), self.findings.len());
                    self.findings.push(finding);
                    self.findings.len() - 1
                }
            };
            let allowed_by = &mut self.findings[own].allowed_by;
            if allowed_by.as_ref().is_none_or(|other| by < *other) {
                *allowed_by = Some(by);
            }
        }
        for finding in &mut self.findings {
            finding.occurrences.cold_sort_by(|a, b| a.order().cmp(&b.order()));
        }
        self.findings.cold_sort_by(by_place);
    }

    /// Adds what was suppressed before anything else was.
    pub(crate) fn add_suppressed(&mut self, more: Vec<Suppressed>) {
        if more.is_empty() {
            return;
        }
        self.suppressed.extend(more);
        self.suppressed.cold_sort_by(|a, b| by_place(&a.finding, &b.finding).then_with(|| a.by.cmp(&b.by)));
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
        let known = self.findings.iter_mut().filter_map(|one| one.allowed_by.as_mut());
        for by in by.chain(self.accepted.iter_mut().map(|one| &mut one.by)).chain(known) {
            let texts = by.rule.iter_mut().chain(&mut by.reason).chain(&mut by.until);
            texts.chain([&mut by.place]).for_each(&mut mask);
        }
        for one in &mut self.refused {
            [&mut one.place, &mut one.what, &mut one.why].into_iter().for_each(&mut mask);
        }
        self.policy.iter_mut().map(|policy| &mut policy.file).for_each(&mut mask);
        self.findings.iter_mut().filter_map(|finding| finding.refused.as_mut()).for_each(&mut mask);
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
        let mut keys: BTreeMap<(SuppressionKind, &str), BTreeSet<&str>> = BTreeMap::new();
        for one in &self.suppressed {
            // Entries by path and by fingerprint are counted together.
            let kind = if one.by.kind == SuppressionKind::Fingerprint {
                SuppressionKind::Config
            } else {
                one.by.kind
            };
            keys.entry((kind, &one.by.place)).or_default().insert(&one.finding.fingerprint);
        }
        let count = |((kind, place), keys): ((SuppressionKind, &str), BTreeSet<_>)| SuppressedBy {
            kind,
            place: place.to_owned(),
            count: keys.len() as u64,
        };
        keys.into_iter().map(count).collect()
    }

    /// Each suppression that suppressed something, with the number of its keys, sorted.
    #[must_use]
    pub fn suppressions(&self) -> Vec<(&Suppression, u64)> {
        let mut keys: BTreeMap<&Suppression, BTreeSet<&str>> = BTreeMap::new();
        for one in &self.suppressed {
            keys.entry(&one.by).or_default().insert(&one.finding.fingerprint);
        }
        keys.into_iter().map(|(by, keys)| (by, keys.len() as u64)).collect()
    }
}
