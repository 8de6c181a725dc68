//! What to do about one blob. Whatever is planned has been tried: the edited content is scanned like any other.

use std::{cmp::Reverse, collections::HashSet, ops::Range};

use anyhow::Result;

use super::{
    cover::{CoverWay, WAYS, covers, is_binary},
    edited::{ByteEdit, EditedContent},
    form::WrittenForms,
};
use crate::{
    cold::ColdSort,
    finding::{Finding, Report},
};

/// How often a content is edited again if something is left, such as a key in a key.
const ROUNDS: usize = 8;

/// Scans a content under a path.
pub(crate) type Probe<'a> = &'a dyn Fn(&[u8], &[u8]) -> Result<Report>;

/// What happens to a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BlobPlan {
    /// Its texts are replaced as in messages.
    Replace,
    /// These bytes are replaced.
    Edit(Vec<ByteEdit>),
    /// It is removed.
    Strip,
}

/// Plans what to do about blobs.
pub(super) struct BlobPlanner<'a> {
    pub(super) probe: Probe<'a>,
    pub(super) forms: &'a WrittenForms,
    /// The fingerprints of the keys to remove.
    pub(super) targets: &'a HashSet<String>,
}

/// What a scan of a content found.
struct BlobState {
    findings: Vec<Finding>,
    /// How much of it could not be read.
    unread: usize,
}

impl BlobState {
    fn fingerprints(&self) -> HashSet<String> {
        self.findings.iter().map(|finding| finding.fingerprint.clone()).collect()
    }
}

impl BlobPlanner<'_> {
    /// The kindest way that leaves no key in the blob. `path` is where it was found.
    pub(super) fn plan(&self, content: &[u8], path: &[u8]) -> Result<BlobPlan> {
        let before = self.scan(content, path)?;
        let known = before.fingerprints();
        let is_clean = |state: &BlobState| {
            let is_harmless =
                |finding: &Finding| known.contains(&finding.fingerprint) && !self.is_target(finding);
            state.unread <= before.unread && state.findings.iter().all(is_harmless)
        };
        if !is_binary(content) {
            let new = self.forms.replace(content);
            if new != content && is_clean(&self.scan(&new, path)?) {
                return Ok(BlobPlan::Replace);
            }
        }
        for way in WAYS {
            if let Some(edits) = self.edit(content, path, way, &is_clean)? {
                return Ok(BlobPlan::Edit(edits));
            }
        }
        Ok(BlobPlan::Strip)
    }

    /// Edits a content in one way until nothing is left.
    fn edit(
        &self,
        content: &[u8],
        path: &[u8],
        way: CoverWay,
        is_clean: &dyn Fn(&BlobState) -> bool,
    ) -> Result<Option<Vec<ByteEdit>>> {
        let mut edited = EditedContent::new(content);
        for round in 0..ROUNDS {
            let text = edited.text();
            let state = self.scan(&text, path)?;
            if is_clean(&state) {
                return Ok((round > 0).then(|| edited.into_edits()));
            }
            let mut covers = self.covers(&text, &state, way);
            if covers.is_empty() {
                break;
            }
            // From the end, so that the offsets before stay right.
            covers.cold_sort_by_key(|(range, _)| Reverse((range.start, range.end)));
            let mut end = text.len();
            for (range, with) in covers {
                if range.end <= end {
                    end = range.start;
                    edited.replace(&range, with);
                }
            }
        }
        Ok(None)
    }

    fn covers(&self, text: &[u8], state: &BlobState, way: CoverWay) -> Vec<(Range<usize>, Vec<u8>)> {
        let mut all = Vec::new();
        for finding in state.findings.iter().filter(|finding| self.is_target(finding)) {
            for place in &finding.occurrences {
                let mut covers = covers(text, &finding.secret, place, way);
                covers.retain(|(range, with)| text[range.clone()] != with[..]);
                all.append(&mut covers);
            }
        }
        all
    }

    fn is_target(&self, finding: &Finding) -> bool {
        self.targets.contains(&finding.fingerprint)
    }

    /// Everything that is found, whether it is suppressed or not.
    fn scan(&self, content: &[u8], path: &[u8]) -> Result<BlobState> {
        let report = (self.probe)(content, path)?;
        let suppressed = report.suppressed.into_iter().map(|one| one.finding);
        let mut findings = report.findings;
        findings.extend(suppressed);
        Ok(BlobState { findings, unread: report.not_scanned.len() })
    }
}
