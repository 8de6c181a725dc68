//! Results: one for each occurrence of a key.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{
    limit::KeptResults,
    notification,
    tool::{RuleIndex, level},
    uri::artifact,
};
use crate::{
    blob::SourceKind,
    finding::{Suppression, SuppressionKind},
    hidden::escape_control,
    report::{
        document::{FindingEntry, OccurrenceEntry, ReportDocument, RunReport},
        message,
        place::{RootPath, fingerprints, has_region, kind, path_of},
    },
};

/// How many other occurrences of its key a result links to. GitHub shows related locations only if they are
/// linked, and a hundred of them for each of 25,000 results make a file four times as large as it accepts.
const RELATED: usize = 10;

/// Creates results while they are written, since a key may have a million occurrences.
pub(super) struct Results<'a> {
    pub(super) report: &'a ReportDocument,
    pub(super) rules: &'a RuleIndex<'a>,
    pub(super) kept: &'a KeptResults,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut start = 0;
        serializer.collect_seq(self.report.all().flat_map(|(finding, by)| {
            let first = start;
            start += finding.occurrences.len();
            self.of(finding, by, first)
        }))
    }
}

impl Results<'_> {
    /// One result per occurrence, since GitHub only shows the first location of a result. The position of the first one
    /// among all is given.
    fn of<'a>(
        &'a self,
        finding: &'a FindingEntry,
        by: Option<&'a Suppression>,
        first: usize,
    ) -> impl Iterator<Item = Value> + 'a {
        let run = &self.report.run;
        let index = self.rules.keys().position(|id| *id == finding.rule);
        let kept = fingerprints(run, finding).enumerate().filter(move |(own, _)| self.kept.has(first + own));
        kept.map(move |(own, (place, fingerprint))| {
            let mut location = location(run, place);
            let mut fingerprints = json!({ "skannerFinding/v1": fingerprint.to_string() });
            if let Some(hash) = &place.line_hash {
                fingerprints["primaryLocationLineHash"] = hash.as_str().into();
            }
            if !run.unmasked && has_region(place) {
                let excerpt = escape_control(&place.excerpt);
                location["physicalLocation"]["region"]["snippet"] = json!({ "text": excerpt });
            }
            let others = finding.occurrences.iter().enumerate().filter(|(at, _)| *at != own);
            let others: Vec<_> = others.map(|(_, other)| other).take(RELATED).collect();
            let mut result = json!({
                "ruleId": finding.rule,
                "ruleIndex": index,
                "level": level(finding.severity),
                "message": { "text": full_message(run, finding, place, &others) },
                "locations": [location],
                "partialFingerprints": fingerprints,
                "properties": {
                    "confidence": finding.confidence,
                    "severity": finding.severity,
                    "fingerprint": finding.fingerprint,
                },
            });
            if run.lists_suppressed() {
                // SARIF, section 3.27.23: if one result has `suppressions`, all of them must.
                result["suppressions"] = by.map(|by| suppression(run, by)).into_iter().collect();
            }
            if let Some(archive) = &place.archive {
                result["properties"]["archive"] = json!({
                    "path": escape_control(archive),
                    "startLine": place.line,
                    "startColumn": place.column,
                    "endLine": place.end_line,
                    "endColumn": place.end_column,
                });
            }
            if !others.is_empty() {
                let related = others.iter().zip(1..).map(|(other, id)| related(run, other, id));
                result["relatedLocations"] = related.collect();
            }
            if !finding.candidates.is_empty() {
                result["properties"]["candidates"] = json!(finding.candidates);
            }
            result
        })
    }
}

/// The suppression of a result. GitHub ignores it and shows the alert anyway.
fn suppression(run: &RunReport, by: &Suppression) -> Value {
    let in_source = matches!(by.kind, SuppressionKind::Inline | SuppressionKind::Foreign);
    let mut suppression = json!({
        "kind": if in_source { "inSource" } else { "external" },
        "status": "accepted",
        "location": notification::location(run, &by.place, by.line),
        "properties": { "by": by.kind },
    });
    if let Some(reason) = &by.reason {
        suppression["justification"] = escape_control(reason).into();
    }
    if let Some(until) = &by.until {
        suppression["properties"]["until"] = until.as_str().into();
    }
    suppression
}

/// GitHub shows only the first sentence if there is little space.
fn full_message(
    run: &RunReport,
    finding: &FindingEntry,
    place: &OccurrenceEntry,
    others: &[&OccurrenceEntry],
) -> String {
    let mut text = format!("{}.", message::headline(finding));
    match (&place.archive, place.source) {
        (None, SourceKind::Name) => text.push_str(" It is in the name itself."),
        (None, SourceKind::Message) if place.path.is_empty() => {
            text.push_str(&format!(" It is in the message of a {}.", kind(place)));
        }
        (Some(archive), SourceKind::Name) => {
            text.push_str(&format!(" It is in a name in this archive, {}.", escape_control(archive)));
        }
        (Some(archive), _) => {
            let at = format!("{}:{}", escape_control(archive), place.line);
            text.push_str(&format!(" It is in this archive at {at}."));
        }
        (None, _) => {}
    }
    if let Some(commit) = &place.commit {
        text.push_str(&format!(" Commit {commit} added it."));
    }
    if let Some(history) = finding.history.as_ref().filter(|history| !history.at_head) {
        text.push_str(&match &history.removed {
            Some(event) => {
                format!(" HEAD no longer contains it: commit {} removed it on {}.", event.commit, event.day())
            }
            None => " HEAD does not contain it.".to_owned(),
        });
    }
    if let Some(refusal) = finding.refusal(run) {
        text.push_str(&format!(" It is {}.", escape_control(&refusal)));
    }
    if let Some(repository) = &place.repository {
        text.push_str(&format!(" It is in the repository {}.", escape_control(repository)));
    }
    if !finding.candidates.is_empty() {
        let issuers: Vec<_> =
            finding.candidates.iter().map(|candidate| escape_control(&candidate.issuer)).collect();
        text.push_str(&format!(" It may be a key of {}.", issuers.join(" or ")));
    }
    if let Some(step) = finding.remedy.steps.first() {
        text.push_str(&format!(" {step}"));
    }
    let link = |(other, id): (&&OccurrenceEntry, usize)| {
        let path = path_of(other);
        let inner = other.archive.as_ref().map_or_else(String::new, |archive| format!("!{archive}"));
        let name = format!("{}{inner}", RootPath::new(run, &path).text());
        let name = escape_control(&name).replace('\\', r"\\").replace('[', r"\[").replace(']', r"\]");
        let line = if other.source == SourceKind::Name { String::new() } else { format!(":{}", other.line) };
        format!("[{name}{line}]({id})")
    };
    let mut links: Vec<_> = others.iter().zip(1..).map(link).collect();
    let count = finding.occurrences.len() - 1;
    if count > links.len() {
        links.push("and others".to_owned());
    }
    if count > 0 {
        let s = if count == 1 { "" } else { "s" };
        text.push_str(&format!(" It is also in {count} other place{s}: {}.", links.join(", ")));
    }
    text
}

fn related(run: &RunReport, place: &OccurrenceEntry, id: u64) -> Value {
    let mut location = location(run, place);
    location["id"] = id.into();
    location
}

fn location(run: &RunReport, place: &OccurrenceEntry) -> Value {
    let mut physical = json!({ "artifactLocation": artifact(run, &path_of(place)) });
    if has_region(place) {
        physical["region"] = json!({
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        });
    }
    json!({ "physicalLocation": physical })
}
