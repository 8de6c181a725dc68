//! One shape of a rule, with what is known about all of its matches.

use std::{ops::Range, sync::Arc};

use super::{
    edges,
    markers::{Marker, MarkerCache},
    named, placeholder, published,
    scratch::Scratch,
    shape_match::{Fit, Refusal, ShapeMatch},
};
use crate::{
    finding::Secret,
    rule::{BASE64URL, ByteClass, Confidence, Edges, Form, Part, Rule, Shape},
};

/// What has no more fixed bytes than this is met in the names of files, too.
const SHORT_PREFIX: usize = 4;

pub(super) struct ShapeEntry {
    pub(super) rule: Arc<Rule>,
    pub(super) form: usize,
    pub(super) shape: usize,
    pub(super) edges: Edges,
    /// The minimum and maximum length of a match, in bytes.
    pub(super) lengths: (usize, usize),
    /// Whether a match can only end where its token ends.
    pub(super) is_whole_token: bool,
    /// The class that follows the prefix, and how many bytes of it at least.
    pub(super) first_run: Option<(&'static ByteClass, usize)>,
    pub(super) fit: Fit,
    /// Whether a match proves itself, whatever touches it.
    pub(super) proves_itself: bool,
    /// Whether this is told by more than its prefix and its length.
    pub(super) has_proof_inside: bool,
    /// The class that the shape ends in, if that is a run.
    pub(super) last_run: Option<&'static ByteClass>,
    /// Whether a match may end in `=`.
    pub(super) takes_padding: bool,
    /// The number of bytes that are always within the token.
    pub(super) inside: usize,
    /// Another literal inside the shape.
    pub(super) marker: Option<Marker>,
}

impl ShapeEntry {
    /// `markers` is the number of markers that other shapes have.
    pub(super) fn new(rule: &Arc<Rule>, form: usize, shape: usize, markers: usize) -> Self {
        let parts = rule.forms[form].shapes[shape].parts();
        let inside = least_inside(&rule.forms[form].shapes[shape]);
        let marker = Marker::of(parts, markers);
        let edges = rule.forms[form].edges;
        Self {
            rule: rule.clone(),
            form,
            shape,
            edges,
            lengths: rule.forms[form].shapes[shape].lengths(),
            is_whole_token: (edges == Edges::Strict || ends_with_token(parts)) && parts.iter().all(is_token),
            first_run: first_run(parts),
            fit: fit(parts),
            proves_itself: rule.forms[form].confidence == Confidence::Certain
                && fit(parts) == Fit::Exact
                && (marker.is_some() || proves_itself(parts)),
            has_proof_inside: marker.is_some() || parts.iter().any(is_structure) || has_check(parts),
            last_run: match parts.last() {
                Some(Part::Run(class, _)) => Some(class),
                _ => None,
            },
            takes_padding: match parts.last() {
                Some(Part::Run(class, _)) => class.has(b'=') && class.has(b'+'),
                Some(Part::Structure(named)) => named.class.has(b'=') && named.class.has(b'+'),
                _ => false,
            },
            inside,
            marker,
        }
    }

    pub(super) fn form(&self) -> &Form {
        &self.rule.forms[self.form]
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.form().shapes[self.shape]
    }

    /// Whether the shape may fit in a token that begins at `start` and ends at `end`, by its length.
    pub(super) fn fits_token(&self, start: usize, end: usize) -> bool {
        let (least, most) = self.lengths;
        let length = end - start;
        length >= self.inside
            && (!self.is_whole_token || (least..=most).contains(&length))
            && (self.edges != Edges::Strict || length <= most)
    }

    /// A cheap check whether the shape is worth trying at `start`, wherever the token ends.
    pub(super) fn may_begin(&self, text: &[u8], start: usize) -> bool {
        let range = start..start + self.lengths.1;
        self.begins(text, start) && self.marker.as_ref().is_none_or(|marker| marker.is_in(text, range))
    }

