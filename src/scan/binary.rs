//! Keys that touch other bytes. In data that is not text, the byte before a key may be its length, which is a letter by
//! chance, and the byte after it a type or the next string. Compilers even put all strings of a program into one row
//! with nothing between them.
//!
//! Three things tell where such a key ends: a length before it, a shape with a fixed length, and SQLite's records. If
//! none of them does, a shape of any length is not reported, since its end would be that of another string.

mod lengths;
mod pool;
mod sqlite;
mod surroundings;

use std::cell::RefCell;

pub(super) use self::surroundings::{HEAD, is_binary, is_c_string};
use self::{
    lengths::Length,
    surroundings::{Surroundings, surroundings},
};
use super::{
    anchors::Anchor,
    edges::{self, LeftEdge},
    scratch::Scratch,
    shape_entry::{ShapeEntry, try_shape},
    shape_match::{Fit, ShapeMatch},
    structure::Dispatch,
};
use crate::rule::{Confidence, Edges};

/// Where a key begins, and where its token ends.
#[derive(Clone, Copy)]
struct Place<'t> {
    text: &'t [u8],
    anchor: Anchor,
    start: usize,
    token_end: usize,
}

/// How well it is known where a key ends. What comes first counts most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Proof {
    is_likely: bool,
    /// The bytes before the key are its length as it is, and its shape has no other.
    is_plain: bool,
    is_tagged: bool,
    is_proved: bool,
    is_binary: bool,
    is_edge: bool,
}

impl Dispatch {
    /// Adds the matches of keys with this anchor that touch other bytes, unless there are exact ones already. Removes
    /// those whose end is that of another string.
    pub(super) fn try_touched(
        &self,
        text: &[u8],
        anchor: Anchor,
        token_end: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let mut last = None;
        for (start, group) in self.groups(text, anchor) {
            if last == Some(start) || token_end - start < group.inside {
                continue;
            }
            let place = Place { text, anchor, start, token_end };
            let mut is_text = || surroundings(text, start, token_end, scratch) == Surroundings::Text;
            if lengths::in_text(text, start).is_none() && is_text()
                || !self.entries(place).any(|entry| entry.may_begin(text, start))
            {
                continue;
            }
            last = Some(start);
            let near = matches.iter().rev().take_while(|one| one.span.start + 2 * self.longest >= start);
            let first = matches.len() - near.count();
            let is_here = |one: &ShapeMatch| one.decoded.is_none() && one.span.start == start;
            if matches[first..].iter().any(|one| is_here(one) && is_proved(one) && !may_be_padded(text, one))
            {
                continue;
            }
            let mut others = matches.split_off(first);
            let found = self.touched(place, scratch, &mut others, is_here);
            matches.append(&mut others);
            matches.extend(found);
        }
    }

    /// The matches of the key at a place. Of the others, keeps those that may be right.
    fn touched(
        &self,
        place: Place<'_>,
        scratch: &mut Scratch,
        others: &mut Vec<ShapeMatch>,
        is_here: impl Fn(&ShapeMatch) -> bool,
    ) -> Vec<ShapeMatch> {
        let Place { text, start, token_end, .. } = place;
        let mut found = Vec::new();
        if let Some(length) = lengths::in_text(text, start) {
            found = self.cut(place, start + length, scratch);
        }
        if found.is_empty() {
            let surroundings = surroundings(text, start, token_end, scratch);
            if surroundings == Surroundings::Text {
                return found;
            }
            let is_binary = surroundings == Surroundings::Binary;
            let is_glued = edges::left(text, start) == LeftEdge::Glued;
            let stated = self.by_length(place, scratch);
            let is_known =
                others.iter().any(|one| is_here(one) && is_exact(one) && !may_be_padded(text, one));
            found = match stated {
                Some((proof, stated)) if proof.is_likely && (proof.is_binary || is_glued && !is_binary) => {
                    if is_binary {
                        self.better(place, proof, stated, scratch)
                    } else {
                        stated
                    }
                }
                // Between edges, with a length that is known, and no length says otherwise.
                _ if is_known || !is_binary => return found,
                Some((proof, stated)) if proof.is_likely && proof.is_tagged => {
                    self.better(place, proof, stated, scratch)
                }
                // Chance makes lengths of what is only possible, and of letters.
                other => {
                    let fixed = self.by_shape(place, scratch);
                    if fixed.is_empty() { other.map(|(_, stated)| stated).unwrap_or_default() } else { fixed }
                }
            };
            if found.is_empty() && is_binary {
                let is_right = |one: &ShapeMatch| {
                    one.fit == Fit::Exact && !one.rule.fallback
                        || pool::is_between_controls(text, one.span.clone())
                        || !is_glued
                            && (text.get(one.span.end).is_none_or(u8::is_ascii_control)
                                || !pool::ends_in_words(text, &one.span))
                };
                others.retain(|one| !is_here(one) || is_right(one));
            }
        }
        if let Some(end) = found.iter().filter(|one| !one.rule.yields).map(|one| one.span.end).max() {
            // In `csk-…` there is an `sk-…`, too.
            let is_whole = |one: &ShapeMatch| is_exact(one) && one.span.start < start && one.span.end >= end;
            if others.iter().any(|one| one.decoded.is_none() && !one.rule.yields && is_whole(one)) {
                return Vec::new();
            }
            let is_within = |one: &ShapeMatch| one.span.start > start && one.span.end <= end;
            others.retain(|one| !(is_here(one) || one.decoded.is_none() && is_within(one)));
        }
        found
    }

