//! Rules by their ids.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::{
    config,
    rule::{Rule, RuleSet},
};

/// All rules: these, or the built-in ones.
pub(crate) fn or_builtin(rules: Option<&Arc<RuleSet>>) -> &RuleSet {
    match rules {
        Some(rules) => rules,
        None => RuleSet::builtin(),
    }
}

/// The rule of this id.
///
/// # Errors
/// When there is none; the error names the nearest one.
pub(crate) fn find_rule<'r>(rules: &'r RuleSet, id: &str) -> Result<&'r Rule> {
    if let Some(rule) = rules.get(id) {
        return Ok(rule);
    }
    match config::nearest(id, rules.iter().map(|rule| rule.id.as_str())) {
        Some(nearest) => bail!("there is no rule `{id}`; did you mean `{nearest}`?"),
        None => bail!("there is no rule `{id}`; `skanner rules list` shows them all"),
    }
}
