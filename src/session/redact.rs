//! All masking happens here. Every text written by others passes through before it is shown: paths, names in archives,
//! names of refs, comments, configurations, errors about them, and command-line arguments.

use std::{
    fmt::Write,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use crate::{
    finding::{Excerpt, Finding, Report},
    hidden::escape_control,
    rule::{Confidence, RuleSet},
    scan::{Engine, Masker, Scratch, SecretPieces, may_hold_a_key},
};

/// Makes texts safe to show. Masks whatever fits a shape of any rule at any confidence. It works on bytes, before they
/// become text.
#[derive(Default)]
pub(crate) struct Redactor {
    masker: Mutex<Arc<Masker>>,
    /// Searches whole files for everything, created on demand.
    engine: OnceLock<Engine>,
}

impl Redactor {
    /// Masks with these rules from now on. They include the built-in ones.
    pub(crate) fn learn(&self, rules: Arc<RuleSet>) {
        *self.masker.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(Masker::with_rules(rules));
    }

    /// The masker with the current rules.
    pub(crate) fn masker(&self) -> Arc<Masker> {
        self.masker.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An engine that searches for everything at every confidence, with the rules learned before the first call.
    pub(crate) fn engine(&self) -> &Engine {
        self.engine.get_or_init(|| {
            let masker = self.masker();
            Engine::with_rules(masker.rules().cloned(), Confidence::Possible, Some(masker)).watch(&[])
        })
    }

    /// Masks every secret in a text of any number of lines. Bytes that are not UTF-8 become `\xNN`.
    pub(crate) fn text(&self, bytes: &[u8]) -> String {
        let masker = self.masker();
        let mut shown = String::with_capacity(bytes.len());
        let mut scratch = Scratch::default();
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if at > 0 {
                shown.push('\n');
            }
            push_line(&masker, line, &mut scratch, &mut shown);
        }
        shown
    }

    /// Masks a text that is shown on one line, and escapes control characters.
    pub(crate) fn line(&self, text: &str) -> String {
        escape_control(&self.text(text.as_bytes())).into_owned()
    }
}

/// Hides every part of the secrets in the texts of a report, since more is known about a secret that was found: its line
/// may hold it without a prefix, and its file may be named after it. [`Report::mask_suppressions`] knows the other texts.
pub(super) fn hide_pieces(pieces: &SecretPieces, report: &mut Report) {
    report.findings.iter_mut().for_each(|finding| hide_in_finding(pieces, finding));
    report.suppressed.iter_mut().for_each(|one| hide_in_finding(pieces, &mut one.finding));
    report.not_scanned.iter_mut().filter_map(|one| one.file.as_mut()).for_each(|file| pieces.hide(file));
    if let Some(configuration) = &mut report.configuration {
        pieces.hide(&mut configuration.file);
        configuration.weakened.iter_mut().for_each(|text| pieces.hide(text));
    }
    if let Some(subject) = &mut report.subject {
        pieces.hide(&mut subject.what);
        subject.nothing.iter_mut().for_each(|text| pieces.hide(text));
    }
}

fn hide_in_finding(pieces: &SecretPieces, finding: &mut Finding) {
    for place in &mut finding.occurrences {
        for path in std::iter::once(&mut place.path).chain(&mut place.archive) {
            if !pieces.ranges(path.as_bytes()).is_empty() {
                let mut text = path.to_string();
                pieces.hide(&mut text);
                *path = text.into();
            }
        }
        hide_in_excerpt(pieces, &mut place.excerpt);
    }
    if let Some(history) = &mut finding.history {
        for event in history.introduced.iter_mut().chain(&mut history.removed) {
            for text in [&mut event.author, &mut event.summary, &mut event.path] {
                pieces.hide(text);
            }
        }
        history.refs.iter_mut().for_each(|name| pieces.hide(name));
    }
}

/// Hides them beside the masked key.
fn hide_in_excerpt(pieces: &SecretPieces, excerpt: &mut Excerpt) {
    if pieces.ranges(excerpt.text.as_bytes()).is_empty() {
        return;
    }
    let (start, end) = excerpt.marker;
    let [mut before, mut after] = [excerpt.text[..start].to_owned(), excerpt.text[end..].to_owned()];
    pieces.hide(&mut before);
    pieces.hide(&mut after);
    excerpt.marker = (before.len(), before.len() + end - start);
    excerpt.text = [&before, &excerpt.text[start..end], &after].concat();
}

fn push_line(masker: &Masker, line: &[u8], scratch: &mut Scratch, shown: &mut String) {
    let mut rest = 0;
    // Keys of custom rules may be short.
    if masker.rules().is_some() || may_hold_a_key(line) {
        for mask in masker.masks(line, scratch) {
            push_text(shown, &line[rest..mask.range.start]);
            shown.push_str(&mask.shown);
            rest = mask.range.end;
        }
    }
    push_text(shown, &line[rest..]);
}

/// Appends bytes as text. Bytes that are not UTF-8 become `\xNN`.
fn push_text(shown: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        shown.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
}
