//! What there is to decide about: new keys, and entries of the baseline.

use std::collections::BTreeSet;

use anyhow::Result;

use super::source;
use crate::{
    baseline::{self, BaselineEntry, Completeness, NewOccurrence},
    cold,
    day::Day,
    finding::{Finding, Report, SuppressionKind},
    report::{KeyText, ReportDocument, View},
    session::BaselineComparison,
};

/// What the baseline has to do with what was found.
pub(super) struct ReviewInput {
    /// Its entries, without those whose last day is over.
    pub(super) entries: Vec<BaselineEntry>,
    /// Entries whose last day is over.
    pub(super) expired: Vec<BaselineEntry>,
    /// Entries that nothing matches, by their index in `entries`.
    pub(super) unused: BTreeSet<usize>,
    /// Occurrences that no entry covers.
    pub(super) found: Vec<NewOccurrence>,
}

/// Something to decide about.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    /// The key, if it was found.
    pub(super) key: Option<(&'a Finding, KeyText<'a>)>,
    /// The entry that lists it; none for a new key.
    pub(super) entry: Option<&'a BaselineEntry>,
}

/// Compares the findings with the baseline, and moves what it lists to the suppressed ones.
///
/// # Errors
/// When the baseline cannot be read.
pub(super) fn compare(comparison: &BaselineComparison<'_>, report: &mut Report) -> Result<ReviewInput> {
    let location = comparison.location;
    let mut old = baseline::read(&location.file, &location.shown, location.follow)?.unwrap_or_default();
    let expired = old.take_expired(Day::today());
    let completeness = match report.is_complete() {
        true => source::completeness(comparison, report),
        false => Completeness::default(),
    };
    let mut cover = comparison.run(report, &old);
    let unused = comparison.unused(&mut cover, &report.suppressed, completeness, None);
    Ok(ReviewInput {
        unused: cold::set(unused.into_iter().map(|(at, _)| at)),
        found: cover.found().to_vec(),
        entries: old.entries().to_vec(),
        expired,
    })
}

/// New keys, the most dangerous first, and then the entries of the baseline that this run can judge. With them the number
/// of the other entries.
pub(super) fn items<'a>(
    report: &'a Report,
    document: &'a ReportDocument,
    comparison: &'a ReviewInput,
    view: &'a View,
) -> (Vec<Item<'a>>, usize) {
    let run = &document.run;
    let findings = cold::map(report.findings.iter().map(|finding| (&*finding.fingerprint, finding)));
    let new = document.by_danger().into_iter().filter_map(|finding| {
        let text = KeyText { run, finding, suppressed: None, view };
        Some(Item { key: Some((findings.get(&*finding.fingerprint)?, text)), entry: None })
    });
    let listed = report.suppressed.iter().zip(run.suppressed_list());
    let listed = listed.filter(|(one, _)| one.by.kind == SuppressionKind::Baseline);
    let by_line = cold::map(listed.map(|(one, entry)| (one.by.line, (one, entry))));
    let known = comparison.entries.iter().enumerate().filter_map(|(at, entry)| {
        let key = by_line.get(&Some(entry.line)).map(|(one, text)| {
            let suppressed = Some(&text.suppression);
            (&one.finding, KeyText { run, finding: &text.finding, suppressed, view })
        });
        let is_judged = key.is_some() || comparison.unused.contains(&at);
        is_judged.then_some(Item { key, entry: Some(entry) })
    });
    let known: Vec<Item<'a>> = known.collect();
    let unseen = comparison.entries.len() - known.len();
    // If its key is still there, it is new.
    let is_over = |entry: &&BaselineEntry| !findings.contains_key(&*entry.fingerprint.to_string());
    let over = comparison.expired.iter().filter(is_over).map(|entry| Item { key: None, entry: Some(entry) });
    (new.chain(known).chain(over).collect(), unseen)
}

impl<'a> Item<'a> {
    /// The key, if it was found.
    pub(super) fn finding(&self) -> Option<&'a Finding> {
        self.key.map(|(finding, _)| finding)
    }

    /// The fingerprint of the key.
    pub(super) fn fingerprint(&self) -> String {
        let of_entry = || self.entry.map(|entry| entry.fingerprint.to_string());
        self.finding().map(|finding| finding.fingerprint.clone()).or_else(of_entry).unwrap_or_default()
    }
}
