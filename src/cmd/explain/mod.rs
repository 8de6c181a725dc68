//! `skanner explain`: the page of a rule, or all that is known of one key.

mod key;
mod page;
mod target;

pub(super) use page::page;

use anyhow::{Context, Result};

use self::target::Target;
use super::{console::Console, rules};
use crate::{
    cli::ExplainArgs,
    session::{Verdict, find_rule, or_builtin},
};

pub(super) fn run(args: &ExplainArgs, console: &Console) -> Result<Verdict> {
    let known = rules::known(&args.config, console)?;
    let rules = or_builtin(known.as_ref());
    // What is the id of a rule is never anything else.
    if rules.get(&args.what).is_none()
        && let Some(target) = Target::parse(&args.what)
    {
        return key::explain(&target, args, console);
    }
    let rule = find_rule(rules, &args.what)
        .context("expected the id of a rule, PATH:LINE, or eight digits or more of a fingerprint")?;
    page::print(rule, known.is_some(), console)
}
