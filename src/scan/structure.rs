//! Finds the rules with an anchor, and which of their shapes match there.

use std::sync::Arc;

use memchr::memmem;

use super::{
    anchors::{Anchor, Anchors, Literals},
    edges::{self, LeftEdge},
    placeholder, published,
    scratch::Scratch,
    shape_match::ShapeMatch,
};
use crate::{
    finding::Secret,
    rule::{BASE64URL, Confidence, Edges, Form, Part, Rule, RuleSet, Shape},
};

/// For every anchor, the shapes that contain it, grouped by their first literal.
pub(super) struct Dispatch {
    by_anchor: Vec<AnchorTable>,
    /// The maximum length of a match of any shape, in bytes.
    pub(super) longest: usize,
    /// The literals of all shapes that can end inside a token.
    distinctive: Literals,
}

/// The shapes with one anchor.
struct AnchorTable {
    /// The length of the anchor in bytes.
    length: usize,
    groups: Vec<PrefixGroup>,
    /// For each byte after the anchor, the groups that may match.
    by_next: Vec<Vec<u16>>,
}

/// Shapes with the same first literal.
struct PrefixGroup {
    prefix: Vec<u8>,
    /// The offset of the anchor in the prefix, in bytes.
    offset: usize,
    /// The minimum number of bytes that a match of any of the shapes has within its token.
    inside: usize,
    shapes: Vec<ShapeEntry>,
}

struct ShapeEntry {
    rule: Arc<Rule>,
    form: usize,
    shape: usize,
    edges: Edges,
    /// The minimum and maximum length of a match, in bytes.
    lengths: (usize, usize),
    /// Whether a match can only end where its token ends.
    is_whole_token: bool,
    /// The number of bytes that are always within the token.
    inside: usize,
    /// Another literal inside the shape.
    marker: Option<memmem::Finder<'static>>,
}

impl ShapeEntry {
    fn new(rule: &Arc<Rule>, form: usize, shape: usize) -> Self {
        let parts = rule.forms[form].shapes[shape].parts();
        let literals = parts.iter().skip(1).filter_map(|part| match part {
            Part::Literal(literal) if literal.len() >= 4 => Some(literal),
            _ => None,
        });
        let inside = least_inside(&rule.forms[form].shapes[shape]);
        let marker = literals.max_by_key(|literal| literal.len());
        let edges = rule.forms[form].edges;
        Self {
            rule: rule.clone(),
            form,
            shape,
            edges,
            lengths: rule.forms[form].shapes[shape].lengths(),
            is_whole_token: edges == Edges::Strict && parts.iter().all(is_token),
            inside,
            marker: marker.map(|marker| memmem::Finder::new(marker).into_owned()),
        }
    }

    fn form(&self) -> &Form {
        &self.rule.forms[self.form]
    }

    fn shape(&self) -> &Shape {
        &self.form().shapes[self.shape]
    }

    /// A cheap check whether the shape is worth trying in a token that begins at `start` and ends at `end`.
    fn may_fit(&self, text: &[u8], start: usize, end: usize) -> bool {
        let (least, most) = self.lengths;
        let length = end - start;
        if length < self.inside
            || self.is_whole_token && !(least..=most).contains(&length)
            || self.edges == Edges::Strict && length > most
        {
            return false;
        }
        let reach = text.len().min(start + most);
        self.marker.as_ref().is_none_or(|marker| marker.find(&text[start..reach]).is_some())
    }
}

impl Dispatch {
    /// Sorts the shapes of all forms that can reach `least` by their anchors.
    pub(super) fn new(rules: &RuleSet, anchors: &Anchors, least: Confidence) -> Self {
        let mut by_anchor: Vec<AnchorTable> = anchors
            .plain()
            .iter()
            .map(|literal| AnchorTable {
                length: literal.len(),
                groups: Vec::new(),
                by_next: vec![Vec::new(); 256],
            })
            .collect();
        let mut longest = 0;
        let mut distinctive: Vec<Vec<u8>> = Vec::new();
        for rule in rules.iter() {
            for (form_at, form) in rule.forms.iter().enumerate().filter(|(_, form)| form.reach() >= least) {
                for (shape_at, shape) in form.shapes.iter().enumerate() {
                    let prefix = shape.prefix();
                    let Some((anchor, offset)) = first_anchor(anchors, prefix) else {
                        unreachable!("an anchor is made of every prefix, {:?} has none", shape.source())
                    };
                    let entry = ShapeEntry::new(rule, form_at, shape_at);
                    longest = longest.max(shape.lengths().1);
                    if form.edges != Edges::Strict {
                        let marker = entry.marker.as_ref().map(memmem::Finder::needle);
                        // The anchor is excluded, since a long token may be full of anchors.
                        let behind = &prefix[offset + anchors.plain()[anchor].len()..];
                        let telling = if behind.len() >= 3 { behind } else { prefix };
                        distinctive.push(marker.unwrap_or(telling).to_vec());
                    }
                    let groups = &mut by_anchor[anchor].groups;
                    let at = groups.iter().position(|group| group.prefix == prefix).unwrap_or_else(|| {
                        groups.push(PrefixGroup {
                            prefix: prefix.to_vec(),
                            offset,
                            inside: usize::MAX,
                            shapes: Vec::new(),
                        });
                        groups.len() - 1
                    });
                    groups[at].inside = groups[at].inside.min(entry.inside);
                    groups[at].shapes.push(entry);
                }
            }
        }
        by_anchor.iter_mut().for_each(AnchorTable::sort_by_next);
        let all = distinctive.clone();
        let holds_another = |one: &[u8]| {
            all.iter().any(|other| other.len() < one.len() && memmem::find(one, other).is_some())
        };
        distinctive.retain(|one| !holds_another(one));
        distinctive.sort();
        distinctive.dedup();
        Self { by_anchor, longest, distinctive: Literals::new(&distinctive) }
    }

