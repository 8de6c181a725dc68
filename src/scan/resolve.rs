//! One finding per text: if several shapes match the same bytes, the best one is kept.

use std::{cmp::Reverse, ops::Range, sync::Arc};

use super::{context::ContextMatch, shape_match::ShapeMatch};
use crate::rule::{Confidence, PlaceTerms};

/// A match that was kept, and all that match the same bytes equally well by shape, including itself.
pub(super) struct ChosenMatch {
    pub(super) matched: ShapeMatch,
    pub(super) rivals: Vec<ShapeMatch>,
    /// The range of the group that it was chosen from.
    pub(super) group: Range<usize>,
}

/// Chooses a match from every group of overlapping ones. The result is in text order, without overlaps.
/// What does not reach `least` is not reported.
pub(super) fn resolve(matches: &mut [ShapeMatch], least: Confidence) -> Vec<ChosenMatch> {
    matches.sort_by_key(|matched| (matched.span.start, matched.span.end));
    let mut kept = Vec::new();
    let mut rest = &*matches;
    while let Some(first) = rest.first() {
        let mut group = first.span.clone();
        let mut count = 1;
        while let Some(next) = rest.get(count).filter(|next| next.span.start < group.end) {
            group.end = group.end.max(next.span.end);
            count += 1;
        }
        choose(&rest[..count], &group, least, &mut kept);
        rest = &rest[count..];
    }
    kept
}

fn choose(matches: &[ShapeMatch], group: &Range<usize>, least: Confidence, kept: &mut Vec<ChosenMatch>) {
    // A fallback does not know where a key ends if another rule takes more of it.
    let sticks_out = |other: &ShapeMatch, one: &ShapeMatch| {
        !other.rule.fallback
            && !other.rule.yields
            && !is_apart(&other.span, &one.span)
            && (other.span.start < one.span.start || other.span.end > one.span.end)
    };
    let is_too_short =
        |one: &ShapeMatch| one.rule.fallback && matches.iter().any(|other| sticks_out(other, one));
    let mut ranked: Vec<&ShapeMatch> = matches.iter().filter(|one| !is_too_short(one)).collect();
    ranked.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.rule.id.cmp(&b.rule.id)));
    if let Some(known) = matches.iter().find_map(|one| one.known.as_ref()).filter(|known| !known.all.yields) {
        // A value comes before all but the rules that know its issuer.
        ranked.sort_by_key(|one| match &one.known {
            _ if known.all.give_way_to(&one.rule, one.confidence) => 0,
            Some(_) => 1,
            None => 2,
        });
    }
    let first = kept.len();
    // Whoever wrote a rule that yields does not decide what the other rules find.
    let yields =
        |one: &&ShapeMatch| one.rule.yields || one.known.as_ref().is_some_and(|known| known.all.yields);
    let (yielding, ranked): (Vec<_>, Vec<_>) = ranked.into_iter().partition(yields);
    for matched in ranked {
        if kept[first..].iter().all(|other| is_apart(&other.matched.span, &matched.span)) {
            let is_equal = |other: &&ShapeMatch| {
                other.span == matched.span && other.base == matched.base && other.known.is_none()
            };
            let equals = matches.iter().filter(is_equal);
            let rivals: Vec<ShapeMatch> = equals.cloned().collect();
            kept.push(ChosenMatch { matched: matched.clone(), rivals, group: group.clone() });
        }
    }
    for matched in yielding {
        let is_taken = |other: &ChosenMatch| {
            let is_reported = yields(&&other.matched) || other.matched.confidence >= least;
            is_reported && !is_apart(&other.matched.span, &matched.span)
        };
        if !kept[first..].iter().any(is_taken) {
            let others = kept.split_off(first).into_iter();
            kept.extend(others.filter(|other| is_apart(&other.matched.span, &matched.span)));
            let (rivals, group) = (vec![matched.clone()], group.clone());
            kept.push(ChosenMatch { matched: matched.clone(), rivals, group });
        }
    }
    for one in &mut kept[first..] {
        one.matched.terms = terms(&one.matched, matches, least);
    }
    kept[first..].sort_by_key(|one| one.matched.span.start);
}

/// What the place of a match must be like: for each of the rules that match the same bytes, since what lets one pass does not
/// let another one pass. Nothing, if one of them says nothing about that.
fn terms(matched: &ShapeMatch, matches: &[ShapeMatch], least: Confidence) -> Vec<Arc<PlaceTerms>> {
    if matched.terms.is_empty() {
        return Vec::new();
    }
    let is_other = |one: &&ShapeMatch| !is_apart(&one.span, &matched.span) && one.confidence >= least;
    let mut all = matched.terms.clone();
    for other in matches.iter().filter(is_other) {
        if other.terms.is_empty() {
            return Vec::new();
        }
        let new = other.terms.iter().filter(|one| !matched.terms.iter().any(|own| Arc::ptr_eq(own, one)));
        all.extend(new.cloned());
    }
    all
}

/// Greater is better. A fallback comes after all others that are worth reporting. Then comes confidence; then a key that was pasted into a template such as `sk-proj-…`,
/// before a match that includes the template; a shape before a regular expression; then context, the nearer the better. Without context, a rule
/// for a shared shape comes before the rules of its issuers; then the shape with more fixed bytes, the longer
/// match, one that is not encoded, and one that counts in any place.
fn rank(matched: &ShapeMatch) -> impl Ord {
    let told = matched.context_match.as_ref().filter(|_| !matched.rule.shared);
    (
        (
            matched.confidence >= Confidence::Likely,
            !matched.rule.fallback,
            matched.confidence,
            matched.form().regex.is_none(),
            matched.is_pasted,
        ),
        (told.is_some(), Reverse(told.map(ContextMatch::distance)), matched.base),
        (
            matched.rule.shared,
            matched.fixed,
            matched.span.len(),
            Reverse(matched.encoding.len()),
            matched.terms.is_empty(),
        ),
    )
}

fn is_apart(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.end <= b.start || b.end <= a.start
}
