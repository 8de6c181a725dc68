//! What is said of a key in one line, by every format that has no more room.

use indicatif::HumanCount;

use super::document::{FindingEntry, OccurrenceEntry};
use crate::{blob::SourceKind, finding::NotScanned, hidden::escape_control, rule::Severity};

/// The three levels that most readers of reports have.
#[derive(Clone, Copy)]
pub(crate) enum Level {
    /// A key whose leak is bad.
    Error,
    /// A key whose leak is not so bad.
    Warning,
    /// A key that can do little harm.
    Note,
}

impl Level {
    /// The level of a severity.
    pub(crate) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Error,
            Severity::Medium => Self::Warning,
            Severity::Low => Self::Note,
        }
    }
}

/// What was found, how sure that is, and why. The secret is masked.
pub(super) fn headline(finding: &FindingEntry) -> String {
    let [title, secret, why] =
        [&finding.title, finding.masked(), &finding.why].map(|text| escape_control(text).into_owned());
    format!("{title} {secret}: {}, {why}", finding.confidence)
}

/// The same, with what to do first.
pub(crate) fn with_help(finding: &FindingEntry) -> String {
    let step = finding.remedy.steps.first().map_or("", String::as_str);
    format!("{}. {}", headline(finding), escape_control(step)).trim_end().to_owned()
}

/// Where it is, if that is not the line of the file itself, as in ` (in the file's name)`.
pub(super) fn aside(place: &OccurrenceEntry) -> String {
    let inner =
        place.archive.as_deref().map(|archive| format!("in {}:{}", escape_control(archive), place.line));
    let what = match place.source {
        SourceKind::Name => Some("in the name itself".to_owned()),
        SourceKind::Index => Some("staged".to_owned()),
        _ => None,
    };
    let commit = place.commit.as_ref().map(|commit| format!("commit {}", escape_control(commit)));
    let repository = place.repository.as_ref().map(|name| format!("repository {}", escape_control(name)));
    let parts: Vec<_> = what.into_iter().chain(inner).chain(commit).chain(repository).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// What was not read, and why.
pub(super) fn not_scanned(input: &NotScanned) -> String {
    format!("{} was not scanned: {}", escape_control(&input.what), escape_control(&input.why))
}

/// The address of the page of a built-in rule.
pub(crate) fn rule_page(finding: &FindingEntry) -> Option<String> {
    let home =
        Some(env!("CARGO_PKG_REPOSITORY")).filter(|home| !home.is_empty() && finding.rule_place.is_none())?;
    Some(format!("{home}/blob/main/docs/builtin-rules.md#{}", finding.rule))
}

/// A count and its noun.
pub(crate) fn plural(count: u64, noun: &str) -> String {
    let number = HumanCount(count);
    match (count, noun.strip_suffix("ory")) {
        (1, _) => format!("{number} {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ories"),
        _ => format!("{number} {noun}s"),
    }
}
