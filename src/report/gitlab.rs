//! GitLab: the report of secret detection, and the one of code quality, which every tier shows in merge requests.
//! Source: `secret-detection-report-format.json` of gitlab-org/security-products/security-report-schemas, version 15.2, and
//! "Code Quality report format" of GitLab's documentation.

use std::io::{self, Write};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{
    document::{FindingEntry, OccurrenceEntry, ReportDocument},
    message,
    place::{PlaceFingerprint, RootPath, fingerprints, has_region, path_of},
    view::View,
};
use crate::{bytes::hex, hidden::escape_control, json_text, rule::Severity};

/// The version of the schema that the report follows.
const VERSION: &str = "15.2.4";

/// What GitLab's own analyzer writes if there is no commit.
const NO_COMMIT: &str = "0000000";

/// Writes the report of secret detection. GitLab refuses it as a whole if a single field is not as it expects.
pub(super) fn write(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let run = &report.run;
    let tool = json!({
        "id": run.tool.name,
        "name": run.tool.name,
        "version": run.tool.version,
        "vendor": { "name": run.tool.name },
    });
    let messages =
        run.not_scanned.iter().map(|input| json!({ "level": "warn", "value": message::not_scanned(input) }));
    let vulnerabilities = report.findings.iter().flat_map(|finding| {
        fingerprints(run, finding).map(|(place, id)| vulnerability(report, finding, place, &id))
    });
    let document = json!({
        "version": VERSION,
        "scan": {
            "type": "secret_detection",
            "status": if report.has_results() { "success" } else { "failure" },
            "start_time": timestamp(view.ended - view.elapsed),
            "end_time": timestamp(view.ended),
            "analyzer": tool,
            "scanner": tool,
            "messages": messages.collect::<Vec<_>>(),
        },
        "vulnerabilities": vulnerabilities.collect::<Vec<_>>(),
    });
    json_text::write_pretty(out, &document)?;
    writeln!(out)
}

fn vulnerability(
    report: &ReportDocument,
    finding: &FindingEntry,
    place: &OccurrenceEntry,
    id: &PlaceFingerprint,
) -> Value {
    let rule = escape_control(&finding.rule);
    let mut location = json!({
        "file": file(report, place),
        "commit": { "sha": place.commit.as_deref().unwrap_or(NO_COMMIT) },
    });
    if has_region(place) {
        location["start_line"] = place.line.into();
        location["end_line"] = place.end_line.into();
    }
    json!({
        "id": uuid(id),
        "name": escape_control(&finding.title),
        "description": format!("{}{}", message::headline(finding), message::aside(place)),
        "severity": match finding.severity {
            Severity::Critical => "Critical",
            Severity::High => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
        },
        "solution": escape_control(&finding.remedy.steps.join(" ")),
        "identifiers": [
            { "type": "skanner_rule_id", "name": format!("skanner {rule}"), "value": rule },
            {
                "type": "cwe",
                "name": "CWE-798",
                "value": "798",
                "url": "https://cwe.mitre.org/data/definitions/798.html",
            },
        ],
        "location": location,
    })
}

/// A UUID of version 8, made of the fingerprint, so that it is the same in the next report.
fn uuid(id: &PlaceFingerprint) -> String {
    let digits = hex::digits(&Sha256::digest(id.to_string())[..16]);
    let part = |range: std::ops::Range<usize>| &digits[range];
    format!("{}-{}-8{}-8{}-{}", part(0..8), part(8..12), part(13..16), part(17..20), part(20..32))
}

/// In UTC, without a zone and fractions, as the schema asks for.
fn timestamp(time: OffsetDateTime) -> String {
    let (date, clock) = (time.date(), time.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    )
}

fn file(report: &ReportDocument, place: &OccurrenceEntry) -> String {
    RootPath::new(&report.run, &path_of(place)).shown()
}

/// Writes the report of code quality. It has no place for a run that is incomplete, so what was not read is an issue, too.
pub(super) fn write_code_quality(report: &ReportDocument, out: &mut dyn Write) -> io::Result<()> {
    let issue = |name: &str, fingerprint: &str, severity: &str, text: &str, path: &str, line: u64| {
        json!({
            "description": text,
            "check_name": name,
            "fingerprint": fingerprint,
            "severity": severity,
            "location": { "path": path, "lines": { "begin": line } },
        })
    };
    let findings = report.findings.iter().flat_map(|finding| {
        fingerprints(&report.run, finding).map(move |(place, id)| {
            let severity = match finding.severity {
                Severity::Critical => "blocker",
                Severity::High => "critical",
                Severity::Medium => "major",
                Severity::Low => "minor",
            };
            let text = format!("{}{}", message::with_help(finding), message::aside(place));
            let line = if has_region(place) { place.line } else { 1 };
            issue(
                &escape_control(&finding.rule),
                &id.to_string(),
                severity,
                &text,
                &file(report, place),
                line,
            )
        })
    });
    let not_scanned = report.run.not_scanned.iter().map(|input| {
        let path = input.file.as_ref().unwrap_or(&input.what);
        let path = RootPath::new(&report.run, path).shown();
        let hash = hex::digits(&Sha256::digest(format!("not scanned\0{}", input.what))[..16]);
        issue("not-scanned", &hash, "critical", &message::not_scanned(input), &path, 1)
    });
    json_text::write_pretty(out, &findings.chain(not_scanned).collect::<Vec<_>>())?;
    writeln!(out)
}
