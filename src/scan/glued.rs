//! Keys with nothing between them, as in `sk-proj-…sk-proj-…`, or with one letter or digit, which is what is left of a
//! lost line feed. Neither has the edges that it needs by itself: each is the edge of the other.
//!
//! A token is cut before a prefix inside it only if both sides are keys, and if this can hardly be chance: the first has
//! an exact length and ends there, or the second begins with a long prefix. Short prefixes are in long keys by chance.

use std::ops::Range;

use super::{
    anchors::Anchor, joins, matcher::ShapeMatcher, scratch::Scratch, shape_match::Fit,
    shape_match::ShapeMatch, structure::Ending,
};
use crate::rule::Confidence;

/// How many starts before a prefix are tried. A key has its own, and rarely another one by chance.
const MOST_STARTS: usize = 4;

/// How many prefixes inside a token are tried in vain. No key contains as many, but other tokens may.
const MOST_FAILURES: usize = 16;

/// A prefix of this length is not in a key by chance.
const LONG_PREFIX: usize = 6;

/// Where a prefix begins.
#[derive(Clone, Copy)]
struct KeyStart {
    at: usize,
    anchor: Anchor,
}

/// The last starts of keys in a text, and where one key ends and another one begins.
#[derive(Default)]
pub(super) struct GluedKeys {
    starts: Vec<KeyStart>,
    /// Starts that are edges, because a key ends there.
    cuts: Vec<usize>,
    /// The end of the current token, and how many prefixes inside it were tried in vain.
    failures: (usize, usize),
}

impl GluedKeys {
    /// Where the last key may begin, if there is any.
    pub(super) fn last_start(&self) -> Option<usize> {
        self.starts.last().map(|start| start.at)
    }

    fn remember(&mut self, start: KeyStart) {
        if self.starts.len() == MOST_STARTS {
            self.starts.remove(0);
        }
        self.starts.push(start);
    }

    /// Whether another prefix in the token that ends at `end` may be tried.
    fn may_try(&mut self, end: usize) -> bool {
        if self.failures.0 != end {
            self.failures = (end, 0);
        }
        self.failures.1 < MOST_FAILURES
    }
}

/// What is known about the second of two keys.
struct NextKey {
    matches: Vec<ShapeMatch>,
    has_long_prefix: bool,
    is_likely: bool,
    /// That of the best match.
    strength: (Confidence, bool),
    /// The length of its shortest prefix. What ends inside of that is not a whole key, but has swallowed a part of it.
    prefix: usize,
}

impl ShapeMatcher {
    /// Adds the matches of keys that directly follow each other, the second of which has this anchor, in a token that
    /// ends at `end`.
    pub(super) fn try_glued(
        &self,
        text: &[u8],
        anchor: Anchor,
        end: usize,
        glued: &mut GluedKeys,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let dispatch = self.dispatch();
        if end - anchor.at > 3 * dispatch.longest {
            return;
        }
        for start in dispatch.starts(text, anchor) {
            // Several prefixes may begin at one place.
            if glued.starts.iter().any(|known| known.at == start) {
                continue;
            }
            let start = KeyStart { at: start, anchor };
            let is_inside = start.at.checked_sub(1).is_some_and(|before| may_end_a_key(text[before]));
            if is_inside && end - start.at <= 2 * dispatch.longest && glued.may_try(end) {
                self.try_cut(text, start, end, glued, scratch, matches);
            }
            glued.remember(start);
        }
    }

