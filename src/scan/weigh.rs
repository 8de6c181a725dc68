//! Determines the confidence of each match from its surroundings, and explains it.

use super::{
    context::{Context, ContextMatch},
    matcher::ShapeMatcher,
    named,
    scratch::Scratch,
    shape_match::ShapeMatch,
};
use crate::{
    finding::{Candidate, Secret},
    rule::Confidence,
};

/// What happens to matches that need context and have none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsupported {
    /// They are not keys.
    Drop,
    /// They may still be keys.
    Keep,
}

/// Looks for context around matches that had none in their own layer, determines the confidence of each, and drops
/// those that need context and have none.
pub(super) fn weigh(
    matcher: &ShapeMatcher,
    text: &[u8],
    matches: &mut Vec<ShapeMatch>,
    scratch: &mut Scratch,
    unsupported: Unsupported,
) {
    matches.retain_mut(|matched| {
        if matched.context_match.is_none() && matched.decoded.is_some() {
            matched.context_match = scratch.context.context_match(text, &matched.span, &matched.rule);
            if matched.context_match.is_none() && matched.form().named {
                matched.context_match = named::name_on_line(text, &matched.span);
            }
        }
        if matched.decoded.is_some() && matched.rule.fallback {
            matcher.dispatch().add_hints(text, matched, scratch);
        }
        if matched.context_match.is_none() {
            matched.context_match = Context::context_in_name(&scratch.name, &matched.rule);
        }
        let form = matched.form();
        let confidence: Confidence =
            if matched.context_match.is_some() { form.confidence_with_context() } else { form.confidence };
        let may_be_named = scratch.is_name_unknown && !matched.rule.context.is_empty();
        let stays = matched.context_match.is_some()
            || !form.requires_context
            || may_be_named
            || unsupported == Unsupported::Keep;
        matched.confidence = confidence;
        stays
    });
}

/// Why a match is reported, as a sentence fragment.
pub(super) fn why(matched: &ShapeMatch) -> String {
    let form = &matched.form().why;
    matched
        .context_match
        .as_ref()
        .map_or_else(|| form.clone(), |context_match| format!("{form}; {}", context_match.describe()))
}

/// The issuers whose keys have the shape of `matched`, those with context first; empty if there is only one.
pub(super) fn candidates(
    matcher: &ShapeMatcher,
    key: &Secret,
    matched: &ShapeMatch,
    rivals: &[ShapeMatch],
) -> Vec<Candidate> {
    if matched.rule.fallback {
        let of_shape = rivals.iter().map(|rival| &rival.rule);
        return matcher.dispatch().hints.candidates(key.reveal().as_bytes(), &matched.hints, of_shape);
    }
    let mut rivals: Vec<&ShapeMatch> =
        rivals.iter().filter(|matched| !matched.rule.shared && !matched.form().is_foreign).collect();
    let nearness = |matched: &ShapeMatch| {
        matched.context_match.as_ref().map_or((true, None), |found| (false, Some(found.distance())))
    };
    rivals.sort_by(|a, b| (nearness(a), &a.rule.issuer).cmp(&(nearness(b), &b.rule.issuer)));
    rivals.dedup_by(|a, b| a.rule.issuer == b.rule.issuer);
    if rivals.len() < 2 && !matched.rule.shared {
        return Vec::new();
    }
    let why = |matched: &ShapeMatch| {
        matched.context_match.as_ref().map_or_else(|| "same shape".to_owned(), ContextMatch::describe)
    };
    rivals
        .iter()
        .map(|matched| Candidate { issuer: matched.rule.issuer.clone(), why: why(matched) })
        .collect()
}
