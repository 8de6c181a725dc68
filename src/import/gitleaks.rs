//! gitleaks: `.gitleaksignore`, and reports in JSON that are used with `--baseline-path`. Those of betterleaks are the
//! same.

use serde::Deserialize;

use super::{
    entry::{ForeignTool, ImportedEntry, ImportedList, Judgment},
    json,
    refusal::ListRefusal,
    secret_hash::SecretHash,
};
use crate::suppression::GitleaksIgnore;

/// An object of a report. See `report/finding.go` of gitleaks.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GitleaksLeak {
    #[serde(rename = "RuleID")]
    rule: String,
    file: String,
    start_line: u64,
    #[serde(default)]
    commit: String,
    #[serde(default)]
    secret: String,
}

/// Reads a `.gitleaksignore`.
pub(super) fn ignore_list(text: &str) -> ImportedList {
    let mut list = ImportedList::of(ForeignTool::Gitleaks);
    for (line, number) in text.lines().zip(1..) {
        match GitleaksIgnore::parse(line, number) {
            Some(GitleaksIgnore { commit, path, rule, line, number }) => list.entries.push(ImportedEntry {
                line: number,
                path: Some(path),
                at: Some(line),
                commit,
                kind: rule,
                secret: None,
                judgment: Judgment::Known,
            }),
            None if line.trim().is_empty() || line.trim_start().starts_with('#') => {}
            None => list.leave_out(
                number,
                line.trim(),
                "not a fingerprint of gitleaks, as `file:rule:line` or `commit:file:rule:line`; gitleaks skips it, too",
            ),
        }
    }
    list
}

/// Reads a report in JSON.
///
/// # Errors
/// When it is not one.
pub(super) fn report(text: &[u8]) -> Result<ImportedList, ListRefusal> {
    let mut list = ImportedList::of(ForeignTool::Gitleaks);
    for (line, leak) in json::elements::<GitleaksLeak>(text, "a finding of gitleaks 8")? {
        let GitleaksLeak { rule, file, start_line, commit, secret } = leak;
        list.entries.push(ImportedEntry {
            line,
            path: Some(file),
            at: Some(start_line).filter(|line| *line > 0),
            commit: Some(commit.to_ascii_lowercase()).filter(|commit| !commit.is_empty()),
            kind: rule,
            secret: (!is_redacted(&secret)).then(|| SecretHash::of(secret.as_bytes())),
            judgment: Judgment::Known,
        });
    }
    Ok(list)
}

/// Whether `--redact` hid a secret, or a part of it.
fn is_redacted(secret: &str) -> bool {
    secret.is_empty() || secret == "REDACTED" || secret.ends_with("...")
}
