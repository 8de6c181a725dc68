//! Scans the text of a document as `skanner scan FILE` scans the file.

use std::{
    collections::BTreeMap,
    ops::Range,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    sync::Arc,
};

use anyhow::Result;

use super::sessions::LoadedSession;
use crate::{
    blob::{Blob, Content, Origin, SourceKind},
    cold::ColdSort,
    editor::EditorText,
    finding::{Occurrence, Report},
    hidden::escape_control,
    report::{FindingEntry, Level, ReportDocument, rule_page, with_help},
    rule::Rule,
    session::{Coverage, ScanScope, report},
    source::Sink,
};

/// A larger text is not scanned while it is typed, in bytes.
const LARGEST: usize = 16 << 20;

/// What was found in one version of a text.
#[derive(Default)]
pub(super) struct TextCheck {
    /// In the order of the text, apart from what is about all of it.
    pub(super) marks: Vec<TextMark>,
}

/// Something to be said about a part of a text. Everything is safe to show.
pub(super) struct TextMark {
    /// The part, in bytes.
    pub(super) range: Range<usize>,
    /// How grave it is.
    pub(super) level: Level,
    /// A rule, or another word for what it is.
    pub(super) code: String,
    /// The page of the rule.
    pub(super) page: Option<String>,
    /// What is said.
    pub(super) message: String,
    /// The key, if it is one.
    pub(super) key: Option<MarkedKey>,
}

/// A key that was found.
pub(super) struct MarkedKey {
    /// Identifies it without revealing it.
    pub(super) fingerprint: String,
    /// The rule that fits best there.
    pub(super) rule: Arc<Rule>,
    /// Whether the text holds it as it is, in the range of its mark.
    pub(super) is_plain: bool,
}

impl TextMark {
    /// A remark on a whole text.
    pub(super) fn of_text(code: &str, message: String) -> Self {
        Self { range: 0..0, level: Level::Error, code: code.to_owned(), page: None, message, key: None }
    }
}

impl TextCheck {
    /// A text that was not scanned. The reason must be safe to show.
    pub(super) fn not_scanned(why: &str) -> Self {
        Self { marks: vec![TextMark::of_text("not-scanned", format!("not scanned: {why}"))] }
    }

    /// What a scan finds. If it panics, the text was not scanned, and the server goes on.
    pub(super) fn caught(scan: impl FnOnce() -> Self) -> Self {
        let bug = |_| {
            Self::not_scanned(&format!(
                "internal error; this is a bug in skanner {}: please report it",
                env!("CARGO_PKG_VERSION")
            ))
        };
        panic::catch_unwind(AssertUnwindSafe(scan)).unwrap_or_else(bug)
    }

    /// Scans a text under a path, which is absolute if it is a file.
    pub(super) fn of(loaded: &LoadedSession, name: &str, text: &EditorText) -> Self {
        if text.text().len() > LARGEST {
            let most = LARGEST >> 20;
            return Self::not_scanned(&format!(
                "it is larger than {most} MiB; `skanner scan` reads files of any size"
            ));
        }
        match scan(loaded, name, text.text()) {
            Ok(report) => Self { marks: marks(loaded, name, text, report) },
            Err(error) => Self::not_scanned(&loaded.session.redactor.text(format!("{error:#}").as_bytes())),
        }
    }
}

/// How often each key is in a text, by its fingerprint; `None` if the text cannot be scanned whole.
pub(super) fn count_keys(loaded: &LoadedSession, name: &str, text: &str) -> Option<BTreeMap<String, usize>> {
    let report = scan(loaded, name, text).ok().filter(Report::is_complete)?;
    let counted = report.findings.into_iter().map(|finding| (finding.fingerprint, finding.occurrences.len()));
    let mut counts = BTreeMap::new();
    for (fingerprint, count) in counted {
        *counts.entry(fingerprint).or_default() += count;
    }
    Some(counts)
}

fn scan(loaded: &LoadedSession, name: &str, text: &str) -> Result<Report> {
    let session = &loaded.session;
    report(session, &loaded.engine, |pool| {
        let content = Content::Bytes(text.as_bytes());
        pool.worker().blob(Blob::new(Origin::new(SourceKind::File, name.as_bytes()), content));
        let scope = ScanScope::Files(vec![PathBuf::from(name)]);
        Ok(Coverage { scope, ..Coverage::files(session.root.clone()) })
    })
}

