//! The words of the page for what the types of a report only name.

use indicatif::DecimalBytes;

use crate::{
    finding::{Exposure, RunMode, Scanned, SuppressionKind},
    report::{
        document::{FindingEntry, RunReport},
        message::plural,
    },
    rule::{Confidence, Severity},
};

/// The name of a severity at the start of a cell.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
    }
}

/// The class of a severity in the style sheet, which is also its value in the filter.
pub(super) fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    }
}

/// The name of an exposure, its value in the filter, and what it means.
pub(super) fn exposure(exposure: Exposure) -> (&'static str, &'static str, &'static str) {
    match exposure {
        Exposure::Head => ("At HEAD", "head", "in the commit that is checked out"),
        Exposure::Uncommitted => ("Uncommitted", "uncommitted", "in files that are not committed"),
        Exposure::History => ("Only in history", "history", "in other commits, branches and tags"),
        Exposure::PullRequest => ("Only in pull requests", "requests", "where no push can remove them"),
        Exposure::Store => ("Unreachable", "unreachable", "in objects that no ref reaches"),
    }
}

/// Where a key is in a repository, if the run read one.
pub(super) fn exposure_in(run: &RunReport, finding: &FindingEntry) -> Option<Exposure> {
    has_exposure(run).then(|| finding.exposure())
}

/// Whether the run knows where in a repository its keys are.
pub(super) fn has_exposure(run: &RunReport) -> bool {
    matches!(run.mode, RunMode::Audit | RunMode::History)
}

/// The issuer at the start of a line. What is no name of one gets a capital letter.
pub(super) fn issuer(issuer: &str) -> &str {
    match issuer {
        "several issuers" => "Several issuers",
        "an unknown issuer" => "An unknown issuer",
        name => name,
    }
}

/// A text at the start of a line.
pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + characters.as_str()
}

/// How sure it is that a text is a key.
pub(super) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "Certainly a key",
        Confidence::Likely => "Likely a key",
        Confidence::Possible => "Possibly a key",
    }
}

/// Texts as a list in a sentence.
pub(super) fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// How much was read.
pub(super) fn amount(scanned: Scanned) -> String {
    let kinds = [
        (scanned.files, "file"),
        (scanned.blobs, "blob"),
        (scanned.commits, "commit"),
        (scanned.tags, "tag"),
    ];
    let kinds = kinds.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = kinds.map(|(count, kind)| plural(*count, kind)).collect();
    let bytes = DecimalBytes(scanned.bytes);
    if parts.is_empty() { bytes.to_string() } else { format!("{} ({bytes})", joined(&parts)) }
}

/// What suppresses something.
pub(super) fn suppression(kind: SuppressionKind) -> &'static str {
    match kind {
        SuppressionKind::Inline => "comment",
        SuppressionKind::Foreign => "comment for another scanner",
        SuppressionKind::ForeignList => "list of another scanner",
        SuppressionKind::Config => "entry of the configuration",
        SuppressionKind::Fingerprint => "entry for this key in the configuration",
        SuppressionKind::Baseline => "baseline",
    }
}
