//! What is said about a key because of the file that it stands in: how to read it from elsewhere, and what its place means.

mod key_place;
mod language;
mod place;

pub(crate) use key_place::KeyPlace;
#[cfg(feature = "cli")]
pub(crate) use language::KeyEdit;
pub(crate) use language::Replacement;
pub(crate) use place::{Placement, PlacementKind};

use crate::{finding::Finding, rule::Severity};

impl Placement {
    /// What it means that a key stands where it does: the first place that means something, unless another one is open to
    /// every visitor.
    pub(crate) fn of_finding(finding: &Finding) -> Option<Self> {
        let places = finding.occurrences.iter().map(KeyPlace::in_finding(finding));
        let placements = places.filter_map(Self::of);
        placements.min_by_key(|one| one.kind != PlacementKind::ClientSide)
    }

    /// The severity of a key of this rule there: one up where every visitor can read it.
    pub(crate) fn severity(placement: Option<&Self>, of_rule: Severity) -> Severity {
        match placement {
            Some(one) if one.kind == PlacementKind::ClientSide => of_rule.raised(),
            _ => of_rule,
        }
    }
}

impl Finding {
    /// How bad it is where it stands: that of the rule, and one up where every visitor can read the key.
    #[must_use]
    pub fn severity(&self) -> Severity {
        Placement::severity(Placement::of_finding(self).as_ref(), self.rule.severity)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_place_can_be_advised_on(path in ".{0,20}(\\.py|\\.json|\\.tf|\\.env)?", before in ".{0,30}[=:\"'` ]{0,3}", after in ".{0,30}", is_in_git: bool, is_output: bool) {
            let excerpt = format!("{before}sk-…abcd{after}");
            let marker = (before.len(), excerpt.len() - after.len());
            let place = KeyPlace { path: &path, excerpt: &excerpt, marker, is_in_git, is_output };
            let _ = Placement::of(place);
            if let Some(replacement) = Replacement::of(place, &[], "Acme") {
                prop_assert!(!replacement.variable.is_empty());
                prop_assert!(replacement.line.is_none_or(|line| !line.contains("sk-…")));
            }
        }
    }
}
