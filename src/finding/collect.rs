//! From detections to findings: one finding per secret, with all its occurrences, in an order that does not
//! depend on threads.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use super::{
    allow_comment::AllowComment,
    found::{Detection, Finding, Occurrence},
};
use crate::{
    blob::{ObjectId, Origin},
    cold::ColdSort,
};

/// Gathers detections. Each thread has its own, and they are merged at the end.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    /// The repository that is being read, as it may be shown.
    repository: Option<Arc<str>>,
    by_secret: HashMap<Box<[u8]>, Vec<(Detection, Occurrence)>>,
}

impl Collector {
    /// What is added comes from the history of this repository.
    pub(crate) fn enter(&mut self, repository: Arc<str>) {
        self.repository = Some(repository);
    }

    /// Adds a detection, with the comments that may allow it. `path` is where it was found, as it is shown,
    /// and `archive` is the path inside an archive.
    pub(crate) fn add(
        &mut self,
        detection: Detection,
        origin: &Origin<'_>,
        path: &Arc<str>,
        archive: Option<&Arc<str>>,
        markers: Vec<Arc<AllowComment>>,
        in_output: bool,
    ) {
        let occurrence = Occurrence {
            source: origin.source,
            path: path.clone(),
            archive: archive.cloned(),
            repository: self.repository.clone(),
            object: origin.object,
            commit: origin.commit,
            span: detection.span,
            encoding: detection.encoding.clone(),
            written: detection.written.clone(),
            excerpt: detection.excerpt.clone(),
            rule: detection.rule.clone(),
            markers,
            terms: detection.terms.clone(),
            in_output,
            line_hash: None,
        };
        self.by_secret.entry(detection.secret.normalized().into()).or_default().push((detection, occurrence));
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_secret.is_empty()
    }

    /// The git objects in which something was found.
    pub(crate) fn objects(&self) -> impl Iterator<Item = ObjectId> {
        self.by_secret.values().flatten().filter_map(|(_, occurrence)| occurrence.object)
    }

    /// Adds everything that another collector gathered.
    pub(crate) fn merge(&mut self, other: Self) {
        for (secret, mut word_matches) in other.by_secret {
            self.by_secret.entry(secret).or_default().append(&mut word_matches);
        }
    }

    /// One finding per secret, sorted by path, inner path, line, column and rule.
    #[must_use]
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.by_secret.into_values().map(finding).collect();
        findings.cold_sort_by(by_place);
        findings
    }
}

/// The order of a report: by path, inner path, line, column and rule.
pub(super) fn by_place(a: &Finding, b: &Finding) -> Ordering {
    let key = |finding: &'_ Finding| {
        let first = &finding.occurrences[0];
        (first.path.clone(), first.archive.clone(), first.span)
    };
    (key(a), &a.rule.id, &a.fingerprint).cmp(&(key(b), &b.rule.id, &b.fingerprint))
}

/// The finding takes its rule from the most telling detection: the one with the highest confidence, then one
/// with context, then the first. A rule that yields names a key only if no other one does.
fn finding(mut word_matches: Vec<(Detection, Occurrence)>) -> Finding {
    word_matches.cold_sort_by(|(_, a), (_, b)| a.order().cmp(&b.order()));
    let best = word_matches
        .iter()
        .rev()
        .max_by_key(|(detection, _)| (!detection.rule.yields, detection.confidence, detection.has_context))
        .map(|(detection, _)| detection.clone());
    let Some(best) = best else { unreachable!("an entry is made with its first sighting") };
    let mut occurrences: Vec<_> = word_matches.into_iter().map(|(_, occurrence)| occurrence).collect();
    // The path was named twice on the command line.
    occurrences.dedup_by(|a, b| {
        let is_same = a.order() == b.order();
        if is_same {
            b.markers.append(&mut a.markers);
        }
        is_same
    });
    Finding {
        rule: best.rule,
        confidence: best.confidence,
        why: best.why,
        candidates: best.candidates,
        fingerprint: best.secret.fingerprint(),
        secret: best.secret,
        occurrences,
        history: None,
        allowed_by: None,
        refused: None,
    }
}
