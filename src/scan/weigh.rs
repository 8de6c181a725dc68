//! How sure each hit is with what stands near, and why.

use super::{
    evidence::{Context, Evidence},
    hit::Hit,
    scratch::Scratch,
};
use crate::{finding::Candidate, rule::Confidence};

/// What happens to hits that need context and have none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsupported {
    /// They are not keys.
    Drop,
    /// They may be keys all the same.
    Keep,
}

/// Looks for context around hits that had none in their own layer, determines the confidence of each, and
/// drops those that need context and have none.
pub(super) fn weigh(text: &[u8], hits: &mut Vec<Hit>, scratch: &mut Scratch, unsupported: Unsupported) {
    hits.retain_mut(|hit| {
        if hit.evidence.is_none() && hit.decoded.is_some() {
            hit.evidence = scratch.context.evidence(text, &hit.span, &hit.rule);
        }
        if hit.evidence.is_none() {
            hit.evidence = Context::evidence_in_name(&scratch.name, &hit.rule);
        }
        let form = hit.form();
        let confidence: Confidence =
            if hit.evidence.is_some() { form.confidence_with_context() } else { form.confidence };
        let may_be_named = scratch.is_name_unknown && !hit.rule.context.is_empty();
        let stays = hit.evidence.is_some()
            || !form.requires_context
            || may_be_named
            || unsupported == Unsupported::Keep;
        hit.confidence = confidence;
        stays
    });
}

/// Why a hit is reported, as a sentence fragment.
pub(super) fn why(hit: &Hit) -> String {
    let form = &hit.form().why;
    hit.evidence.as_ref().map_or_else(|| form.clone(), |evidence| format!("{form}; {}", evidence.describe()))
}

/// The issuers whose keys have the shape of `hit`, those with context first; empty if there is only one.
pub(super) fn candidates(hit: &Hit, rivals: &[Hit]) -> Vec<Candidate> {
    let mut rivals: Vec<&Hit> = rivals.iter().filter(|hit| !hit.rule.shared).collect();
    let nearness =
        |hit: &Hit| hit.evidence.as_ref().map_or((true, None), |found| (false, Some(found.distance())));
    rivals.sort_by(|a, b| (nearness(a), &a.rule.issuer).cmp(&(nearness(b), &b.rule.issuer)));
    rivals.dedup_by(|a, b| a.rule.issuer == b.rule.issuer);
    if rivals.len() < 2 && !hit.rule.shared {
        return Vec::new();
    }
    let why = |hit: &Hit| hit.evidence.as_ref().map_or_else(|| "same shape".to_owned(), Evidence::describe);
    rivals.iter().map(|hit| Candidate { issuer: hit.rule.issuer.clone(), why: why(hit) }).collect()
}
