//! Finds the rules with an anchor, and which of their shapes match there.

use std::{ops::Range, sync::OnceLock};

use super::{
    anchors::{Anchor, Anchors},
    edges::{self, LeftEdge},
    hints::IssuerHints,
    literals::Literals,
    markers::Marker,
    prefix_ends::PrefixEnds,
    scratch::Scratch,
    shape_entry::{PrefixGroup, ShapeEntry, least_inside, try_shape},
    shape_match::{Fit, ShapeMatch},
    word_before,
};
use crate::rule::{Confidence, Edges, Families, RuleSet, Shape};

/// Where a match must end.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    /// At its edge, in a token that ends here.
    Token(usize),
    /// Directly before this, or one letter or digit before it if the shape is exact.
    Cut(usize),
}

/// For every anchor, the shapes that contain it, grouped by their first literal.
pub(super) struct Dispatch {
    by_anchor: Vec<AnchorTable>,
    /// The maximum length of a match of any shape, in bytes.
    pub(super) longest: usize,
    /// The literals of all shapes that can end inside a token.
    distinctive: Literals,
    /// Who may have issued a key of unknown form.
    pub(super) hints: IssuerHints,
    /// Built when a key touches other text on its left, which is rare.
    prefixes: OnceLock<PrefixEnds>,
}

/// The shapes with one anchor.
struct AnchorTable {
    /// The length of the anchor in bytes.
    length: usize,
    groups: Vec<PrefixGroup>,
    /// For each byte after the anchor, the groups that may match.
    by_next: Vec<Vec<u16>>,
}

impl Dispatch {
    /// Sorts the shapes of all forms of these families that can reach `least` by their anchors.
    pub(super) fn new(rules: &RuleSet, anchors: &Anchors, families: Families, least: Confidence) -> Self {
        let mut by_anchor: Vec<AnchorTable> = anchors
            .plain()
            .iter()
            .map(|literal| AnchorTable {
                length: literal.len(),
                groups: Vec::new(),
                by_next: vec![Vec::new(); 256],
            })
            .collect();
        let (mut longest, mut markers) = (0, 0);
        let mut distinctive: Vec<Vec<u8>> = Vec::new();
        for rule in rules.iter().filter(|rule| families.has(rule.family)) {
            for (form_at, form) in rule.forms.iter().enumerate().filter(|(_, form)| form.reach() >= least) {
                for (shape_at, shape) in form.shapes.iter().enumerate() {
                    let (lead, prefix) = shape.anchored();
                    let Some((anchor, offset)) = first_anchor(anchors, prefix) else {
                        unreachable!("an anchor is made of every prefix, {:?} has none", shape.source())
                    };
                    let entry = ShapeEntry::new(rule, form_at, shape_at, markers);
                    markers += usize::from(entry.marker.is_some());
                    longest = longest.max(shape.lengths().1);
                    if form.edges != Edges::Strict && !entry.is_whole_token {
                        let marker = entry.marker.as_ref().map(Marker::literal);
                        // The anchor is excluded, since a long token may be full of anchors.
                        let behind = &prefix[offset + anchors.plain()[anchor].len()..];
                        let telling = if behind.len() >= 3 { behind } else { prefix };
                        distinctive.push(marker.unwrap_or(telling).to_vec());
                    }
                    let groups = &mut by_anchor[anchor].groups;
                    let is_same = |group: &PrefixGroup| group.prefix == prefix && group.lead == lead;
                    let at = groups.iter().position(is_same).unwrap_or_else(|| {
                        groups.push(PrefixGroup::new(lead, prefix, offset));
                        groups.len() - 1
                    });
                    groups[at].add(entry);
                }
            }
        }
        by_anchor.iter_mut().for_each(AnchorTable::sort_by_next);
        distinctive.sort();
        distinctive.dedup();
        let all = distinctive.clone();
        let holds_another = |one: &[u8]| {
            let holds = |other: &[u8]| one.windows(other.len()).any(|part| part == other);
            all.iter().any(|other| other.len() < one.len() && holds(other))
        };
        distinctive.retain(|one| !holds_another(one));
        Self {
            by_anchor,
            longest,
            distinctive: Literals::new(&distinctive),
            hints: IssuerHints::new(rules),
            prefixes: OnceLock::new(),
        }
    }

    /// In a token that is longer than any key, only shapes that can end inside it need to be tried. Returns
    /// the first offset from `from` on at which one may begin. `known` is the first literal of such a shape that the
    /// last search in this token found, or an offset before `from`.
    pub(super) fn next_inside_token(&self, text: &[u8], from: usize, known: &mut usize) -> usize {
        if *known < from {
            *known = self.distinctive.next(text, from..text.len()).map_or(text.len(), |(at, _)| at);
        }
        // The literal may be a marker, whose key begins this far before it.
        if *known == text.len() { text.len() } else { known.saturating_sub(self.longest).max(from) }
    }

