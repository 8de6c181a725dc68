//! One finding per text: if several shapes match the same bytes, the best one is kept.

use std::{cmp::Reverse, ops::Range};

use super::{evidence::Evidence, hit::Hit};

/// A hit that was kept, and all that match the same bytes equally well by shape, including itself.
pub(super) struct Kept {
    pub(super) hit: Hit,
    pub(super) rivals: Vec<Hit>,
    /// The range of the group that it was chosen from.
    pub(super) group: Range<usize>,
}

/// Chooses a hit from every group of overlapping ones. The result is in text order, without overlaps.
pub(super) fn resolve(hits: &mut [Hit]) -> Vec<Kept> {
    hits.sort_by_key(|hit| (hit.span.start, hit.span.end));
    let mut kept = Vec::new();
    let mut rest = &*hits;
    while let Some(first) = rest.first() {
        let mut group = first.span.clone();
        let mut count = 1;
        while let Some(next) = rest.get(count).filter(|next| next.span.start < group.end) {
            group.end = group.end.max(next.span.end);
            count += 1;
        }
        choose(&rest[..count], &group, &mut kept);
        rest = &rest[count..];
    }
    kept
}

fn choose(hits: &[Hit], group: &Range<usize>, kept: &mut Vec<Kept>) {
    let mut ranked: Vec<&Hit> = hits.iter().collect();
    ranked.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.rule.id.cmp(&b.rule.id)));
    let first = kept.len();
    for hit in ranked {
        if kept[first..].iter().all(|other| apart(&other.hit.span, &hit.span)) {
            let equals = hits.iter().filter(|other| other.span == hit.span && other.base == hit.base);
            let rivals: Vec<Hit> = equals.cloned().collect();
            kept.push(Kept { hit: hit.clone(), rivals, group: group.clone() });
        }
    }
    kept[first..].sort_by_key(|one| one.hit.span.start);
}

/// Greater is better. First comes confidence; then a key that was pasted into a template such as `sk-proj-…`,
/// before a match that includes the template; then context, the nearer the better. Without context, a rule
/// for a shared shape comes before the rules of its issuers; then the shape with more fixed bytes, the longer
/// match, and one that is not encoded.
fn rank(hit: &Hit) -> impl Ord {
    let told = hit.evidence.as_ref().filter(|_| !hit.rule.shared);
    (
        (hit.confidence, hit.is_pasted),
        (told.is_some(), Reverse(told.map(Evidence::distance)), hit.base),
        (hit.rule.shared, hit.fixed, hit.span.len(), Reverse(hit.encoding.len())),
    )
}

fn apart(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.end <= b.start || b.end <= a.start
}