    /// The shapes of the key at a place.
    fn entries<'d>(&'d self, place: Place<'d>) -> impl Iterator<Item = &'d ShapeEntry> {
        let groups = self.groups(place.text, place.anchor).filter(move |(start, _)| *start == place.start);
        groups.flat_map(|(_, group)| &group.shapes)
    }

    /// The matches that end at `end`, whatever follows there.
    fn cut(&self, place: Place<'_>, end: usize, scratch: &mut Scratch) -> Vec<ShapeMatch> {
        let Place { text, start, anchor, .. } = place;
        if end > text.len() || !self.may_span(text, anchor, start, end) {
            return Vec::new();
        }
        let is_cut = text.get(end) == Some(&b'=');
        self.entries(place)
            .filter(|entry| entry.may_begin(&text[..end], start) && !(is_cut && entry.takes_padding))
            .filter_map(|entry| try_shape(text, start..end, entry, scratch))
            .filter(|one| one.span.end == end)
            .collect()
    }

    /// The matches of the length that is written before the key.
    fn by_length(&self, place: Place<'_>, scratch: &mut Scratch) -> Option<(Proof, Vec<ShapeMatch>)> {
        let Place { text, start, .. } = place;
        if let Some(length) = sqlite::column(text, start) {
            let found = self.cut(place, start + length, scratch);
            if !found.is_empty() {
                let is_likely = found.iter().any(|one| one.base >= Confidence::Likely);
                let proof = Proof {
                    is_likely,
                    is_plain: true,
                    is_tagged: true,
                    is_proved: true,
                    is_binary: true,
                    is_edge: true,
                };
                return Some((proof, found));
            }
        }
        let mut best: Option<(Proof, Vec<ShapeMatch>)> = None;
        for length in lengths::before(text, start) {
            if !length.is_binary && !length.is_tagged && edges::ends_word(text, start) {
                continue;
            }
            let end = start.saturating_add(length.bytes);
            let mut found = self.cut(place, end, scratch);
            if !found.is_empty() && !holds_for_any(place, &length) {
                let may_hold = !length.ends_in_zero;
                found.retain(|one| may_hold && (is_proved(one) || is_exact(one) && length.is_tagged));
            }
            if found.is_empty() {
                continue;
            }
            let proof = Proof {
                is_likely: found.iter().any(|one| one.base >= Confidence::Likely),
                is_plain: length.is_plain && found.iter().any(is_exact),
                is_tagged: length.is_tagged,
                is_proved: found.iter().any(is_proved),
                is_binary: length.is_binary,
                is_edge: edges::right(text, end, Edges::Strict),
            };
            if best.as_ref().is_none_or(|(known, _)| proof > *known) {
                best = Some((proof, found));
            }
        }
        best
    }

    /// What is stated, or what a shape proves if that is another key. A letter before the key may be a length by chance.
    fn better(
        &self,
        place: Place<'_>,
        proof: Proof,
        stated: Vec<ShapeMatch>,
        scratch: &mut Scratch,
    ) -> Vec<ShapeMatch> {
        /// No other string goes on as long as that in the form of the key before it.
        const FAR: usize = 8;
        if proof.is_proved || proof.is_plain {
            return stated;
        }
        let Some(end) = stated.iter().map(|one| one.span.end).max() else { return stated };
        let fixed = self.by_shape(place, scratch);
        let proves_itself = |entry: &ShapeEntry, one: &ShapeMatch| {
            one.form == entry.form && one.rule.id == entry.rule.id && entry.proves_itself
        };
        let is_better = fixed.iter().any(|one| {
            let mut entries = self.entries(place).filter(|entry| proves_itself(entry, one));
            entries.any(|entry| entry.has_proof_inside || one.span.end > end + FAR || !proof.is_edge)
        });
        if is_better { fixed } else { stated }
    }

