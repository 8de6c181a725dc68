//! One key: its line, why it is a key, where else it stands, and what to do.

use std::io::{self, Write};

use anstyle::AnsiColor;
use indicatif::HumanCount;
use unicode_width::UnicodeWidthStr;

use super::{
    layout, link,
    place::{aside, place_name},
    style::{bold, paint, severity_color},
};
use crate::{
    blob::SourceKind,
    finding::{Event, ForeignComment, History, Suppression, foreign_comment, short},
    hidden::escape_control,
    report::{
        document::{FindingEntry, OccurrenceEntry, RunReport},
        message::{plural, rule_page},
        view::View,
    },
};

/// How many other occurrences of a key are listed by default.
const FEW: usize = 5;

/// One key of a report, as it is shown to people.
#[derive(Clone, Copy)]
pub(crate) struct KeyText<'a> {
    /// The report.
    pub(crate) run: &'a RunReport,
    /// The key.
    pub(crate) finding: &'a FindingEntry,
    /// What suppresses it, if something does.
    pub(crate) suppressed: Option<&'a Suppression>,
    /// How to show it.
    pub(crate) view: &'a View,
}

impl KeyText<'_> {
    /// Writes its line, why it is a key, and what to do first.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let Self { run, finding, suppressed, view } = self;
        let mut notes = facts(run, finding, suppressed, view);
        if suppressed.is_none() {
            notes.extend(foreign(run, finding).map(|note| ("note", note)));
            notes.extend(advice(finding, view));
        }
        write_block(finding, suppressed, notes, view, out)
    }

    /// Writes its line, why it is a key, and every other occurrence.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn write_facts(self, out: &mut dyn Write) -> io::Result<()> {
        let Self { run, finding, suppressed, view } = self;
        let view = View { verbose: true, ..view.clone() };
        let mut notes = facts(run, finding, suppressed, &view);
        notes.insert(0, ("fingerprint", finding.fingerprint.clone()));
        write_block(finding, suppressed, notes, &view, out)
    }

    /// Writes what the key gives away, what its place means, what to write instead, and the steps to take.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn write_remedy(self, out: &mut dyn Write) -> io::Result<()> {
        let Self { finding, view, .. } = self;
        let placement = finding.placement.as_ref().map(|placement| placement.advice.clone());
        let mut instead = Vec::new();
        if let Some(replacement) = &finding.remedy.replacement {
            let write = replacement.line.as_ref().unwrap_or(&replacement.expression);
            instead.extend(Some(write.clone()).filter(|write| !write.is_empty()));
            instead.push(format!("The variable is {}.", replacement.variable));
            instead.extend(replacement.note.clone());
        }
        let steps = finding.remedy.steps.iter().zip(1..).map(|(step, number)| format!("{number}. {step}"));
        for (title, lines) in [
            ("What somebody can do with it", vec![finding.impact.clone()]),
            ("What its place means", placement.into_iter().collect()),
            ("What to write instead", instead),
            ("What to do", steps.collect()),
        ] {
            if lines.is_empty() {
                continue;
            }
            writeln!(out, "{}", bold(view, title))?;
            for line in lines {
                let line = escape_control(&line);
                // A step goes on under its first word.
                let (label, text) = match line.split_once(". ") {
                    Some((number, text)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                        (format!("  {number}. "), text)
                    }
                    _ => ("  ".to_owned(), &*line),
                };
                for line in layout::hang(&label, text, view.width) {
                    writeln!(out, "{line}")?;
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// Laid out like rustc's errors, which many people know.
fn write_block(
    finding: &FindingEntry,
    suppressed: Option<&Suppression>,
    mut notes: Vec<(&'static str, String)>,
    view: &View,
    out: &mut dyn Write,
) -> io::Result<()> {
    let place = &finding.occurrences[0];
    let color = if suppressed.is_some() { AnsiColor::BrightCyan } else { severity_color(finding.severity) };
    let frame = |text: &str| paint(view, AnsiColor::BrightBlue, text);
    let number = place.line.to_string();
    let gutter = " ".repeat(number.len());
    let beside = view.width.map(|width| width.saturating_sub(number.len() + 3));
    let (excerpt, marker) = layout::fit(escaped_excerpt(place), beside);
    let before = " ".repeat(excerpt[..marker.0].width());
    let under = paint(view, color, &"^".repeat(excerpt[marker.0..marker.1].width()));

    let label = suppressed.map_or_else(|| finding.severity.to_string(), |_| "suppressed".to_owned());
    let label = paint(view, color, &format!("{label}[{}]", finding.rule));
    writeln!(out, "{}: {}", link::link(view, rule_page(finding).as_deref(), &label), finding.title)?;
    let at = format!("{}:{number}:{}", place_name(place), place.column);
    let at = link::link(view, link::file(view, place).as_deref(), &at);
    writeln!(out, "{gutter}{} {at}{}", frame("-->"), aside(place))?;
    writeln!(out, "{gutter} {}", frame("|"))?;
    writeln!(out, "{} {excerpt}", frame(&format!("{number} |")))?;
    let why = format!("{}: {}", finding.confidence, escape_control(&finding.why));
    // What does not fit behind the carets gets a line of its own.
    let used = before.len() + excerpt[marker.0..marker.1].width() + 1;
    if beside.is_none_or(|beside| used + why.width() <= beside) {
        writeln!(out, "{gutter} {} {before}{under} {why}", frame("|"))?;
    } else {
        writeln!(out, "{gutter} {} {before}{under}", frame("|"))?;
        notes.insert(0, ("why", why));
    }
    writeln!(out, "{gutter} {}", frame("|"))?;
    for (label, text) in notes {
        let text = escape_control(&text);
        let lines = layout::wrap(&text, beside.map(|beside| beside.saturating_sub(label.len() + 2)));
        for (at, line) in lines.iter().enumerate() {
            if at == 0 {
                writeln!(out, "{gutter} {} {}: {line}", frame("="), bold(view, label))?;
            } else {
                writeln!(out, "{gutter}   {:indent$}{line}", "", indent = label.len() + 2)?;
            }
        }
    }
    writeln!(out)
}

/// What is known of the key.
fn facts(
    run: &RunReport,
    finding: &FindingEntry,
    suppressed: Option<&Suppression>,
    view: &View,
) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if let Some(suppression) = suppressed {
        notes.push(("suppressed", by(suppression)));
    }
    if let Some(entry) = &finding.allowed_by {
        notes.push(if let Some(refusal) = finding.refusal(run) {
            ("refused", refusal)
        } else if run.untrusted {
            ("note", format!("this change allows it ({}), which does not count", by(entry)))
        } else {
            ("baseline", format!("listed {}, which does not make it safe to publish", by(entry)))
        });
    }
    if run.unmasked {
        notes.push(("secret", finding.secret.clone()));
    }
    if !finding.occurrences[0].encoding.is_empty() {
        notes.push(("encoded as", finding.occurrences[0].encoding.join(", then ")));
    }
    if finding.occurrences.len() > 1 {
        notes.push(("also at", other_places(&finding.occurrences[1..], view)));
    }
    if let Some(place) = &finding.rule_place {
        notes.push(("rule", format!("of {place}")));
    }
    match &finding.history {
        Some(history) => {
            let history = secret_history(history, is_staged(finding), view);
            // Nobody has looked since.
            let since = run.since_scan.as_ref().filter(|since| !since.in_part);
            let history = match since {
                Some(since) => format!("as of {}: {history}", escape_control(&since.written)),
                None => history,
            };
            notes.push(("history", history));
        }
        None if run.audit.is_some() => {
            notes.push(("history", "not in any object of the repository".to_owned()))
        }
        None => {}
    }
    if !finding.candidates.is_empty() {
        let issuers: Vec<String> =
            finding.candidates.iter().map(|one| format!("{} ({})", one.issuer, one.why)).collect();
        notes.push(("could be", issuers.join(", ")));
    }
    notes
}

/// What is said about a comment for another scanner beside a key that is reported all the same.
fn foreign(run: &RunReport, finding: &FindingEntry) -> Option<String> {
    let trusts = run.configuration.as_ref().is_some_and(|configuration| configuration.trusts_foreign_markers);
    // Nothing that comes with an untrusted tree counts.
    if run.untrusted || trusts || finding.allowed_by.is_some() {
        return None;
    }
    let ForeignComment { word, can_count } =
        finding.occurrences.iter().find_map(|place| foreign_comment(&place.excerpt))?;
    Some(if can_count {
        format!(
            "`{word}` is for another scanner; it counts with trust-foreign-markers = true in skanner.toml"
        )
    } else {
        format!(
            "`{word}` is for another scanner and does not count; the comment of skanner is `skanner:allow`"
        )
    })
}

/// What to do about it.
fn advice(finding: &FindingEntry, view: &View) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if let Some(placement) = &finding.placement {
        notes.push(("note", placement.advice.clone()));
    }
    if let Some(replacement) = finding.remedy.replacement.as_ref().filter(|_| view.verbose) {
        let write = replacement.line.as_ref().unwrap_or(&replacement.expression);
        let write = (!write.is_empty()).then(|| format!("`{write}`."));
        let parts = [write.as_ref(), replacement.note.as_ref()];
        notes.push(("write", parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")));
    }
    let steps = if view.verbose { &finding.remedy.steps[..] } else { &finding.remedy.steps[..1] };
    notes.push(("help", steps.join(" ")));
    notes
}

/// What suppresses something, until when and why.
pub(super) fn by(suppression: &Suppression) -> String {
    let until = suppression.until.as_ref().map_or_else(String::new, |day| format!(" until {day}"));
    let reason = suppression.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
    format!("by {}{until}{reason}", suppression.at())
}

/// Whether the next commit would add the key.
fn is_staged(finding: &FindingEntry) -> bool {
    finding.occurrences.iter().any(|place| place.source == SourceKind::Index)
}

/// When the key was introduced and removed, and which refs reach it.
fn secret_history(history: &History, is_staged: bool, view: &View) -> String {
    let event = |event: &Event| {
        format!("{} ({}, {}: {})", short(&event.commit), event.day(), event.author, event.summary)
    };
    let mut parts = Vec::new();
    if let Some(introduced) = &history.introduced {
        parts.push(format!("introduced by {}", event(introduced)));
    }
    match &history.removed {
        _ if history.at_head => parts.push("still at HEAD".to_owned()),
        Some(removed) => parts.push(format!("removed by {}", event(removed))),
        None => parts.push("not at HEAD".to_owned()),
    }
    if history.commits > 0 {
        parts.push(format!("in {}", plural(history.commits, "commit")));
    }
    let shown = if view.verbose { history.refs.len() } else { FEW };
    let mut refs: Vec<String> = history.refs.iter().take(shown).cloned().collect();
    if history.refs.len() > shown {
        refs.push(format!("{} more refs (-v lists them)", HumanCount((history.refs.len() - shown) as u64)));
    }
    parts.push(if history.is_only_in_requests() {
        format!("reached only from pull-request refs, which a push cannot remove: {}", refs.join(", "))
    } else if refs.is_empty() && is_staged {
        "staged, and in no commit: `git rm --cached FILE` takes it out of the index".to_owned()
    } else if refs.is_empty() {
        "only in this clone, where no ref reaches it: `git reflog expire --expire=now --all && git gc --prune=now` \
         removes such leftovers"
            .to_owned()
    } else {
        format!("reached from {}", refs.join(", "))
    });
    parts.join("; ")
}

/// The escaped excerpt, and the range of the secret in it.
fn escaped_excerpt(place: &OccurrenceEntry) -> (String, (usize, usize)) {
    let (start, end) = place.marker;
    let text = &place.excerpt;
    let parts = [&text[..start], &text[start..end], &text[end..]];
    let [before, secret, after] = parts.map(|part| escape_control(part).replace('\t', "    "));
    let marker = (before.len(), before.len() + secret.len());
    (format!("{before}{secret}{after}"), marker)
}

fn other_places(others: &[OccurrenceEntry], view: &View) -> String {
    let shown = if view.verbose { others.len() } else { FEW };
    let mut places: Vec<String> = others
        .iter()
        .take(shown)
        .map(|place| {
            let (line, column) = (place.line, place.column);
            format!("{}:{line}:{column}{}", place_name(place), aside(place))
        })
        .collect();
    if others.len() > shown {
        places.push(format!("and {} more (-v lists them)", HumanCount((others.len() - shown) as u64)));
    }
    places.join(", ")
}