    /// Adds a match for every shape that matches at a plain anchor in a token that ends at `end`.
    pub(super) fn try_anchor(
        &self,
        text: &[u8],
        Anchor { at, literal }: Anchor,
        end: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let table = &self.by_anchor[literal];
        let Some(next) = text.get(at + table.length) else { return };
        let before = matches.len();
        scratch.refused.clear();
        for group in table.by_next[usize::from(*next)].iter().map(|group| &table.groups[usize::from(*group)])
        {
            let Some(start) = at.checked_sub(group.offset) else { continue };
            if end - start < group.inside || !text[start + group.lead..].starts_with(&group.prefix) {
                continue;
            }
            let (mut plain, mut left) = (None, None);
            for entry in group.entries(end - start) {
                if !entry.fits_token(start, end) || !entry.may_begin_in(text, start, &mut scratch.markers) {
                    continue;
                }
                let plain = *plain.get_or_insert_with(|| match group.lead {
                    0 => edges::left(text, start),
                    _ => edges::left_of_body(text, start),
                });
                if group.lead == 0 && !self.may_be_edge(text, start, plain, entry) {
                    continue;
                }
                let refused = scratch.refused.len();
                let matched = try_shape(text, start..text.len(), entry, scratch);
                if matched.is_none() && scratch.refused.len() == refused {
                    continue;
                }
                // Prefixes that are to be looked through may stand in a row before this one.
                let (edge, is_pasted) = *left.get_or_insert_with(|| match group.lead {
                    0 => self.left_edge(text, start, plain),
                    _ => (plain, false),
                });
                let begins_here =
                    edge.satisfies(entry.edges) || entry.proves_itself && !edges::is_in_word(text, start);
                if !begins_here && !entry.form().word_before {
                    scratch.refused.truncate(refused);
                    continue;
                }
                let matched = matched.map(|matched| ShapeMatch { is_pasted, ..matched });
                let matched =
                    matched.and_then(|one| if begins_here { Some(one) } else { with_word(text, one) });
                if let Some(mut one) = matched {
                    self.add_hints(text, &mut one, scratch);
                    matches.push(one);
                }
            }
        }
        if !scratch.refused.is_empty() {
            let is_refused = |one: &ShapeMatch| scratch.refused.iter().any(|refusal| refusal.holds_for(one));
            let kept = matches.split_off(before).into_iter().filter(|one| !is_refused(one));
            matches.extend(kept);
        }
    }

    /// Adds the issuers that the text around a match names, if no issuer is known.
    pub(super) fn add_hints(&self, text: &[u8], one: &mut ShapeMatch, scratch: &mut Scratch) {
        if one.rule.fallback && one.hints.is_empty() {
            one.hints = self.hints.near(text, &one.span, &mut scratch.context);
            if one.context_match.is_none() {
                one.context_match = one.hints.first().map(|hint| hint.context_match.clone());
            }
        }
    }

    /// Where the prefixes with this anchor begin.
    pub(super) fn starts<'d>(&'d self, text: &'d [u8], anchor: Anchor) -> impl Iterator<Item = usize> + 'd {
        self.groups(text, anchor).map(|(start, _)| start)
    }

    /// Whether the text begins with a prefix.
    pub(super) fn begins_key(&self, text: &[u8]) -> bool {
        let mut groups = self.by_anchor.iter().flat_map(|table| &table.groups);
        groups.any(|group| group.lead == 0 && text.starts_with(&group.prefix))
    }