    /// The matches of shapes whose length is fixed, cut out of what touches them.
    fn by_shape(&self, place: Place<'_>, scratch: &mut Scratch) -> Vec<ShapeMatch> {
        let Place { text, start, token_end, .. } = place;
        // A longer key between edges is whole, whatever its beginning looks like.
        let is_clear = edges::left(text, start) == LeftEdge::Clear;
        let is_between = pool::is_between_controls(text, start..token_end);
        let mut best: Option<(Confidence, bool, usize)> = None;
        for entry in self.entries(place) {
            let confidence = entry.form().confidence;
            let is_fixed = entry.fit == Fit::Exact && confidence >= Confidence::Likely;
            if !is_fixed
                || entry.rule.yields
                || entry.form().requires_context
                || !entry.may_begin(text, start)
            {
                continue;
            }
            // Refuses every end, so that it is asked about all of them.
            let ends = RefCell::new(Vec::new());
            entry.shape().matches(&text[start..], &mut scratch.bodies, |end| {
                ends.borrow_mut().push(start + end);
                false
            });
            for end in ends.into_inner() {
                let span = start..end;
                // A structure is only looked at where a match may end.
                let is_end = |at: usize| start + at == end;
                if entry.shape().matches(&text[start..end], &mut scratch.bodies, is_end).is_none() {
                    continue;
                }
                let holds = if entry.proves_itself {
                    let is_word = !entry.has_proof_inside && edges::is_end_of_short_word(text, start);
                    let goes_on =
                        is_clear && !self.begins_key(&text[end..]) && pool::goes_on(text, &span, None);
                    !(is_word || pool::goes_on_in_hex(text, end, entry.last_run) || goes_on)
                } else {
                    !edges::ends_word(text, start)
                        && !is_between
                        && pool::is_drawn(&text[start + entry.shape().prefix().len()..end])
                        && (self.begins_key(&text[end..]) || !pool::goes_on(text, &span, entry.last_run))
                };
                // Of what proves itself the longest, of all others what ends before a word.
                let is_better = best.is_none_or(|(known, proves, at)| {
                    let order = (confidence, entry.proves_itself).cmp(&(known, proves));
                    order.then(if entry.proves_itself { end.cmp(&at) } else { at.cmp(&end) }).is_gt()
                });
                if holds && is_better {
                    best = Some((confidence, entry.proves_itself, end));
                }
            }
        }
        let Some((_, _, end)) = best else { return Vec::new() };
        let mut found = self.cut(place, end, scratch);
        found.retain(|one| one.fit == Fit::Exact);
        found
    }
}

/// Whether a length is one beyond doubt, so that a key of any shape may end there.
fn holds_for_any(Place { text, start, token_end, .. }: Place<'_>, length: &Length) -> bool {
    /// What may follow the last string of a row and still be letters.
    const REST: usize = 4;
    let end = start + length.bytes;
    let is_edge = edges::right(text, end, Edges::Strict);
    let is_glued = edges::left(text, start) == LeftEdge::Glued;
    let goes_on = is_glued && text.get(end).is_some_and(|next| length.next.contains(next))
        || length.is_cbor && lengths::are_cbor(text, end, token_end);
    // What looks like a length may be the last letter of a string of C and the NUL behind it.
    length.is_binary && (!length.ends_in_zero || is_edge || token_end.saturating_sub(end) <= REST)
        || is_edge && !pool::ends_in_words(text, &(start..end))
        || length.is_tagged && (token_end.saturating_sub(end) <= REST || goes_on)
}

/// Whether the text goes on with what may be the padding of this match.
fn may_be_padded(text: &[u8], one: &ShapeMatch) -> bool {
    text.get(one.span.end) == Some(&b'=')
}

fn is_exact(one: &ShapeMatch) -> bool {
    one.fit == Fit::Exact && one.base >= Confidence::Likely
}

fn is_proved(one: &ShapeMatch) -> bool {
    one.fit == Fit::Exact && one.base == Confidence::Certain
}
