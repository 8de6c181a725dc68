//! What reporters ask of a report.

use std::{borrow::Cow, cmp::Reverse};

use super::{FindingEntry, OccurrenceEntry, ReportDocument, RunReport, SuppressedEntry, SuppressedKeys};
use crate::{
    cold::ColdSort,
    finding::{Exposure, History, RuleFileUse, Suppression, SuppressionKind, left_out_in_words, place_name},
};

impl ReportDocument {
    /// Whether a baseline suppressed something.
    pub(crate) fn has_baselined(&self) -> bool {
        self.run.suppressed_by.iter().any(|one| one.kind == SuppressionKind::Baseline)
    }

    /// Whether there is nothing to say but what was read and what was found.
    pub(crate) fn is_plain(&self) -> bool {
        let run = &self.run;
        run.complete
            && run.suppressed_by.is_empty()
            && run.accepted.is_empty()
            && run.excluded.is_empty()
            && run.refused.is_empty()
    }

    /// The findings, most dangerous first: by what a stranger could do, whether HEAD contains the key,
    /// whether a ref reaches it, and confidence. Ties keep their order.
    pub(crate) fn by_danger(&self) -> Vec<&FindingEntry> {
        let mut findings: Vec<&FindingEntry> = self.findings.iter().collect();
        findings.cold_sort_by_key(|finding| {
            let is = |question: fn(&History) -> bool| finding.history.as_ref().is_some_and(question);
            let (at_head, reachable) = (is(|history| history.at_head), is(|history| history.reachable));
            Reverse((finding.severity, at_head, reachable, finding.confidence))
        });
        findings
    }

    /// The findings, and the suppressed ones if they are listed.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&FindingEntry, Option<&Suppression>)> {
        let suppressed = self.run.suppressed_list().iter().map(|one| (&one.finding, Some(&one.suppression)));
        self.findings.iter().map(|finding| (finding, None)).chain(suppressed)
    }

    /// Whether there is a finding that makes the run fail.
    pub(crate) fn has_failing(&self) -> bool {
        self.findings.len() as u64 > self.run.tolerated.as_ref().map_or(0, |tolerated| tolerated.keys)
    }

    /// Whether a host that takes results as a whole, or refuses them as those of a failed run, should take them. One file
    /// that cannot be read must not hide every key. Without a key, an incomplete run must not look like a clean one.
    pub(crate) fn has_results(&self) -> bool {
        self.run.complete || !self.findings.is_empty()
    }
}

impl FindingEntry {
    /// Says that the policy refuses what allows the key, if it does.
    pub(crate) fn refusal(&self, run: &RunReport) -> Option<String> {
        let (by, why) = (self.allowed_by.as_ref()?, self.refused_because.as_ref()?);
        let policy = run.policy.as_ref().map_or("the policy", |policy| &policy.file);
        Some(format!("allowed by {}, which {policy} refuses: {why}", by.at()))
    }
}

impl RunReport {
    /// What was looked for, in words: the families, and the rules of other scanners.
    pub(crate) fn looked_for_in_words(&self) -> String {
        let families = self.scope.in_words();
        let files = RuleFileUse::used_in(&self.rules_from);
        if files.is_empty() { families } else { format!("{families}, and by {}", files.join(" and ")) }
    }

    /// Whether some of the rules of other scanners that were asked for are not used.
    pub(crate) fn lacks_rules(&self) -> bool {
        self.rules_from.iter().any(|file| file.unused > 0)
    }

    /// Whether "nothing found" is not the whole truth.
    pub(crate) fn is_qualified(&self) -> bool {
        let is_weakened = self.configuration.as_ref().is_some_and(|file| !file.weakened.is_empty());
        let by_baseline = self.suppressed_by.iter().any(|one| one.kind == SuppressionKind::Baseline);
        !self.excluded.is_empty()
            || self.shallow
            || !self.accepted.is_empty()
            || is_weakened
            || by_baseline
            || self.lacks_rules()
    }

    /// The suppressed keys, if they are listed.
    pub(crate) fn suppressed_list(&self) -> &[SuppressedEntry] {
        match &self.suppressed {
            SuppressedKeys::List(list) => list,
            SuppressedKeys::Count(_) => &[],
        }
    }

    /// Whether suppressed keys are to be listed.
    pub(crate) fn lists_suppressed(&self) -> bool {
        matches!(self.suppressed, SuppressedKeys::List(_))
    }

    /// The number of suppressed keys.
    pub(crate) fn suppressed_count(&self) -> u64 {
        self.suppressed_by.iter().map(|by| by.count).sum()
    }

    /// What was left out on purpose: one phrase for each kind.
    pub(crate) fn left_out_in_words(&self) -> impl Iterator<Item = String> {
        let named = |kind| self.not_read_names.get(kind).map_or(&[][..], Vec::as_slice);
        self.not_read.iter().map(move |(kind, count)| left_out_in_words(*kind, *count, named(kind)))
    }
}

impl FindingEntry {
    /// The secret, which a report for machines never shows unmasked.
    pub(crate) fn masked(&self) -> &str {
        self.masked.as_deref().unwrap_or(&self.secret)
    }

    /// Where the key is in the repository.
    pub(crate) fn exposure(&self) -> Exposure {
        Exposure::of(self.history.as_ref(), self.occurrences.iter().map(|place| place.source))
    }
}

impl OccurrenceEntry {
    /// The path followed by the inner path, as in `a.zip!b/c.txt`.
    pub(crate) fn full_path(&self) -> Cow<'_, str> {
        match &self.archive {
            Some(archive) => Cow::Owned(format!("{}!{archive}", self.path)),
            None => Cow::Borrowed(&self.path),
        }
    }

    /// The path followed by the inner path, or a name for an occurrence without a path.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        if self.path.is_empty() {
            let (object, has_commit) = (self.blob.as_deref(), self.commit.is_some());
            Cow::Owned(place_name(self.source, object, has_commit, &self.full_path()))
        } else {
            self.full_path()
        }
    }
}
