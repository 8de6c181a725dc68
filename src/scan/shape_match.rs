//! A match of a shape, as the stages of the engine pass it on.

use std::{ops::Range, sync::Arc};

use super::{context::ContextMatch, hints::IssuerHint, known::KnownMatch};
use crate::{
    finding::Secret,
    rule::{Confidence, Form, PlaceTerms, Rule},
};

/// The engine never looks further than this many bytes before or after an anchor. A window that contains that
/// much gives the same result as the whole text.
pub(super) const REACH: usize = 8 << 10;

/// Whether a shape tells where a match ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It does.
    Exact,
    /// A match goes on to the end of the token.
    Loose,
}

/// A text that a shape fits, but that was made up.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) span: Range<usize>,
    /// The number of bytes that the shape fixes.
    pub(super) fixed: usize,
    /// The confidence of the form by itself.
    pub(super) base: Confidence,
}

impl Refusal {
    /// Whether it holds for a match, too: a wider shape must not bring back what a narrower one has refused.
    pub(super) fn holds_for(&self, matched: &ShapeMatch) -> bool {
        (self.fixed, self.base) >= (matched.fixed, matched.base)
            && self.span.start < matched.span.end
            && matched.span.start < self.span.end
    }
}

/// A match of a shape. Offsets are bytes of the current text.
#[derive(Clone, Debug)]
pub(super) struct ShapeMatch {
    pub(super) span: Range<usize>,
    /// The key, if it is encoded in the text.
    pub(super) decoded: Option<Box<[u8]>>,
    /// Its encodings, outermost first.
    pub(super) encoding: Vec<&'static str>,
    pub(super) rule: Arc<Rule>,
    pub(super) form: usize,
    /// The length of the literal that the key begins with, in bytes.
    pub(super) public: usize,
    /// The number of bytes that the shape fixes.
    pub(super) fixed: usize,
    /// The confidence of the form by itself.
    pub(super) base: Confidence,
    /// The confidence with context.
    pub(super) confidence: Confidence,
    pub(super) context_match: Option<ContextMatch>,
    /// The issuers that the text around it names; only for fallbacks.
    pub(super) hints: Vec<IssuerHint>,
    /// Whether it directly follows other key prefixes, because it was pasted into a template.
    pub(super) is_pasted: bool,
    /// Whether the shape tells where it ends.
    pub(super) fit: Fit,
    /// Whether the text before it is an edge. If not, it directly follows another key.
    pub(super) has_left_edge: bool,
    /// What its place must be like; only for regular expressions.
    pub(super) terms: Vec<Arc<PlaceTerms>>,
    /// The value that it is, if it is one that is looked for as it is.
    pub(super) known: Option<KnownMatch>,
}

impl ShapeMatch {
    /// Whether this is not dropped later on since nothing around it names its issuer.
    pub(super) fn has_what_it_needs(&self) -> bool {
        self.context_match.is_some() || !self.form().requires_context
    }

    pub(super) fn form(&self) -> &Form {
        &self.rule.forms[self.form]
    }
}

pub(super) fn secret(text: &[u8], matched: &ShapeMatch) -> Secret {
    if let Some(known) = &matched.known {
        return known.secret();
    }
    Secret::new(matched.decoded.as_deref().unwrap_or(&text[matched.span.clone()]), matched.public)
}
