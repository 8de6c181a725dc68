//! One string, one finding: where several shapes fit the same bytes, the one that says most is kept.

use std::{cmp::Reverse, ops::Range};

use super::{evidence::Evidence, hit::Hit};

/// A hit that stays, and all that fit the same bytes equally well by their shape, itself included.
pub(super) struct Kept {
    pub(super) hit: Hit,
    pub(super) rivals: Vec<Hit>,
    /// The bytes of the group it was chosen from.
    pub(super) group: Range<usize>,
}

/// Chooses from every group of overlapping hits; the result is in the order of the text and overlaps nowhere.
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

/// Greater is better: the surer one; one that was pasted into a template such as `sk-proj-…`, before what the template
/// makes of it; one whose issuer is named near it, the nearer the better. Where nothing is said, the rule that stands
/// for all issuers of a shape goes before each of them; then the shape with more fixed bytes, the longer one, the one that is as it stands.
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
