//! The policy of an organization: a configuration that no repository can weaken, and what it lets repositories do.

use super::{
    limits::{AllowedKind, ReasonRule},
    model::{Config, PolicyTable},
    place::ConfigPosition,
};
use crate::{
    finding::Refused,
    suppression::{AllowLimits, AllowedKinds, RequiredReason},
};

impl PolicyTable {
    /// These limits in place of other ones.
    #[must_use]
    pub(super) fn over(self, base: Self) -> Self {
        Self {
            allow_by: self.allow_by.or(base.allow_by),
            require_reason: self.require_reason.or(base.require_reason),
            latest_until: self.latest_until.or(base.latest_until),
            paths: self.paths.or(base.paths),
            rules: self.rules.or(base.rules),
            max_severity: self.max_severity.or(base.max_severity),
            read_ignored: self.read_ignored.or(base.read_ignored),
        }
    }
}

/// A policy in force, and what it has refused.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// The policy itself. Its globs start from the root of what is scanned.
    pub(crate) config: Config,
    /// The configuration of the repository as it is written, without what was refused at once: its entries may still name
    /// keys, and these are told.
    pub(crate) whole: Option<Config>,
    /// What was refused before anything was scanned.
    pub(crate) refused: Vec<Refused>,
    /// Whether the file lies in what is scanned.
    pub(crate) is_inside: bool,
    /// Whether comments and lists for other scanners were to count and do not.
    pub(crate) is_foreign_refused: bool,
}

impl Policy {
    /// A policy that has refused nothing yet.
    pub(crate) fn new(config: Config, is_inside: bool) -> Self {
        Self { config, whole: None, refused: Vec::new(), is_inside, is_foreign_refused: false }
    }

    /// Its file, as it may be shown.
    pub(crate) fn shown(&self) -> &str {
        &self.config.shown
    }

    /// What repositories may suppress.
    pub(crate) fn limits(&self) -> AllowLimits {
        let table = &self.config.policy;
        let usual = [AllowedKind::Comment, AllowedKind::Baseline, AllowedKind::Entry];
        let kinds = table.allow_by.as_deref().unwrap_or(&usual);
        let has = |kind| kinds.contains(&kind);
        let is_foreign_trusted = self.config.trust_foreign_markers.as_ref().is_some_and(|at| at.value);
        AllowLimits {
            kinds: AllowedKinds {
                comment: has(AllowedKind::Comment),
                baseline: has(AllowedKind::Baseline),
                entry: has(AllowedKind::Entry),
                foreign: has(AllowedKind::Foreign) || is_foreign_trusted,
                unread: has(AllowedKind::Unread),
            },
            reason: match table.require_reason {
                Some(ReasonRule::Nowhere) => RequiredReason::Nowhere,
                Some(ReasonRule::Everywhere) => RequiredReason::Everywhere,
                Some(ReasonRule::Usual) | None => RequiredReason::Usual,
            },
            days: table.latest_until.map(i64::from),
            rules: table.rules.clone(),
            max_severity: table.max_severity,
            paths: table.paths.clone(),
        }
    }

    /// Records that something was refused.
    pub(crate) fn refuse(&mut self, at: &ConfigPosition, what: String, limit: &str, why: String) {
        let (place, line) = (at.file.to_string(), (at.line > 0).then_some(at.line));
        self.refused.push(Refused { place, line, what, why, limit: limit.to_owned(), keys: 0 });
    }

    /// Whether files that git ignores are read.
    pub(crate) fn reads_ignored(&self) -> bool {
        self.config.policy.read_ignored.unwrap_or_default()
    }
}
