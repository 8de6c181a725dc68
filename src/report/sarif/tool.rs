//! The description of skanner and of its rules.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::notification::{Notification, add_name};
use crate::{
    report::{
        document::FindingEntry,
        message::{Level, rule_page},
    },
    rule::{Confidence, KNOWN_VALUE, Severity, known_value_rule},
};

/// GitHub refuses longer descriptions.
const LONGEST: usize = 1024;

/// The rules with results, by id, each with a finding and the highest confidence of all its findings.
pub(super) type RuleIndex<'a> = BTreeMap<&'a str, (&'a FindingEntry, Confidence)>;

pub(super) fn tool(rules: &RuleIndex) -> Value {
    let mut driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.values().map(|(finding, confidence)| descriptor(finding, *confidence)).collect::<Vec<_>>(),
        "notifications": Notification::ALL.map(Notification::descriptor),
    });
    if let Some(home) = Some(env!("CARGO_PKG_REPOSITORY")).filter(|home| !home.is_empty()) {
        driver["informationUri"] = home.into();
    }
    json!({ "driver": driver })
}

fn descriptor(finding: &FindingEntry, confidence: Confidence) -> Value {
    // Each value has a title of its own.
    let title = match finding.rule.as_str() {
        KNOWN_VALUE => &known_value_rule().title,
        _ => &finding.title,
    };
    let title = required(title, &finding.rule);
    let impact = required(&finding.impact, &title);
    let url = finding.remedy.revoke_url.as_str();
    let steps: Vec<_> =
        finding.remedy.steps.iter().enumerate().map(|(at, step)| format!("{}. {step}", at + 1)).collect();
    let steps = steps.join("\n");
    let linked = if url.is_empty() { steps.clone() } else { steps.replace(url, &format!("<{url}>")) };
    let security_severity = match finding.severity {
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
    let mut descriptor = json!({
        "id": finding.rule,
        "shortDescription": { "text": title },
        "fullDescription": { "text": impact },
        "help": {
            "text": format!("{title}\n\n{impact}\n\nWhat to do:\n{steps}"),
            "markdown": format!("**{title}**\n\n{impact}\n\n**What to do**\n\n{linked}"),
        },
        "defaultConfiguration": { "level": level(finding.severity) },
        "properties": {
            "tags": ["security", "secret", "external/cwe/cwe-798", format!("family/{}", finding.family)],
            "precision": precision,
            "security-severity": security_severity,
        },
    });
    add_name(&mut descriptor, &finding.rule);
    if let Some(page) = rule_page(finding) {
        descriptor["helpUri"] = page.into();
    }
    descriptor
}

pub(super) fn level(severity: Severity) -> &'static str {
    match Level::of(severity) {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// GitHub rejects a file with an empty text where it requires one.
fn required(text: &str, otherwise: &str) -> String {
    let text = if text.is_empty() { otherwise } else { text };
    text.chars().take(LONGEST).collect()
}
