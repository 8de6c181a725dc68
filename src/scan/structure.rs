//! Which rules own an anchor, and which of their shapes fit there.

use std::sync::Arc;

use super::{
    Hit, Scratch,
    anchors::{Anchor, Anchors},
    edges::{self, LeftEdge},
    placeholder,
};
use crate::rule::{Confidence, Edges, Form, Rule, RuleSet, Shape};

/// For every anchor, the shapes that contain it, grouped by the literal they begin with.
pub(super) struct Dispatch {
    by_anchor: Vec<Vec<Group>>,
}

/// Shapes that begin with the same literal.
struct Group {
    prefix: Vec<u8>,
    /// Where in the prefix the anchor stands, in bytes.
    offset: usize,
    /// The least strict edges any of the shapes asks for.
    edges: Edges,
    shapes: Vec<Entry>,
}

struct Entry {
    rule: Arc<Rule>,
    form: usize,
    shape: usize,
}

impl Entry {
    fn form(&self) -> &Form {
        &self.rule.forms[self.form]
    }

    fn shape(&self) -> &Shape {
        &self.form().shapes[self.shape]
    }
}

impl Dispatch {
    /// Sorts the shapes of all forms that can reach `least` by the anchor they will be found at.
    pub(super) fn new(rules: &RuleSet, anchors: &Anchors, least: Confidence) -> Self {
        let mut by_anchor: Vec<Vec<Group>> = anchors.literals().iter().map(|_| Vec::new()).collect();
        for rule in rules.iter() {
            for (form_at, form) in rule.forms.iter().enumerate().filter(|(_, form)| form.reach() >= least) {
                for (shape_at, shape) in form.shapes.iter().enumerate() {
                    let prefix = shape.prefix();
                    let Some((anchor, offset)) = first_anchor(anchors, prefix) else {
                        unreachable!(
                            "build.rs makes an anchor of every prefix, {:?} has none",
                            shape.source()
                        )
                    };
                    let groups = &mut by_anchor[anchor];
                    let at = groups.iter().position(|group| group.prefix == prefix).unwrap_or_else(|| {
                        let (prefix, edges, shapes) = (prefix.to_vec(), Edges::Strict, Vec::new());
                        groups.push(Group { prefix, offset, edges, shapes });
                        groups.len() - 1
                    });
                    groups[at].edges = edges::laxer(groups[at].edges, form.edges);
                    groups[at].shapes.push(Entry { rule: rule.clone(), form: form_at, shape: shape_at });
                }
            }
        }
        Self { by_anchor }
    }

    /// Adds a hit for every shape that fits at this anchor.
    pub(super) fn try_anchor(&self, text: &[u8], anchor: Anchor, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        for group in &self.by_anchor[anchor.literal] {
            let Some(start) = anchor.at.checked_sub(group.offset) else { continue };
            if !text[start..].starts_with(&group.prefix) {
                continue;
            }
            let left = self.left_edge(text, start, group);
            for entry in &group.shapes {
                if left.satisfies(entry.form().edges) {
                    hits.extend(self.try_shape(text, start, entry, scratch));
                }
            }
        }
    }

    fn left_edge(&self, text: &[u8], start: usize, group: &Group) -> LeftEdge {
        let edge = edges::left(text, start);
        if edge.satisfies(Edges::Strict) || group.edges == Edges::Open && edge == LeftEdge::Word {
            return edge;
        }
        // Pasted over the template's own prefix, as in `sk-sk-…`: what counts is the edge of the first one.
        match self.strip_prefix_before(text, start) {
            Some(first) => edges::left(text, first),
            None => edge,
        }
    }

    /// Where the row of key prefixes that ends at `end` begins, if there is one.
    fn strip_prefix_before(&self, text: &[u8], end: usize) -> Option<usize> {
        const MOST: usize = 4;
        let mut start = end;
        for _ in 0..MOST {
            let groups = self.by_anchor.iter().flatten();
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

    fn try_shape(&self, text: &[u8], start: usize, entry: &Entry, scratch: &mut Scratch) -> Option<Hit> {
        let form = entry.form();
        let shape = entry.shape();
        let rest = &text[start..];
        let length = shape.matches(rest, &mut scratch.bodies, |end| edges::right(rest, end, form.edges))?;
        let key = &rest[..length];
        if placeholder::is_made_up(key, &scratch.bodies, form.confidence != Confidence::Certain) {
            return None;
        }
        let span = start..start + length;
        let evidence = scratch.context.evidence(text, &span, &entry.rule);
        if evidence.is_none() && form.needs_evidence {
            return None;
        }
        Some(Hit {
            span,
            rule: entry.rule.clone(),
            form: entry.form,
            public: shape.prefix().len(),
            fixed: shape.fixed(),
            base: form.confidence,
            confidence: if evidence.is_some() { form.confidence_with_evidence() } else { form.confidence },
            evidence,
        })
    }
}

/// The first anchor in a prefix, and where it stands there.
fn first_anchor(anchors: &Anchors, prefix: &[u8]) -> Option<(usize, usize)> {
    anchors.find(prefix, 0..prefix.len()).map(|anchor| (anchor.literal, anchor.at)).next()
}
