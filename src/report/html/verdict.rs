//! The verdict, and what it is about.

use indicatif::HumanCount;

use super::{
    markup::Markup,
    words::{amount, capital, exposure, has_exposure, joined},
};
use crate::{
    finding::{RuleFileUse, RunMode, SinceScan},
    report::{
        document::{ReportDocument, RunReport},
        message::plural,
        severity_counts::SeverityCounts,
    },
};

/// How the page looks at a glance.
#[derive(Clone, Copy)]
enum Tone {
    Bad,
    Unsure,
    Good,
}

/// What the page says first.
pub(super) struct Headline {
    /// The headline.
    pub(super) title: String,
    lead: Vec<String>,
    tone: Tone,
}

impl Headline {
    pub(super) fn of(report: &ReportDocument) -> Self {
        let run = &report.run;
        let count = report.findings.len() as u64;
        let keys = plural(count, "key");
        let unread = plural(run.not_scanned.len() as u64, "input");
        let is_audit = run.audit.is_some();
        let is_in_part = run.since_scan.as_ref().is_some_and(|since| since.in_part);
        let title = match (is_audit, count) {
            (true, 0) if !run.complete => format!("No verdict: {unread} could not be read"),
            (_, 0) if run.complete && run.since_scan.is_some() => match is_in_part {
                true => "No key found".to_owned(),
                false => "Nothing new since the scan before".to_owned(),
            },
            (true, 0) if run.is_qualified() => "Safe to publish, with exceptions".to_owned(),
            (true, 0) => "Safe to publish".to_owned(),
            (true, _) => format!("Not safe to publish: {keys} found"),
            (false, 0) if !run.complete => format!("Incomplete: {unread} could not be read"),
            (false, 0) => "No key found".to_owned(),
            (false, _) => format!("{keys} found"),
        };
        let tone = match count {
            0 if !run.complete || run.is_qualified() => Tone::Unsure,
            0 => Tone::Good,
            _ => Tone::Bad,
        };
        Self { title, lead: lead(report, &unread), tone }
    }

    pub(super) fn write(&self, page: &mut Markup) {
        let (class, icon) = match self.tone {
            Tone::Bad => ("bad", "<path d=\"M12 7v6M12 16.5v.5\"/>"),
            Tone::Unsure => ("unsure", "<path d=\"M12 7v6M12 16.5v.5\"/>"),
            Tone::Good => ("good", "<path d=\"M7.5 12.5l3 3 6-6.5\"/>"),
        };
        page.raw("<div class=\"verdict ").raw(class).raw("\">\n<svg class=\"icon\" viewBox=\"0 0 24 24\" ");
        page.raw("aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"10\"/>")
            .raw(icon)
            .raw("</svg>\n<div>\n<h1>");
        page.text(&self.title).raw("</h1>\n");
        for sentence in &self.lead {
            page.raw("<p>").text(sentence).raw("</p>\n");
        }
        page.raw("</div>\n</div>\n");
    }
}

fn lead(report: &ReportDocument, unread: &str) -> Vec<String> {
    let run = &report.run;
    let mut lead: Vec<String> = run.since_scan.iter().map(passed_over).collect();
    if report.findings.is_empty() {
        let keys = run.scope.in_words_after_no();
        lead.push(if run.complete && run.since_scan.is_some() {
            format!("There are no {keys} in what was read, and there were none before.")
        } else if run.complete && run.is_qualified() {
            format!("Everything was read, and apart from what is listed below there are no {keys}.")
        } else if run.complete {
            format!("Everything was read, and there are no {keys}.")
        } else {
            format!("There are no {keys} in the rest, but what was not read may hold some.")
        });
        return lead;
    }
    if has_exposure(run) {
        let kinds = report.by_exposure().into_iter().filter(|(_, counts)| counts.sum() > 0);
        let in_words = |(one, counts): (_, SeverityCounts)| {
            format!("{} {}", HumanCount(counts.sum()), lower(exposure(one).0))
        };
        let parts: Vec<String> = kinds.map(in_words).collect();
        lead.push(format!("Where they are: {}.", joined(&parts)));
    }
    lead.push(
        "Whoever has seen a key can use it until it is revoked. Taking it out of a file or of the history does not change that, so revoke first."
            .to_owned(),
    );
    if !run.complete {
        lead.push(format!("{unread} could not be read, and may hold more."));
    }
    lead
}

