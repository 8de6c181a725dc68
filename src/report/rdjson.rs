//! The diagnostic format of reviewdog. Source: `proto/rdf/reviewdog.proto` of reviewdog.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{
    document::{OccurrenceEntry, ReportDocument},
    message::{self, Level},
    place::{RootPath, has_region, path_of},
};
use crate::{hidden::escape_control, json_text};

pub(super) fn write(report: &ReportDocument, out: &mut dyn Write) -> io::Result<()> {
    let path = |path: &str| RootPath::new(&report.run, path).shown();
    let findings = report.findings.iter().flat_map(|finding| {
        finding.occurrences.iter().map(move |place| {
            let mut location = json!({ "path": path(&path_of(place)) });
            if has_region(place) {
                location["range"] = range(place);
            }
            json!({
                "message": format!("{}{}", message::with_help(finding), message::aside(place)),
                "location": location,
                "severity": match Level::of(finding.severity) {
                    Level::Error => "ERROR",
                    Level::Warning => "WARNING",
                    Level::Note => "INFO",
                },
                "code": { "value": escape_control(&finding.rule) },
            })
        })
    });
    let not_scanned = report.run.not_scanned.iter().map(|input| {
        json!({
            "message": message::not_scanned(input),
            "location": { "path": path(input.file.as_ref().unwrap_or(&input.what)) },
            "severity": "ERROR",
            "code": { "value": "not-scanned" },
        })
    });
    let diagnostics: Vec<Value> = findings.chain(not_scanned).collect();
    let document = json!({
        "source": { "name": "skanner" },
        "severity": "ERROR",
        "diagnostics": diagnostics,
    });
    json_text::write_pretty(out, &document)?;
    writeln!(out)
}

/// Columns are bytes here, and ours are characters. They are only written where both are known to be the same: the
/// excerpt shows everything before the key, and that is ASCII.
fn range(place: &OccurrenceEntry) -> Value {
    let before = &place.excerpt[..place.marker.0];
    let is_same =
        before.is_ascii() && before.len() as u64 + 1 == place.column && place.line == place.end_line;
    let point = |line: u64, column: u64| {
        if is_same { json!({ "line": line, "column": column }) } else { json!({ "line": line }) }
    };
    json!({ "start": point(place.line, place.column), "end": point(place.end_line, place.end_column) })
}
