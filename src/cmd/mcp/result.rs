//! What a tool returns: as text for the model, and as data. Both are bounded, since a model has to read them.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    finding::Report,
    json_text,
    report::{self, ReportDocument},
    session::{Options, Verdict, verdict},
};

/// The most findings in a result.
const MOST_FINDINGS: usize = 50;

/// The most occurrences of a finding.
const MOST_OCCURRENCES: usize = 20;

/// The most entries of any other list.
const MOST_OTHERS: usize = 50;

/// The longest text, in bytes.
const LONGEST_TEXT: usize = 20_000;

/// What a result says of a run. `skanner schema report` describes all of these.
const OF_RUN: [&str; 19] = [
    "schema",
    "tool",
    "mode",
    "complete",
    "scope",
    "scanned",
    "not_scanned",
    "not_read",
    "suppressed",
    "suppressed_by",
    "unused_suppressions",
    "left_out",
    "configuration",
    "policy",
    "refused",
    "tolerated",
    "subject",
    "directory",
    "findings",
];

/// What a result says of a key. `explain_rule` says the rest.
const OF_FINDING: [&str; 14] = [
    "rule",
    "rule_place",
    "issuer",
    "title",
    "impact",
    "candidates",
    "severity",
    "confidence",
    "why",
    "secret",
    "fingerprint",
    "occurrences",
    "placement",
    "remedy",
];

/// What a result says of what to do.
const OF_REMEDY: [&str; 3] = ["revoke_url", "revoke", "replacement"];

/// The result of a scan.
///
/// # Errors
/// When the report cannot be written, which is a bug.
pub(super) fn of_report(report: &Report, options: &Options, elapsed: Duration) -> Result<Value> {
    let mut document = ReportDocument::new(report);
    let mut text = Vec::new();
    let format = report::format("concise").context("there is such a format")?;
    (format.write)(&document, &options.view(elapsed), &mut text)?;
    let name = match verdict(report.is_complete(), document.has_failing()) {
        Verdict::Clean => "clean",
        Verdict::Findings => "findings",
        Verdict::Incomplete => "incomplete",
    };
    let omitted = json!({
        "findings": shorten(&mut document.findings, MOST_FINDINGS),
        "occurrences": document.findings.iter_mut().map(|one| shorten(&mut one.occurrences, MOST_OCCURRENCES)).sum::<usize>(),
        "not_scanned": shorten(&mut document.run.not_scanned, MOST_OTHERS),
        "unused_suppressions": shorten(&mut document.run.unused_suppressions, MOST_OTHERS),
        "refused": shorten(&mut document.run.refused, MOST_OTHERS),
    });
    let mut data = value(&document)?;
    keep(&mut data, &OF_RUN);
    for finding in data["findings"].as_array_mut().into_iter().flatten() {
        keep(finding, &OF_FINDING);
        keep(&mut finding["remedy"], &OF_REMEDY);
    }
    data["verdict"] = json!(name);
    data["omitted"] = omitted;
    Ok(content(&String::from_utf8_lossy(&text), data))
}

/// A result with both parts.
pub(super) fn content(text: &str, data: Value) -> Value {
    json!({
        "content": [{ "type": "text", "text": shortened(text) }],
        "structuredContent": data,
        "isError": false,
    })
}

/// What went wrong, for the model. The text must be safe to show.
pub(super) fn error(text: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": shortened(text) }], "isError": true })
}

/// The first lines of a text and its last one, which is the summary.
fn shortened(text: &str) -> String {
    if text.len() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let last = text.trim_end().lines().next_back().unwrap_or_default();
    let mut first = String::new();
    let mut left = text.lines().count();
    for line in text.lines().take_while(|line| line.len() < LONGEST_TEXT) {
        if first.len() + line.len() > LONGEST_TEXT {
            break;
        }
        first = first + line + "\n";
        left -= 1;
    }
    let last: String = last.chars().take(LONGEST_TEXT).collect();
    format!("{first}… {left} more lines\n{last}\n")
}

/// Cuts a list, and returns how many entries are gone.
fn shorten<T>(list: &mut Vec<T>, most: usize) -> usize {
    let gone = list.len().saturating_sub(most);
    list.truncate(most);
    gone
}

/// Removes what is not named.
fn keep(value: &mut Value, names: &[&str]) {
    if let Some(object) = value.as_object_mut() {
        object.retain(|name, _| names.contains(&name.as_str()));
    }
}

/// As a value, by way of the text: another serializer would be compiled for all types of a report.
pub(super) fn value(document: &impl serde::Serialize) -> Result<Value> {
    let mut text = Vec::new();
    json_text::write_line(&mut text, document)?;
    Ok(serde_json::from_slice(&text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_keeps_its_summary() {
        assert_eq!(shortened("a\nb\n"), "a\nb\n");
        let long = "line\n".repeat(10_000) + "summary\n";
        let short = shortened(&long);
        assert!(
            short.len() < LONGEST_TEXT + 100 && short.ends_with("more lines\nsummary\n"),
            "{}",
            short.len()
        );
        assert!(short.starts_with("line\nline\n"));
        assert!(shortened(&"x".repeat(100_000)).len() < 2 * LONGEST_TEXT);
    }
}