fn passed_over(since: &SinceScan) -> String {
    let place = if since.in_part { "In some repositories, only" } else { "Only" };
    format!("{place} what is new since {} of {} was read.", since.state, since.written)
}

fn lower(name: &str) -> String {
    let mut characters = name.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_lowercase).collect();
    first + characters.as_str()
}

/// What was looked for, what was read, and what was not.
pub(super) fn write_scope(page: &mut Markup, report: &ReportDocument) {
    let run = &report.run;
    page.raw("<dl class=\"scope\">\n");
    let looked_for = format!("{} ({})", capital(&run.looked_for_in_words()), plural(run.scope.rules, "rule"));
    fact(
        page,
        "Looked for",
        &[looked_for, "Other secrets, such as passwords and private keys, were not looked for.".to_owned()],
    );
    let what =
        run.subject.as_ref().map_or_else(|| mode(run.mode).to_owned(), |subject| capital(&subject.what));
    let mut read = vec![format!("{what}: {}", amount(run.scanned))];
    read.extend(run.subject.as_ref().and_then(|subject| subject.nothing.as_deref()).map(capital));
    fact(page, "Read", &read);
    refs(page, run);
    let unread = match run.not_scanned.len() {
        0 => "Nothing".to_owned(),
        count => format!("{}: see below", plural(count as u64, "input")),
    };
    fact(page, "Could not be read", &[unread]);
    let left_out: Vec<String> = run.left_out_in_words().map(|words| capital(&words)).collect();
    fact(page, "Left out on purpose", &left_out);
    let excluded: Vec<String> =
        run.excluded.iter().map(|(by, count)| format!("{} by {by}", plural(*count, "key"))).collect();
    fact(page, "Excluded", &excluded);
    let suppressed = run.suppressed_count();
    if suppressed > 0 {
        fact(page, "Suppressed", &[format!("{}: see below", plural(suppressed, "key"))]);
    }
    conditions(page, run);
    page.raw("</dl>\n");
}

fn refs(page: &mut Markup, run: &RunReport) {
    let Some(refs) = &run.refs else { return };
    let mut lines = vec![capital(&refs.in_words())];
    if refs.single_branch {
        lines.push("The clone has a single branch: others were not fetched.".to_owned());
    }
    if let Some(command) = &refs.fetch_pull_requests {
        lines.push(format!("Pull requests were not fetched: `{command}` fetches them."));
    }
    fact(page, "Refs", &lines);
}

/// What else a reader should know of the run.
fn conditions(page: &mut Markup, run: &RunReport) {
    if let Some(file) = &run.configuration {
        let ways =
            if file.weakened.is_empty() { String::new() } else { format!(" {}", joined(&file.weakened)) };
        fact(page, "Configuration", &[format!("{}{ways}", file.file)]);
    }
    let mut notes = Vec::new();
    notes.extend(RuleFileUse::not_used_in(&run.rules_from));
    if run.shallow {
        notes.push("Shallow clone: older commits were not read".to_owned());
    }
    if run.untrusted {
        notes.push("Untrusted: nothing that came with the repository decided what is reported".to_owned());
    }
    if !run.accepted.is_empty() {
        notes.push(format!("{} accepted: see below", plural(run.accepted.len() as u64, "unread input")));
    }
    notes.extend(run.outside.iter().map(|one| format!("Read outside of the repository: {one}")));
    fact(page, "Conditions", &notes);
}

fn fact(page: &mut Markup, name: &'static str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    page.raw("<div><dt>").raw(name).raw("</dt>");
    for line in lines {
        page.raw("<dd>").prose(line).raw("</dd>");
    }
    page.raw("</div>\n");
}

fn mode(mode: RunMode) -> &'static str {
    match mode {
        RunMode::Tree => "Files",
        RunMode::Staged => "What is staged",
        RunMode::Range => "A range of commits",
        RunMode::History => "The history",
        RunMode::Audit => "Files, index and history",
    }
}
