//! TruffleHog 3: reports of `--json`, an object on each line.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{
    entry::{ForeignTool, ImportedEntry, ImportedList, Judgment},
    json,
    refusal::ListRefusal,
    secret_hash::SecretHash,
};

/// An object of a report. See `pkg/output/json.go` of TruffleHog.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TruffleHogResult {
    source_metadata: Option<TruffleHogMetadata>,
    detector_name: String,
    #[serde(default)]
    raw: String,
}

/// Where a secret is: an object with the name of the source.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TruffleHogMetadata {
    data: Option<BTreeMap<String, Value>>,
}

/// What the program says on standard error, if both were written to one file.
#[derive(Deserialize)]
struct TruffleHogLogLine {
    #[serde(rename = "level")]
    _level: Value,
    #[serde(rename = "msg")]
    _message: Value,
}

/// Reads a report.
///
/// # Errors
/// When a line is not an object of one.
pub(super) fn report(text: &str) -> Result<ImportedList, ListRefusal> {
    let mut list = ImportedList::of(ForeignTool::TruffleHog);
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() || serde_json::from_str::<TruffleHogLogLine>(line).is_ok() {
            continue;
        }
        let result: TruffleHogResult = serde_json::from_str(line)
            .map_err(|error| json::refusal(&error, number, "a result of TruffleHog 3"))?;
        list.entries.push(entry(result, number));
    }
    Ok(list)
}

fn entry(result: TruffleHogResult, line: u64) -> ImportedEntry {
    let data = result.source_metadata.and_then(|metadata| metadata.data).unwrap_or_default();
    let source = data.into_values().next().unwrap_or_default();
    let text = |key: &str| source.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    ImportedEntry {
        line,
        path: text("file").map(str::to_owned),
        at: source.get("line").and_then(Value::as_u64).filter(|line| *line > 0),
        commit: text("commit").map(str::to_ascii_lowercase),
        kind: result.detector_name,
        secret: (!result.raw.is_empty()).then(|| SecretHash::of(result.raw.as_bytes())),
        judgment: Judgment::Known,
    }
}
