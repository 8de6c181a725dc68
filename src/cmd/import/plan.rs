//! What becomes of other scanners' lists.

use std::collections::BTreeMap;

use crate::{
    baseline::NewOccurrence,
    config::{NewAllow, NewAllowed},
    finding::Finding,
    import::MatchedBy,
};

/// Something that is not taken over.
pub(super) struct NotTaken {
    /// The line of the list, 1-based.
    pub(super) line: u64,
    /// What it is. Not safe to show.
    pub(super) what: String,
    /// Why not.
    pub(super) why: String,
}

/// What becomes of one list.
#[derive(Default)]
pub(super) struct ListOutcome {
    /// Entries that become entries of the baseline.
    pub(super) baseline: usize,
    /// Entries that become `[[allow]]` entries.
    pub(super) allowed: usize,
    /// Entries that something suppresses already.
    pub(super) before: usize,
    /// How keys were recognized.
    pub(super) by: BTreeMap<MatchedBy, usize>,
    /// What is not taken over, in the order of the lines.
    pub(super) not_taken: Vec<NotTaken>,
}

/// An entry to add to the configuration.
pub(super) struct PlannedAllow {
    /// What it allows.
    pub(super) what: PlannedWhat,
    /// Which key it is or where it is from, for readers.
    pub(super) about: String,
    /// Why it is allowed.
    pub(super) reason: String,
}

/// What an entry will allow.
pub(super) enum PlannedWhat {
    /// A key, by its fingerprint.
    Fingerprint(String),
    /// All keys in files that match a pattern.
    Paths(Vec<String>),
}

/// What is to be done.
pub(super) struct ImportPlan {
    /// What becomes of each list.
    pub(super) lists: Vec<ListOutcome>,
    /// Entries for the configuration.
    pub(super) allows: Vec<PlannedAllow>,
    /// Entries for the baseline.
    pub(super) added: Vec<NewOccurrence>,
    /// Keys that are in none of the lists and that nothing suppresses.
    pub(super) remaining: Vec<Finding>,
}

impl PlannedAllow {
    /// The entry, for the configuration.
    pub(super) fn entry(&self) -> NewAllow<'_> {
        let what = match &self.what {
            PlannedWhat::Fingerprint(fingerprint) => NewAllowed::Fingerprint(fingerprint),
            PlannedWhat::Paths(paths) => NewAllowed::Paths(paths),
        };
        NewAllow { what, about: &self.about, reason: &self.reason }
    }

    /// Its patterns; none if it is about a key.
    pub(super) fn patterns(&self) -> &[String] {
        match &self.what {
            PlannedWhat::Fingerprint(_) => &[],
            PlannedWhat::Paths(paths) => paths,
        }
    }
}
