//! What the stages of the engine hand on: a place that a shape fits.

use std::{ops::Range, sync::Arc};

use super::evidence::Evidence;
use crate::{
    finding::Secret,
    rule::{Confidence, Form, Rule},
};

/// Everything the engine looks at round an anchor lies within this many bytes of it, on either side, so that a window
/// which holds that much gives the same answer as the whole text.
pub(super) const REACH: usize = 8 << 10;

/// A shape that fits, in bytes of the text at hand.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) span: Range<usize>,
    /// The key, where the text holds it encoded.
    pub(super) decoded: Option<Box<[u8]>>,
    /// How it is encoded, the outermost first.
    pub(super) encoding: Vec<&'static str>,
    pub(super) rule: Arc<Rule>,
    pub(super) form: usize,
    /// Length of the literal the key begins with.
    pub(super) public: usize,
    /// Bytes of the shape that are fixed.
    pub(super) fixed: usize,
    /// By the form alone.
    pub(super) base: Confidence,
    /// With what stands near.
    pub(super) confidence: Confidence,
    pub(super) evidence: Option<Evidence>,
    /// What stands before it is a row of key prefixes: it was pasted into a template.
    pub(super) is_pasted: bool,
}

impl Hit {
    pub(super) fn form(&self) -> &Form {
        &self.rule.forms[self.form]
    }
}

pub(super) fn secret(text: &[u8], hit: &Hit) -> Secret {
    Secret::new(hit.decoded.as_deref().unwrap_or(&text[hit.span.clone()]), hit.public)
}