    /// In a token that is longer than any key, only shapes that can end inside it need to be tried. Returns
    /// the first offset from `from` on at which one may begin.
    pub(super) fn next_inside_token(&self, text: &[u8], from: usize) -> usize {
        // The literal may be a marker, whose key begins this far before it.
        self.distinctive
            .next(text, from..text.len())
            .map_or(text.len(), |(at, _)| at.saturating_sub(self.longest).max(from))
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
        for group in table.by_next[usize::from(*next)].iter().map(|group| &table.groups[usize::from(*group)])
        {
            let Some(start) = at.checked_sub(group.offset) else { continue };
            if end - start < group.inside || !text[start..].starts_with(&group.prefix) {
                continue;
            }
            let mut left = None;
            for entry in &group.shapes {
                if !entry.may_fit(text, start, end) {
                    continue;
                }
                let (edge, is_pasted) = *left.get_or_insert_with(|| self.left_edge(text, start));
                if edge.satisfies(entry.edges) {
                    matches.extend(
                        try_shape(text, start, entry, scratch)
                            .map(|matched| ShapeMatch { is_pasted, ..matched }),
                    );
                }
            }
        }
    }

    /// The edge before `start`, and whether there are other key prefixes before it: in `sk-sk-…`, someone pasted a key
    /// after the prefix of the template, and the edge before the first prefix counts.
    fn left_edge(&self, text: &[u8], start: usize) -> (LeftEdge, bool) {
        let edge = edges::left(text, start);
        if edge.satisfies(Edges::Strict) {
            return (edge, false);
        }
        match self.strip_prefix_before(text, start) {
            Some(first) => (edges::left(text, first), true),
            None => (edge, false),
        }
    }

    /// Where the key prefixes that end at `end` begin, if there are any.
    fn strip_prefix_before(&self, text: &[u8], end: usize) -> Option<usize> {
        const MOST: usize = 4;
        let mut start = end;
        for _ in 0..MOST {
            let groups = self.by_anchor.iter().flat_map(|table| &table.groups);
            let longest = groups
                .filter_map(|group| {
                    let whole = &group.prefix[..];
                    // `sk_testsk_test_…`: only a part of the template was replaced.
                    let cut = whole.strip_suffix(b"_").or(whole.strip_suffix(b"-")).unwrap_or(whole);
                    [whole, cut].into_iter().find(|prefix| text[..start].ends_with(prefix)).map(<[u8]>::len)
                })
                .max();
            match longest {
                Some(length) => start -= length,
                None => break,
            }
        }
        (start < end).then_some(start)
    }
}

impl AnchorTable {
    fn sort_by_next(&mut self) {
        for (at, group) in (0..).zip(&self.groups) {
            match group.prefix.get(group.offset + self.length) {
                Some(next) => self.by_next[usize::from(*next)].push(at),
                None => self.by_next.iter_mut().for_each(|groups| groups.push(at)),
            }
        }
    }
}

fn is_token(part: &Part) -> bool {
    match part {
        Part::Literal(literal) => literal.iter().all(|byte| BASE64URL.has(*byte)),
        Part::Run(class, _) => class.is_within(&BASE64URL),
        Part::Structure(named) => named.class.is_within(&BASE64URL),
    }
}

/// The number of bytes of a shape that are always within the token in which it begins.
fn least_inside(shape: &Shape) -> usize {
    shape.parts().iter().take_while(|part| is_token(part)).map(|part| part.lengths().0).sum()
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

fn try_shape(text: &[u8], start: usize, entry: &ShapeEntry, scratch: &mut Scratch) -> Option<ShapeMatch> {
    let form = entry.form();
    let shape = entry.shape();
    let rest = &text[start..];
    let length = shape.matches(rest, &mut scratch.bodies, |end| edges::right(rest, end, form.edges))?;
    if placeholder::is_made_up(&rest[..length], &scratch.bodies, form.confidence != Confidence::Certain) {
        return None;
    }
    // A loose shape matches the start of anything.
    if form.requires_context
        && form.confidence == Confidence::Possible
        && placeholder::is_cut_off(&rest[length..])
    {
        return None;
    }
    let public = shape.prefix().len();
    if published::is_published(&Secret::new(&rest[..length], public)) {
        return None;
    }
    let span = start..start + length;
    let context_match = scratch.context.context_match(text, &span, &entry.rule);
    Some(ShapeMatch {
        span,
        decoded: None,
        encoding: Vec::new(),
        rule: entry.rule.clone(),
        form: entry.form,
        public,
        fixed: shape.fixed(),
        base: form.confidence,
        confidence: form.confidence,
        context_match,
        is_pasted: false,
    })
}