    /// The groups whose prefix is at this anchor, and where it begins. Those whose keys begin before their prefix are
    /// excluded, since nothing tells where such a key would be cut.
    pub(super) fn groups<'d>(
        &'d self,
        text: &'d [u8],
        Anchor { at, literal }: Anchor,
    ) -> impl Iterator<Item = (usize, &'d PrefixGroup)> + 'd {
        let table = &self.by_anchor[literal];
        let groups = text.get(at + table.length).map(|next| &table.by_next[usize::from(*next)]);
        groups.into_iter().flatten().filter_map(move |group| {
            let group = Some(&table.groups[usize::from(*group)]).filter(|group| group.lead == 0)?;
            let start = at.checked_sub(group.offset)?;
            text[start..].starts_with(&group.prefix).then_some((start, group))
        })
    }

    /// Whether a key that begins at `start` may end at `end`, or directly before it.
    pub(super) fn may_span(&self, text: &[u8], anchor: Anchor, start: usize, end: usize) -> bool {
        let Some(length) = end.checked_sub(start) else { return false };
        self.groups(text, anchor).any(|(at, group)| at == start && group.may_have(length))
    }

    /// Adds a match for every shape that matches from `start` on and ends there, whatever is before it.
    pub(super) fn try_between(
        &self,
        text: &[u8],
        anchor: Anchor,
        start: usize,
        ending: Ending,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let mut left = None;
        let groups = self.groups(text, anchor).filter(|(at, _)| *at == start);
        for entry in groups.flat_map(|(_, group)| &group.shapes).filter(|entry| !entry.rule.fallback) {
            let (edge, _) =
                *left.get_or_insert_with(|| self.left_edge(text, start, edges::left(text, start)));
            let mut try_until = |end: usize, limit: usize| {
                let is_whole = |one: &ShapeMatch| limit == text.len() || one.span.end == limit;
                let may_fit = entry.fits_token(start, end) && entry.may_begin(&text[..limit], start);
                let found =
                    may_fit.then(|| try_shape(text, start..limit, entry, scratch)).flatten().filter(is_whole);
                // Only what is certain anyway may begin a row of keys behind anything.
                let least = if entry.form().confidence == Confidence::Certain {
                    entry.edges
                } else {
                    entry.edges.min(Edges::Word)
                };
                found.map(|one| ShapeMatch { has_left_edge: edge.satisfies(least), ..one })
            };
            match ending {
                Ending::Token(end) => matches.extend(try_until(end, text.len())),
                Ending::Cut(end) => {
                    let is_after_one = entry.fit == Fit::Exact && text[end - 1].is_ascii_alphanumeric();
                    let found = try_until(end, end);
                    matches.extend(
                        found.or_else(|| is_after_one.then(|| try_until(end - 1, end - 1)).flatten()),
                    );
                }
            }
        }
    }

    /// The edge before `start`, and whether there are other key prefixes before it: in `sk-sk-…`, someone pasted a key
    /// after the prefix of the template, and the edge before the first prefix counts. `edge` is the one directly before.
    fn left_edge(&self, text: &[u8], start: usize, edge: LeftEdge) -> (LeftEdge, bool) {
        if edge.satisfies(Edges::Strict) {
            return (edge, false);
        }
        match self.strip_prefix_before(text, start) {
            Some(first) => (edges::left(text, first), true),
            None => (edge, false),
        }
    }

    /// Whether a key of this shape may begin at `start`, with a prefix of another key before it if need be.
    fn may_be_edge(&self, text: &[u8], start: usize, edge: LeftEdge, entry: &ShapeEntry) -> bool {
        edge.satisfies(entry.edges)
            || entry.proves_itself
            || entry.form().word_before
            || self.prefixes.get_or_init(|| prefix_ends(&self.by_anchor)).may_end(&text[..start])
    }

    /// Where the key prefixes that end at `end` begin, if there are any.
    fn strip_prefix_before(&self, text: &[u8], end: usize) -> Option<usize> {
        const MOST: usize = 4;
        let prefixes = self.prefixes.get_or_init(|| prefix_ends(&self.by_anchor));
        let mut start = end;
        for _ in 0..MOST {
            match prefixes.longest_before(&text[..start]) {
                Some(length) => start -= length,
                None => break,
            }
        }
        (start < end).then_some(start)
    }
}

/// The match together with the word before it.
fn with_word(text: &[u8], one: ShapeMatch) -> Option<ShapeMatch> {
    let Range { start, end } = one.span;
    let first = word_before::first(text, start, end)?;
    Some(ShapeMatch { span: first..end, public: one.public + (start - first), ..one })
}

/// The prefixes of all shapes.
fn prefix_ends(by_anchor: &[AnchorTable]) -> PrefixEnds {
    let mut prefixes = PrefixEnds::default();
    let groups = by_anchor.iter().flat_map(|table| &table.groups).filter(|group| group.lead == 0);
    for prefix in groups.map(|group| &group.prefix) {
        prefixes.add(prefix);
        // `sk_testsk_test_…`: only a part of the template was replaced.
        if let Some(cut) = prefix.strip_suffix(b"_").or(prefix.strip_suffix(b"-")) {
            prefixes.add(cut);
        }
    }
    prefixes
}

impl AnchorTable {
    fn sort_by_next(&mut self) {
        for (at, group) in (0..).zip(&self.groups) {
            match group.prefix.get(group.offset - group.lead + self.length) {
                Some(next) => self.by_next[usize::from(*next)].push(at),
                None => self.by_next.iter_mut().for_each(|groups| groups.push(at)),
            }
        }
    }
}

/// The minimum number of bytes that a key of this shape has within its token, from its anchor on.
pub(super) fn least_from_anchor(shape: &Shape, anchors: &Anchors) -> usize {
    let offset = first_anchor(anchors, shape.prefix()).map_or(0, |(_, offset)| offset);
    least_inside(shape).saturating_sub(offset)
}

/// The first anchor in a prefix, and its offset there.
fn first_anchor(anchors: &Anchors, prefix: &[u8]) -> Option<(usize, usize)> {
    anchors.find(prefix, 0..prefix.len()).map(|anchor| (anchor.literal, anchor.at)).next()
}
