//! `skanner explain`: the page of one rule.

use std::fmt::Write;

use anyhow::Result;

use super::{console::Console, rules};
use crate::{
    cli::ConfigArgs,
    remedy,
    rule::Rule,
    session::{Verdict, find_rule, or_builtin},
};

pub(super) fn run(id: &str, config: &ConfigArgs, console: &Console) -> Result<Verdict> {
    let rules = rules::known(config, console)?;
    rules::print(&page(find_rule(or_builtin(rules.as_ref()), id)?), rules.is_some(), console)
}

/// Renders the page as text.
fn page(rule: &Rule) -> String {
    let mut page = format!("{}: {}\n\n{}\n\n", rule.id, rule.title, rule.impact);
    let mut line = |label: &str, text: &str| {
        if !text.is_empty() {
            let _ = writeln!(page, "{label:<10} {text}");
        }
    };
    line("issuer", &rule.issuer);
    line("family", rule.family.name());
    line("rule of", rule.place.as_deref().unwrap_or_default());
    line("severity", &rule.severity.to_string());
    line("revoke at", &rule.revoke_url);
    line("usage at", remedy::told(rule, |guidance| &guidance.usage_url));
    line("names", &rule.names.join(", "));
    line("hosts", &rule.hosts.join(", "));
    line("words", &rule.words.join(", "));

    page.push_str("\nWhat it looks like\n");
    for form in &rule.forms {
        let with_context = match form.confidence_with_context() {
            same if same == form.confidence => String::new(),
            lifted => format!(", {lifted} if a name of the issuer is nearby"),
        };
        let needs = if form.requires_context { " (only if a name of the issuer is nearby)" } else { "" };
        let _ = writeln!(page, "  {}{with_context}{needs}: {}", form.confidence, form.why);
        for shape in &form.shapes {
            let _ = writeln!(page, "      {}", shape.source());
        }
        if let Some(regex) = &form.regex {
            let _ = writeln!(page, "      {}", regex.source());
        }
    }
    page.push_str("\nWhat does not match\n");
    for text in rule.examples().1 {
        let _ = writeln!(page, "      {}", text.source());
    }
    page.push_str("\nWhat to do\n");
    for (at, step) in remedy::steps(rule).iter().enumerate() {
        let _ = writeln!(page, "  {}. {step}", at + 1);
    }
    let unknown = unknown(rule);
    if !unknown.is_empty() {
        let _ = writeln!(page, "\nWhat no public document tells\n      {}", unknown.join(", "));
    }
    page
}

/// What people ask of a leaked key, and what is not known of those of a rule.
fn unknown(rule: &Rule) -> Vec<&'static str> {
    let Some(guidance) = rule.guidance() else { return Vec::new() };
    let facts = [
        ("what breaks when a key is revoked", guidance.breaks.is_empty()),
        ("how to rotate", guidance.rotate.is_empty()),
        ("where usage is shown", remedy::usage(rule).is_empty()),
        ("whether keys can be limited", guidance.limits.is_empty()),
        ("whether the issuer disables leaked keys", guidance.leaked.is_empty()),
    ];
    let is_shared = rule.shared;
    facts.into_iter().filter(|(_, is_unknown)| *is_unknown && !is_shared).map(|(fact, _)| fact).collect()
}
