//! Looks up rules by id.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::{
    config,
    rule::{Rule, RuleSet},
};

/// The given rules, or else the built-in ones.
pub(crate) fn or_builtin(rules: Option<&Arc<RuleSet>>) -> &RuleSet {
    match rules {
        Some(rules) => rules,
        None => RuleSet::builtin(),
    }
}

/// The rule with this id.
///
/// # Errors
/// When there is none. The error suggests the nearest id.
pub(crate) fn find_rule<'r>(rules: &'r RuleSet, id: &str) -> Result<&'r Rule> {
    if let Some(rule) = rules.get(id) {
        return Ok(rule);
    }
    match config::nearest(id, rules.iter().map(|rule| rule.id.as_str())) {
        Some(nearest) => bail!("there is no rule `{id}`; did you mean `{nearest}`?"),
        None => bail!("there is no rule `{id}`; `skanner rules list` shows them all"),
    }
}
