//! From what a run knows to what its report holds.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    AcceptedEntry, FindingEntry, OccurrenceEntry, Remedy, ReportDocument, RunReport, SCHEMA, SuppressedEntry,
    SuppressedKeys, SuppressionEntry, Tool,
};
use crate::{
    advice::{KeyPlace, Placement, Replacement},
    blob::SourceKind,
    cold,
    finding::{AcceptedInput, Finding, Occurrence, Report, Suppressed},
    path::shown_text,
    remedy,
    rule::{Guidance, Rule},
};

impl ReportDocument {
    /// What the report of a run holds.
    #[must_use]
    pub fn new(report: &Report) -> Self {
        Self {
            run: run(report),
            findings: report.findings.iter().map(|finding| entry(report, finding)).collect(),
        }
    }
}

fn run(report: &Report) -> RunReport {
    let suppressed = report.suppressed.iter().map(|Suppressed { finding, by }| SuppressedEntry {
        finding: entry(report, finding),
        suppression: by.clone(),
    });
    let suppressed_by = report.suppressed_by();
    let base = shown_text(&report.base);
    let root = report.root.as_deref().map_or_else(|| base.clone(), shown_text);
    RunReport {
        schema: SCHEMA,
        tool: Tool {
            name: Cow::Borrowed(env!("CARGO_PKG_NAME")),
            version: Cow::Borrowed(env!("CARGO_PKG_VERSION")),
        },
        mode: report.mode,
        complete: report.is_complete(),
        scope: report.looked_for.clone(),
        scanned: report.scanned,
        not_scanned: report.not_scanned.clone(),
        not_read: report.not_read.counts(),
        not_read_names: names_of_not_read(report),
        suppressed: if report.show_suppressed {
            SuppressedKeys::List(suppressed.collect())
        } else {
            SuppressedKeys::Count(suppressed_by.iter().map(|by| by.count).sum())
        },
        suppressed_by,
        suppressions: suppressions(report),
        unused_suppressions: report.unused.clone(),
        accepted: report.accepted.iter().map(accepted).collect(),
        excluded: report.excluded.clone(),
        configuration: report.configuration.clone(),
        rules_from: report.rules_from.clone(),
        policy: report.policy.clone(),
        refused: report.refused.clone(),
        tolerated: report.tolerated.clone(),
        shallow: report.is_shallow,
        untrusted: report.is_untrusted,
        refs: report.refs.clone(),
        outside: report.outside.clone(),
        since_scan: None,
        subject: report.subject.clone(),
        directory: directory(&root, &base),
        unmasked: report.show_secrets,
        audit: report.audit(),
        call: None,
        repositories: Vec::new(),
        root: Some(root),
    }
}

/// The path from the root of the repository to the directory that paths are relative to.
fn directory(root: &str, base: &str) -> String {
    let inside = base.strip_prefix(root.trim_end_matches('/')).unwrap_or_default();
    // Another directory may have a name that begins with the root's.
    if inside.starts_with('/') { inside.trim_matches('/').to_owned() } else { String::new() }
}

fn suppressions(report: &Report) -> Vec<SuppressionEntry> {
    if !report.is_audit() {
        return Vec::new();
    }
    let entry =
        |(suppression, keys): (&_, _)| SuppressionEntry { suppression: Clone::clone(suppression), keys };
    report.suppressions().into_iter().map(entry).collect()
}

fn names_of_not_read(report: &Report) -> BTreeMap<crate::finding::NotReadKind, Vec<String>> {
    let kinds = report.not_read.counts().into_keys();
    let named = kinds.map(|kind| (kind, report.not_read.names(kind).map(str::to_owned).collect::<Vec<_>>()));
    cold::map(named.filter(|(_, names)| !names.is_empty()))
}

fn entry(report: &Report, finding: &Finding) -> FindingEntry {
    let rule = &finding.rule;
    let key_place = KeyPlace::in_finding(finding);
    let placement = Placement::of_finding(finding);
    // Where it stands now says more than where it once stood.
    let mut written = finding.occurrences.iter().filter(|place| !place.in_output);
    let now = written.clone().find(|place| matches!(place.source, SourceKind::File | SourceKind::Index));
    let replacement = now.or_else(|| written.next()).filter(|place| place.encoding.is_empty());
    FindingEntry {
        rule: rule.id.to_string(),
        rule_place: rule.place.as_ref().map(ToString::to_string),
        family: rule.family,
        issuer: rule.issuer.to_string(),
        title: rule.title.to_string(),
        impact: rule.impact.to_string(),
        candidates: finding.candidates.clone(),
        severity: Placement::severity(placement.as_ref(), rule.severity),
        confidence: finding.confidence,
        why: finding.why.clone(),
        secret: report.show(&finding.secret),
        masked: report.show_secrets.then(|| finding.secret.masked()),
        fingerprint: finding.fingerprint.clone(),
        occurrences: finding.occurrences.iter().map(occurrence).collect(),
        history: finding.history.clone(),
        allowed_by: finding.allowed_by.clone(),
        refused_because: finding.refused.clone(),
        placement,
        remedy: remedy(rule, replacement.map(key_place)),
    }
}

fn remedy(rule: &Rule, place: Option<KeyPlace<'_>>) -> Remedy {
    let told = |fact: fn(&Guidance) -> &String| remedy::told(rule, fact).to_owned();
    Remedy {
        revoke_url: remedy::revoke_url(rule).to_owned(),
        revoke: remedy::revoke(rule),
        usage_url: told(|guidance| &guidance.usage_url),
        usage: remedy::usage(rule),
        breaks: told(|guidance| &guidance.breaks),
        limits: told(|guidance| &guidance.limits),
        leaked: remedy::leaked(rule),
        rotate: told(|guidance| &guidance.rotate),
        steps: remedy::steps(rule),
        replacement: place.and_then(|place| Replacement::of(place, &rule.names, rule.named_after())),
    }
}

fn accepted(AcceptedInput { input, by }: &AcceptedInput) -> AcceptedEntry {
    AcceptedEntry { input: input.clone(), suppression: by.clone() }
}

fn occurrence(occurrence: &Occurrence) -> OccurrenceEntry {
    let span = occurrence.span;
    OccurrenceEntry {
        source: occurrence.source,
        path: occurrence.path.to_string(),
        archive: occurrence.archive.as_ref().map(ToString::to_string),
        repository: occurrence.repository.as_ref().map(ToString::to_string),
        blob: occurrence.object.map(|id| id.to_string()),
        commit: occurrence.commit.map(|id| id.to_string()),
        line: span.line,
        column: span.column,
        end_line: span.end_line,
        end_column: span.end_column,
        encoding: occurrence.encoding.iter().map(|name| Cow::Borrowed(*name)).collect(),
        excerpt: occurrence.excerpt.text.clone(),
        marker: occurrence.excerpt.marker,
        line_hash: occurrence.line_hash.clone(),
    }
}
