//! The page of a rule.

use std::fmt::Write;

use anyhow::Result;

use crate::{
    cmd::{
        console::{self, Console},
        rules,
    },
    remedy,
    report::hang,
    rule::Rule,
    session::Verdict,
};

/// Prints the page, as wide as the terminal.
pub(super) fn print(rule: &Rule, has_own_rules: bool, console: &Console) -> Result<Verdict> {
    rules::print(&page(rule, console::width()), has_own_rules, console)
}

/// Renders the page as text.
pub(in crate::cmd) fn page(rule: &Rule, width: Option<usize>) -> String {
    let mut page = String::new();
    let mut tell = |label: &str, text: &str| {
        for line in hang(label, text, width) {
            let _ = writeln!(page, "{line}");
        }
    };
    tell("", &format!("{}: {}", rule.id, rule.title));
    tell("", "");
    tell("", &rule.impact);
    tell("", "");
    for (label, text) in [
        ("issuer", &*rule.issuer),
        ("family", rule.family.name()),
        ("rule of", rule.place.as_deref().unwrap_or_default()),
        ("severity", &rule.severity.to_string()),
        ("revoke at", &rule.revoke_url),
        ("usage at", remedy::told(rule, |guidance| &guidance.usage_url)),
        ("names", &rule.names.join(", ")),
        ("hosts", &rule.hosts.join(", ")),
        ("words", &rule.words.join(", ")),
    ] {
        if !text.is_empty() {
            tell(&format!("{label:<10} "), text);
        }
    }

    tell("", "");
    tell("", "What it looks like");
    for form in &rule.forms {
        let with_context = match form.confidence_with_context() {
            same if same == form.confidence => String::new(),
            lifted => format!(", {lifted} if a name of the issuer is nearby"),
        };
        let needs = if form.requires_context { " (only if a name of the issuer is nearby)" } else { "" };
        tell("  ", &format!("{}{with_context}{needs}: {}", form.confidence, form.why));
        form.shapes.iter().for_each(|shape| tell("      ", shape.source()));
        form.regex.iter().for_each(|regex| tell("      ", regex.source()));
    }
    tell("", "");
    let counter_examples = rule.examples().1;
    if !counter_examples.is_empty() {
        tell("", "What does not match");
        counter_examples.iter().for_each(|text| tell("      ", text.source()));
        tell("", "");
    }
    tell("", "What to do");
    for (step, number) in remedy::steps(rule).iter().zip(1..) {
        tell(&format!("  {number}. "), step);
    }
    let unknown = unknown(rule);
    if !unknown.is_empty() {
        tell("", "");
        tell("", "What no public document tells");
        tell("      ", &unknown.join(", "));
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