    /// [`Self::may_begin`], which remembers what it finds in this text.
    pub(super) fn may_begin_in(&self, text: &[u8], start: usize, markers: &mut MarkerCache) -> bool {
        let range = start..start + self.lengths.1;
        self.begins(text, start)
            && self.marker.as_ref().is_none_or(|marker| markers.is_in(marker, text, range))
    }

    /// Whether what is always at the same place is there: a marker, and the first run.
    fn begins(&self, text: &[u8], start: usize) -> bool {
        self.marker.as_ref().is_none_or(|marker| marker.is_at_its_place(text, start))
            && self.first_run.is_none_or(|(class, least)| {
                class.run(&text[start + self.shape().prefix().len()..], least) >= least
            })
    }
}

/// Shapes with the same first literal.
pub(super) struct PrefixGroup {
    /// How many bytes of a match come before the literal, mostly none.
    pub(super) lead: usize,
    pub(super) prefix: Vec<u8>,
    /// The offset of the anchor in a match, in bytes.
    pub(super) offset: usize,
    /// The minimum number of bytes that a match of any of the shapes has within its token.
    pub(super) inside: usize,
    /// The maximum length of a match of those shapes that can only end where their token ends.
    most_whole: usize,
    /// The indices of the other shapes.
    inner: Vec<usize>,
    /// The lengths that a match may have, or one more, as bits; longer ones may always fit.
    lengths: [u64; 8],
    pub(super) shapes: Vec<ShapeEntry>,
}

impl PrefixGroup {
    /// A group without shapes.
    pub(super) fn new(lead: usize, prefix: &[u8], offset: usize) -> Self {
        Self {
            lead,
            prefix: prefix.to_vec(),
            offset: lead + offset,
            inside: usize::MAX,
            most_whole: 0,
            inner: Vec::new(),
            lengths: [0; 8],
            shapes: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, entry: ShapeEntry) {
        self.inside = self.inside.min(entry.inside);
        self.add_lengths(&entry);
        if entry.edges == Edges::Strict || entry.is_whole_token {
            self.most_whole = self.most_whole.max(entry.lengths.1);
        } else {
            self.inner.push(self.shapes.len());
        }
        self.shapes.push(entry);
    }

    fn add_lengths(&mut self, entry: &ShapeEntry) {
        let bits = 64 * self.lengths.len();
        let (least, most) = entry.lengths;
        for length in least..=(most + 1).min(bits - 1) {
            self.lengths[length / 64] |= 1 << (length % 64);
        }
    }

    /// The shapes that may match in a token of which so much is left.
    pub(super) fn entries(&self, length: usize) -> impl Iterator<Item = &ShapeEntry> {
        let is_short = length <= self.most_whole;
        let (all, inner) = if is_short { (&self.shapes[..], &[][..]) } else { (&[][..], &self.inner[..]) };
        all.iter().chain(inner.iter().map(|index| &self.shapes[*index]))
    }

    /// Whether a match of any of the shapes may have this length, or one less.
    pub(super) fn may_have(&self, length: usize) -> bool {
        self.lengths.get(length / 64).is_none_or(|bits| bits >> (length % 64) & 1 == 1)
    }
}

/// Whether the end of a match is exact: what follows the last part of unknown length is long enough to tell.
fn fit(parts: &[Part]) -> Fit {
    const TELLING: usize = 16;
    // A structure of any length does not check its end.
    let is_fixed = |part: &&Part| match part {
        Part::Run(_, lengths) => lengths.iter().all(|(least, most)| least == most),
        Part::Structure(named) => named.lengths.1 - named.lengths.0 < TELLING,
        Part::Literal(_) => true,
    };
    let fixed = parts.iter().rev().take_while(is_fixed);
    let (count, length) = fixed.fold((0, 0), |(count, length), part| (count + 1, length + part.lengths().0));
    if count == parts.len() || length >= TELLING { Fit::Exact } else { Fit::Loose }
}

/// Whether chance does not make what a shape of exact length asks for: it has a structure, or a prefix that is in no
/// other word and a long body.
fn proves_itself(parts: &[Part]) -> bool {
    const TELLING_PREFIX: usize = 5;
    const LONG_BODY: usize = 28;
    let body: usize = parts.iter().skip(1).map(|part| part.lengths().0).sum();
    parts.iter().any(is_structure) || parts[0].lengths().0 >= TELLING_PREFIX && body >= LONG_BODY
}

/// Whether the parts behind the prefix fix more bytes than chance makes.
fn has_check(parts: &[Part]) -> bool {
    const TELLING: usize = 4;
    let fixed = |part: &Part| if matches!(part, Part::Literal(_)) { part.lengths().0 } else { 0 };
    parts.iter().skip(1).map(fixed).sum::<usize>() >= TELLING
}

fn is_structure(part: &Part) -> bool {
    matches!(part, Part::Structure(_))
}

fn is_token(part: &Part) -> bool {
    match part {
        Part::Literal(literal) => literal.iter().all(|byte| BASE64URL.has(*byte)),
        Part::Run(class, _) => class.is_within(&BASE64URL),
        Part::Structure(named) => named.class.is_within(&BASE64URL),
    }
}

/// Whether the last part takes all that is left of a token, since its length is unknown.
fn ends_with_token(parts: &[Part]) -> bool {
    match parts.last() {
        Some(Part::Run(class, lengths)) => {
            lengths.iter().all(|(least, most)| least < most) && BASE64URL.is_within(class)
        }
        _ => false,
    }
}

/// The class of the part behind the prefix, if it is a run, and its least length.
fn first_run(parts: &[Part]) -> Option<(&'static ByteClass, usize)> {
    match parts {
        [Part::Literal(_), Part::Run(class, lengths), ..] => Some((class, lengths[0].0)),
        _ => None,
    }
}

/// The number of bytes of a shape that are always within the token in which it begins.
pub(super) fn least_inside(shape: &Shape) -> usize {
    shape.parts().iter().take_while(|part| is_token(part)).map(|part| part.lengths().0).sum()
}

/// Tries a shape at the start of a range, as if the text ended with it.
pub(super) fn try_shape(
    text: &[u8],
    range: Range<usize>,
    entry: &ShapeEntry,
    scratch: &mut Scratch,
) -> Option<ShapeMatch> {
    let form = entry.form();
    let shape = entry.shape();
    let public = shape.prefix().len();
    let start = range.start;
    let rest = &text[range];
    // The padding of base64 is whole or not there.
    let is_cut = |end: usize| {
        let has_more = rest.get(end + 1) == Some(&b'=') || rest.get(end.saturating_sub(1)) == Some(&b'=');
        entry.takes_padding && rest.get(end) == Some(&b'=') && has_more
    };
    let may_end = |end: usize| {
        edges::right(rest, end, form.edges)
            && !is_cut(end)
            && (public > 0 || !edges::goes_on_as_base64(rest, end))
    };
    let length = shape.matches(rest, &mut scratch.bodies, may_end)?;
    if placeholder::is_made_up(&rest[..length], &scratch.bodies, form.confidence != Confidence::Certain) {
        if !entry.rule.fallback && !entry.rule.yields {
            let refusal =
                Refusal { span: start..start + length, fixed: shape.fixed(), base: form.confidence };
            scratch.refused.push(refusal);
        }
        return None;
    }
    // A loose shape matches the start of anything.
    if (form.requires_context && form.confidence == Confidence::Possible || entry.rule.fallback)
        && placeholder::is_cut_off(&rest[length..])
    {
        return None;
    }
    if shape.fixed() <= SHORT_PREFIX && placeholder::is_file_name(&rest[length..]) {
        return None;
    }
    if published::is_published(&Secret::new(&rest[..length], public)) {
        return None;
    }
    let span = start..start + length;
    let context_match = scratch.context.context_match(text, &span, &entry.rule);
    let context_match =
        context_match.or_else(|| form.named.then(|| named::name_on_line(text, &span)).flatten());
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
        hints: Vec::new(),
        is_pasted: false,
        fit: entry.fit,
        has_left_edge: true,
        terms: Vec::new(),
        known: None,
    })
}