    /// Cuts the token before `start` if both sides are keys.
    fn try_cut(
        &self,
        text: &[u8],
        start: KeyStart,
        end: usize,
        glued: &mut GluedKeys,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let dispatch = self.dispatch();
        let mut next = None;
        let mut is_cut = false;
        let mut is_tried = false;
        for at in (0..glued.starts.len()).rev() {
            let first = glued.starts[at];
            if !dispatch.may_span(text, first.anchor, first.at, start.at) {
                continue;
            }
            is_tried = true;
            let mut before = Vec::new();
            let ending = Ending::Cut(start.at);
            dispatch.try_between(text, first.anchor, first.at, ending, scratch, &mut before);
            before.retain(|one| !one.rule.yields);
            if before.is_empty() {
                continue;
            }
            let next = next.get_or_insert_with(|| self.next_key(text, start, end, scratch));
            let Some(next) = next else { break };
            // A key that goes on after the prefix is what was meant, unless the cut makes a better one: a short prefix is
            // in a long key by chance.
            let whole = matches
                .iter()
                .filter(|one| !one.rule.yields && is_over(one, &(first.at..start.at), start.at + next.prefix))
                .map(strength)
                .max();
            let is_edge = glued.cuts.contains(&first.at);
            before.retain(|one| {
                let is_short = one.span.end < start.at;
                let is_certain = one.fit == Fit::Exact
                    || !is_short && next.has_long_prefix
                    || !is_short && whole.is_none() && next.is_likely && one.base >= Confidence::Likely;
                let is_better = next.strength == PROVED
                    || whole.is_none_or(|whole| strength(one).max(next.strength) > whole);
                is_certain && is_better && one.has_what_it_needs() && (is_edge || one.has_left_edge)
            });
            if before.is_empty() {
                continue;
            }
            prefer_exact(&mut before, start.at);
            // What begins behind another cut is a key of its own.
            matches.retain(|one| {
                !is_over(one, &(first.at..start.at), start.at)
                    || first.at < one.span.start && glued.cuts.contains(&one.span.start)
            });
            matches.append(&mut before);
            is_cut = true;
        }
        if is_cut {
            glued.cuts.push(start.at);
            matches.extend(
                next.flatten().into_iter().flat_map(|next| next.matches).filter(|one| !one.has_left_edge),
            );
            prefer_longest_prefix(matches);
        } else if is_tried {
            glued.failures.1 += 1;
        }
    }

    /// The key that begins at `start`, if there is one. It may itself end where another one begins.
    fn next_key(&self, text: &[u8], start: KeyStart, end: usize, scratch: &mut Scratch) -> Option<NextKey> {
        let dispatch = self.dispatch();
        let mut all = Vec::new();
        dispatch.try_between(text, start.anchor, start.at, Ending::Token(end), scratch, &mut all);
        all.retain(|one| one.has_what_it_needs() && !one.rule.yields);
        let whole = all.len();
        let reach = text.len().min(start.at + dispatch.longest + 1);
        for anchor in self.anchors.find(text, start.anchor.at + 1..reach).take(MOST_STARTS) {
            for cut in dispatch.starts(text, anchor).collect::<Vec<_>>() {
                if dispatch.may_span(text, start.anchor, start.at, cut) {
                    dispatch.try_between(text, start.anchor, start.at, Ending::Cut(cut), scratch, &mut all);
                }
            }
        }
        all.retain(ShapeMatch::has_what_it_needs);
        if all.is_empty() {
            return None;
        }
        let has_long_prefix = all.iter().any(|one| one.public >= LONG_PREFIX);
        let is_likely = all.iter().any(|one| one.base >= Confidence::Likely);
        let strength = all.iter().map(strength).max()?;
        let prefix = all.iter().map(|one| one.public).min()?;
        all.truncate(whole);
        Some(NextKey { matches: all, has_long_prefix, is_likely, strength, prefix })
    }
}

/// The strength of a key that chance does not make.
const PROVED: (Confidence, bool) = (Confidence::Certain, true);

/// How well a match is proved: by its confidence, then by telling where it ends.
fn strength(one: &ShapeMatch) -> (Confidence, bool) {
    (one.base, one.fit == Fit::Exact)
}

/// Where a key of exact length ends one byte before the cut, one of any length that has this byte as well is not meant.
fn prefer_exact(before: &mut Vec<ShapeMatch>, cut: usize) {
    let is_exact_at = |one: &ShapeMatch, end: usize| one.fit == Fit::Exact && one.span.end == end;
    let last = before.iter().filter(|one| is_exact_at(one, cut)).map(|one| one.base).max();
    let other = before.iter().filter(|one| is_exact_at(one, cut - 1)).map(|one| one.base).max();
    if other > last {
        before.retain(|one| one.span.end < cut || Some(one.base) > other);
    }
}

/// Drops what begins inside the prefix of another match with the same end, as `sk_live_…` in `am_sk_live_…`.
fn prefer_longest_prefix(matches: &mut Vec<ShapeMatch>) {
    let prefixes = joins::last(matches).iter().filter(|one| !one.rule.yields);
    let prefixes: Vec<_> = prefixes.map(|one| (one.span.clone(), one.public)).collect();
    joins::retain_near(matches, |one| {
        !prefixes.iter().any(|(span, public)| {
            let is_inside = span.start < one.span.start && one.span.start < span.start + public;
            is_inside && span.end == one.span.end
        })
    });
}

/// Whether a match begins in the first of two keys and goes on after `end`.
fn is_over(one: &ShapeMatch, first: &Range<usize>, end: usize) -> bool {
    one.decoded.is_none() && first.contains(&one.span.start) && one.span.end > end
}

/// Whether a key may end in this byte.
fn may_end_a_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_=*#$".contains(&byte)
}
