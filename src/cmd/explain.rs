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
    }
    page.push_str("\nWhat does not match\n");
    for text in rule.examples().1 {
        let _ = writeln!(page, "      {}", text.source());
    }
    page.push_str("\nWhat to do\n");
    for (at, step) in remedy::steps(rule).iter().enumerate() {
        let _ = writeln!(page, "  {}. {step}", at + 1);
    }
    page
}