fn marks(loaded: &LoadedSession, name: &str, text: &EditorText, mut report: Report) -> Vec<TextMark> {
    let redactor = &loaded.session.redactor;
    let shown = redactor.text(name.as_bytes());
    let mut marks: Vec<TextMark> = report
        .not_scanned
        .iter()
        .map(|input| {
            let inner = input.what.strip_prefix(&*shown).unwrap_or_default();
            let inner =
                if inner.is_empty() { String::new() } else { format!("{}: ", inner.trim_start_matches('!')) };
            let why = escape_control(&format!("{inner}{}", input.why)).into_owned();
            TextMark::of_text("not-scanned", format!("not scanned: {why}"))
        })
        .collect();
    // What is above the root of the repository says nothing about a place in it.
    let root = format!("{}/", crate::path::shown_text(&loaded.session.root));
    for place in report.findings.iter_mut().flat_map(|finding| &mut finding.occurrences) {
        if let Some(inner) = place.path.strip_prefix(&*root) {
            place.path = inner.into();
        }
    }
    let document = ReportDocument::new(&report);
    for (finding, entry) in report.findings.iter().zip(&document.findings) {
        marks.extend(finding.occurrences.iter().map(|place| TextMark {
            range: range(text, place),
            level: Level::of(entry.severity),
            code: entry.rule.clone(),
            page: rule_page(entry),
            message: message(entry, place),
            key: Some(MarkedKey {
                fingerprint: finding.fingerprint.clone(),
                rule: place.rule.clone(),
                is_plain: is_plain(place),
            }),
        }));
    }
    let own = report.unused.iter().filter(|one| one.place == shown);
    marks.extend(own.filter_map(|one| {
        let line = one.line?;
        let span = crate::finding::Span { line, column: 1, end_line: line, end_column: u64::MAX };
        let message = escape_control(&format!("`{}` does nothing: {}", one.what, one.why)).into_owned();
        let range = text.range_of(&span);
        Some(TextMark { range, level: Level::Note, ..TextMark::of_text("unused-suppression", message) })
    }));
    marks.cold_sort_by_key(|mark| mark.range.start);
    marks
}

/// Whether an occurrence is written as it is, in the text itself.
fn is_plain(place: &Occurrence) -> bool {
    place.source != SourceKind::Name
        && place.archive.is_none()
        && place.encoding.is_empty()
        && place.written.is_none()
        && place.span.line == place.span.end_line
}

fn message(finding: &FindingEntry, place: &Occurrence) -> String {
    let mut message = with_help(finding);
    if let Some(placement) = &finding.placement {
        message = format!("{message} {}", placement.advice);
    }
    if place.source == SourceKind::Name {
        message.push_str(" It is in the name of the file.");
    }
    if let Some(archive) = &place.archive {
        message.push_str(&format!(" It is inside of {}.", escape_control(archive)));
    }
    message
}

/// The part of the text that holds an occurrence.
fn range(text: &EditorText, place: &Occurrence) -> Range<usize> {
    match &place.archive {
        _ if place.source == SourceKind::Name => 0..0,
        None => text.range_of(&place.span),
        Some(archive) => wrapped_line(archive).map_or(0..0, |line| longest_run(text, line)),
    }
}

/// The line that something inside of a text was decoded from: its name is such as `(base64 on line 3)`.
fn wrapped_line(archive: &str) -> Option<u64> {
    let (_, rest) = archive.split_once(" on line ")?;
    rest.split(')').next()?.parse().ok()
}

/// The longest run of characters of base64 that begins in a line, which may go on in the next ones.
fn longest_run(text: &EditorText, line: u64) -> Range<usize> {
    let span = crate::finding::Span { line, column: 1, end_line: line, end_column: u64::MAX };
    let line = text.range_of(&span);
    let is_part = |one: char| one.is_ascii_alphanumeric() || "+/=-_".contains(one);
    let start_of = |run: &str| run.as_ptr() as usize - text.text().as_ptr() as usize;
    let runs = text.text()[line.clone()].split(|one| !is_part(one));
    let longest = runs.max_by_key(|run| run.len()).filter(|run| !run.is_empty());
    longest.map_or(line, |run| start_of(run)..start_of(run) + run.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_panics_was_not_scanned() {
        let check = TextCheck::caught(|| panic!("a secret"));
        let [mark] = &check.marks[..] else { panic!("{} marks", check.marks.len()) };
        assert!(mark.message.starts_with("not scanned: internal error") && !mark.message.contains("secret"));
        assert_eq!(TextCheck::caught(TextCheck::default).marks.len(), 0);
    }

    #[test]
    fn what_was_decoded_is_marked_by_its_run() {
        let text =
            EditorText::new("a\nb = 'QUJD+/=' é QUJD\n".to_owned(), crate::editor::PositionEncoding::Utf16);
        assert_eq!(wrapped_line("(base64 on line 2)!x"), Some(2));
        assert_eq!(wrapped_line("a/b.txt"), None);
        assert_eq!(&text.text()[longest_run(&text, 2)], "QUJD+/=");
        assert_eq!(longest_run(&text, 9), text.text().len()..text.text().len());
    }
}
