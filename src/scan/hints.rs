//! Who may have issued a key of unknown form: issuers that the lines around it name, and issuers of its prefix.

use std::{
    collections::BTreeSet,
    ops::Range,
    sync::{Arc, OnceLock},
};

use super::context::{Context, ContextMatch};
use crate::{
    finding::Candidate,
    rule::{Rule, RuleSet},
};

/// How many issuers are named at most.
const MOST: usize = 5;

/// The shortest prefix that tells its issuer, in bytes: `sk-ant-` does, `sk-` does not.
const TELLING_PREFIX: usize = 6;

/// An issuer near a key, and what names it.
#[derive(Clone, Debug)]
pub(super) struct IssuerHint {
    issuer: Arc<str>,
    pub(super) context_match: ContextMatch,
}

/// The rules that can hint at an issuer, and the prefixes of their keys. Most runs find no key whose issuer is not known, so
/// what is compared is only made when one does.
pub(super) struct IssuerHints {
    issuing: Vec<Arc<Rule>>,
    with_context: OnceLock<Vec<Arc<Rule>>>,
    prefixes: OnceLock<BTreeSet<(Vec<u8>, Arc<str>)>>,
}

impl IssuerHints {
    pub(super) fn new(rules: &RuleSet) -> Self {
        let issuing = rules.iter().filter(|rule| !rule.shared && !rule.yields).cloned().collect();
        Self { issuing, with_context: OnceLock::new(), prefixes: OnceLock::new() }
    }

    /// The rules whose contexts differ: rules of one issuer mostly have that of their file.
    fn with_context(&self) -> &[Arc<Rule>] {
        self.with_context.get_or_init(|| {
            let mut seen = BTreeSet::new();
            let words = |rule: &Rule| rule.context.iter().map(|word| word.lower.clone()).collect::<Vec<_>>();
            let is_new = |rule: &&Arc<Rule>| seen.insert((rule.issuer.clone(), words(rule)));
            self.issuing.iter().filter(is_new).cloned().collect()
        })
    }

    fn prefixes(&self) -> &BTreeSet<(Vec<u8>, Arc<str>)> {
        self.prefixes.get_or_init(|| {
            let prefixes = self.issuing.iter().flat_map(|rule| {
                let shapes = rule.forms.iter().flat_map(|form| &form.shapes);
                shapes.map(|shape| (shape.prefix().to_vec(), rule.issuer.clone()))
            });
            prefixes.filter(|(prefix, _)| prefix.len() >= TELLING_PREFIX).collect()
        })
    }

    /// The issuers that the text around a key names, the nearest first.
    pub(super) fn near(&self, text: &[u8], key: &Range<usize>, context: &mut Context) -> Vec<IssuerHint> {
        let mut hints: Vec<IssuerHint> = Vec::new();
        for rule in self.with_context() {
            let Some(context_match) = context.context_match(text, key, rule) else { continue };
            match hints.iter_mut().find(|hint| hint.issuer == rule.issuer) {
                Some(known) if known.context_match.distance() <= context_match.distance() => {}
                Some(known) => known.context_match = context_match,
                None => hints.push(IssuerHint { issuer: rule.issuer.clone(), context_match }),
            }
        }
        hints.sort_by(|a, b| {
            (a.context_match.distance(), &a.issuer).cmp(&(b.context_match.distance(), &b.issuer))
        });
        hints.truncate(MOST);
        hints
    }

    /// The candidates for a key: those whose names are near it, then those of its shape and of its prefix.
    pub(super) fn candidates<'r>(
        &self,
        key: &[u8],
        hints: &[IssuerHint],
        of_shape: impl Iterator<Item = &'r Arc<Rule>>,
    ) -> Vec<Candidate> {
        let near = hints
            .iter()
            .map(|hint| Candidate { issuer: hint.issuer.clone(), why: hint.context_match.describe() });
        let of_shape = of_shape.filter(|rule| !rule.shared);
        let of_shape =
            of_shape.map(|rule| Candidate { issuer: rule.issuer.clone(), why: "same shape".to_owned() });
        let of_prefix = self.prefixes().iter().filter(|(prefix, _)| key.starts_with(prefix));
        let of_prefix = of_prefix.map(|(prefix, issuer)| Candidate {
            issuer: issuer.clone(),
            why: format!("same prefix `{}`", String::from_utf8_lossy(prefix)),
        });
        let mut seen = BTreeSet::new();
        near.chain(of_shape)
            .chain(of_prefix)
            .filter(|one| seen.insert(one.issuer.clone()))
            .take(MOST)
            .collect()
    }
}
