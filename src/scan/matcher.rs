//! What to search for: anchors, the shapes of the rules that own them, and the search in encoded runs.

use std::sync::{Arc, OnceLock};

use super::{
    anchors::Anchors,
    expression::ExpressionSearch,
    known::KnownSearch,
    literals::TextSize,
    runs::RunSearch,
    structure::{self, Dispatch},
};
use crate::{
    cold,
    rule::{Confidence, Families, RuleSet, Shape},
};

/// Finds what matches the shapes of rules. See `layer` for how it goes through a text.
pub(super) struct ShapeMatcher {
    pub(super) families: Families,
    pub(super) least: Confidence,
    /// All rules; `None` if there are only built-in ones.
    pub(super) rules: Option<Arc<RuleSet>>,
    /// The minimum length of a key from its anchor on, in characters, if all of them are base64url.
    pub(super) shortest: usize,
    pub(super) anchors: Anchors,
    /// What custom rules have in place of shapes, if any have.
    pub(super) expressions: Option<ExpressionSearch>,
    /// What is looked for as it is, if anything is.
    pub(super) known: Option<KnownSearch>,
    dispatch: OnceLock<Dispatch>,
    runs: OnceLock<RunSearch>,
}

impl ShapeMatcher {
    /// A matcher for what can reach `least`. With `None`, it uses the built-in rules, which are only loaded at the
    /// first match.
    pub(super) fn new(
        rules: Option<Arc<RuleSet>>,
        families: Families,
        least: Confidence,
        size: TextSize,
    ) -> Self {
        /// The value for the built-in rules if low confidences are not requested.
        const SHORTEST: usize = 16;
        let own = rules.iter().flat_map(|rules| rules.own()).filter(|rule| families.has(rule.family));
        let own = own.flat_map(|rule| &rule.forms);
        let own = own.filter(|form| form.reach() >= least).flat_map(|form| &form.shapes);
        let own: Vec<&Shape> = own.collect();
        let prefixes = cold::set(own.iter().filter_map(|shape| std::str::from_utf8(shape.prefix()).ok()));
        let anchors = Anchors::new(families, least, &prefixes, size);
        let shortest = if least == Confidence::Possible { 0 } else { SHORTEST };
        let shortest =
            own.iter().map(|shape| structure::least_from_anchor(shape, &anchors)).fold(shortest, usize::min);
        let expressions = rules.as_deref().and_then(|rules| ExpressionSearch::new(rules, families, least));
        // What is shown must not have a part of a value either, such as one that a word goes on behind.
        let in_words = size == TextSize::Short;
        let known = rules.as_deref().and_then(RuleSet::known);
        let known = known.map(|known| KnownSearch::new(known.clone(), in_words));
        let (dispatch, runs) = (OnceLock::new(), OnceLock::new());
        Self { families, least, rules, shortest, anchors, expressions, known, dispatch, runs }
    }

    /// The shapes by their anchors, built at the first anchor that may begin a key.
    pub(super) fn dispatch(&self) -> &Dispatch {
        let rules = || self.rules.as_deref().unwrap_or_else(|| RuleSet::builtin());
        self.dispatch.get_or_init(|| Dispatch::new(rules(), &self.anchors, self.families, self.least))
    }

    /// The search in long runs, built when the first run needs it.
    pub(super) fn runs(&self) -> &RunSearch {
        self.runs.get_or_init(|| RunSearch::new(self.anchors.plain()))
    }
}
