//! The description of skanner and of its rules.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::notification::{Notification, pascal_case};
use crate::{
    remedy,
    rule::{Confidence, Rule, Severity},
};

/// GitHub refuses longer descriptions.
const LONGEST: usize = 1024;

/// The rules with results, by id, each with the highest confidence of its findings.
pub(super) type RuleIndex<'a> = BTreeMap<&'a str, (&'a Rule, Confidence)>;

pub(super) fn tool(rules: &RuleIndex) -> Value {
    let mut driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.values().map(|(rule, confidence)| descriptor(rule, *confidence)).collect::<Vec<_>>(),
        "notifications": Notification::ALL.map(Notification::descriptor),
    });
    if let Some(home) = Some(env!("CARGO_PKG_REPOSITORY")).filter(|home| !home.is_empty()) {
        driver["informationUri"] = home.into();
    }
    json!({ "driver": driver })
}

fn descriptor(rule: &Rule, confidence: Confidence) -> Value {
    let title = required(&rule.title, &rule.id);
    let impact = required(&rule.impact, &title);
    let url = remedy::revoke_url(rule);
    let steps = remedy::steps(rule);
    let steps: Vec<_> = steps.iter().enumerate().map(|(at, step)| format!("{}. {step}", at + 1)).collect();
    let steps = steps.join("\n");
    let linked = if url.is_empty() { steps.clone() } else { steps.replace(url, &format!("<{url}>")) };
    let security_severity = match rule.severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    };
    let precision = match confidence {
        Confidence::Certain => "very-high",
        Confidence::Likely => "high",
        Confidence::Possible => "medium",
    };
    json!({
        "id": rule.id,
        "name": pascal_case(&rule.id),
        "shortDescription": { "text": title },
        "fullDescription": { "text": impact },
        "help": {
            "text": format!("{title}\n\n{impact}\n\nWhat to do:\n{steps}"),
            "markdown": format!("**{title}**\n\n{impact}\n\n**What to do**\n\n{linked}"),
        },
        "defaultConfiguration": { "level": level(rule) },
        "properties": {
            "tags": ["security", "secret", "external/cwe/cwe-798", format!("family/{}", rule.family)],
            "precision": precision,
            "security-severity": security_severity,
        },
    })
}

pub(super) fn level(rule: &Rule) -> &'static str {
    match rule.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// GitHub rejects a file with an empty text where it requires one.
fn required(text: &str, otherwise: &str) -> String {
    let text = if text.is_empty() { otherwise } else { text };
    text.chars().take(LONGEST).collect()
}
