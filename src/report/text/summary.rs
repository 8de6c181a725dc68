//! The summary: what was found, what was read, and whether the run is complete.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    time::Duration,
};

use anstyle::AnsiColor;
use indicatif::{DecimalBytes, HumanCount, HumanDuration};

use super::style::{RED, paint, severity_color};
use crate::{
    cold::ColdSort,
    finding::{
        Audit, AuditVerdict, Configuration, RuleFileUse, Scanned, SinceScan, SuppressedBy, SuppressionKind,
        Tolerated,
    },
    hidden::escape_control,
    report::{
        document::{ReportDocument, RunReport},
        message::plural,
        view::View,
    },
    rule::Severity,
};

/// The summary line. For an audit, it begins with the verdict.
pub(super) fn line(report: &ReportDocument, view: &View) -> String {
    let run = &report.run;
    let subject = run.subject.as_ref();
    let is_clean = report.findings.is_empty() && run.complete;
    let is_weakened = run.configuration.as_ref().is_some_and(|file| !file.weakened.is_empty());
    let is_all =
        run.complete && run.excluded.is_empty() && !run.shallow && !is_weakened && !run.lacks_rules();
    let is_suppressed = !run.suppressed_by.is_empty() || !run.accepted.is_empty();
    if let Some(nothing) = subject.and_then(|subject| subject.nothing.as_ref())
        && is_clean
        && is_all
        && !is_suppressed
    {
        return paint(view, AnsiColor::BrightGreen, &format!("no key found: {}", escape_control(nothing)));
    }
    let color = match is_clean {
        true if is_all => AnsiColor::BrightGreen,
        true => AnsiColor::BrightYellow,
        false => RED,
    };
    let read = match view.elapsed {
        // A report that was read back does not say how long its run took.
        Duration::ZERO => format!("{} read", amount(run.scanned)),
        _ => format!("{} read in {}", amount(run.scanned), duration(view)),
    };
    let not_read = (!run.complete).then(|| {
        let count = run.not_scanned.len() as u64;
        paint(view, RED, &format!("incomplete: {} could not be read", plural(count, "input")))
    });
    let suppressed = suppressed(run);
    let what = subject.map(|subject| escape_control(&subject.what));
    let mut parts = Vec::new();
    if let Some(audit) = &run.audit {
        parts.extend(not_read);
        parts.push(format!("{}{suppressed}", paint(view, color, &verdict(audit, report))));
        parts.push(match run.rules_from.is_empty() {
            true => "other secrets were not looked for".to_owned(),
            false => format!("looked for {}", escape_control(&run.looked_for_in_words())),
        });
        parts.extend(passed_over(report));
        parts.extend(exceptions(run));
        parts.push(what.map_or_else(|| read.clone(), |what| format!("{what}: {read}")));
    } else {
        let place = what.map_or_else(String::new, |what| format!(" in {what}"));
        let found = paint(view, color, &format!("{}{place}", found(report)));
        parts.push(format!("{found}{suppressed}"));
        parts.extend(run.tolerated.as_ref().map(|one| tolerated(one, report)));
        parts.extend(passed_over(report));
        parts.extend(exceptions(run));
        parts.push(read);
        parts.extend(not_read);
        parts.push(format!("looked for {}", escape_control(&run.looked_for_in_words())));
    }
    let left_out: Vec<_> = run.left_out_in_words().map(|words| escape_control(&words).into_owned()).collect();
    if !left_out.is_empty() {
        parts.push(format!("not read: {}", left_out.join(", ")));
    }
    let lacks_refs =
        run.refs.as_ref().is_some_and(|refs| refs.single_branch || refs.fetch_pull_requests.is_some());
    let is_whole = is_all
        && !is_suppressed
        && run.since_scan.is_none()
        && left_out.is_empty()
        && !(lacks_refs && run.audit.is_some());
    let end = if is_whole { ", nothing left out" } else { "" };
    format!("{}{end}", parts.join("; "))
}

/// The number of keys of each rule, most dangerous first.
pub(super) fn write_table(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<(Reverse<Severity>, &str), u64> = BTreeMap::new();
    for finding in &report.findings {
        *rules.entry((Reverse(finding.severity), &finding.rule)).or_default() += 1;
    }
    for ((Reverse(severity), rule), count) in rules {
        let label = paint(view, severity_color(severity), &format!("{:8}", severity.to_string()));
        writeln!(out, "{label} {:>7}  {}", HumanCount(count).to_string(), escape_control(rule))?;
    }
    writeln!(out)
}

/// What does not make the run fail, and why.
fn tolerated(one: &Tolerated, report: &ReportDocument) -> String {
    let by = format!("{} asks for {}", escape_control(&one.by), escape_control(&one.fail_on));
    match report.has_failing() {
        true => format!("{} of them would not make the exit code 1 ({by})", HumanCount(one.keys)),
        false => format!("none of them makes the exit code 1 ({by})"),
    }
}

fn found(report: &ReportDocument) -> String {
    let count = report.findings.len();
    if let Some(since) = report.run.since_scan.as_ref().filter(|since| !since.in_part) {
        return match count {
            0 => format!("{}, and no key before", nothing_new(since)),
            _ => format!(
                "{}: {} known ({})",
                nothing_new(since),
                plural(count as u64, "key"),
                by_severity(report)
            ),
        };
    }
    match count {
        0 if report.run.complete => "no key found".to_owned(),
        0 => "no key found in the rest".to_owned(),
        count => format!("{} found ({})", plural(count as u64, "key"), by_severity(report)),
    }
}

fn nothing_new(since: &SinceScan) -> String {
    format!("nothing new since {} of {}", escape_control(&since.state), escape_control(&since.written))
}

/// That only what is new was read, where the verdict does not say it.
fn passed_over(report: &ReportDocument) -> Option<String> {
    let since = report.run.since_scan.as_ref()?;
    let is_said = report.run.audit.is_none() || report.findings.is_empty();
    match since.in_part {
        true => Some(format!("in some repositories, {}", nothing_new(since))),
        false => (!is_said).then(|| nothing_new(since)),
    }
}

/// Whether the repository is safe to publish, as far as it was read.
fn verdict(audit: &Audit, report: &ReportDocument) -> String {
    if audit.keys == 0 {
        let keys = report.run.scope.in_words_after_no();
        if let Some(since) = report.run.since_scan.as_ref().filter(|_| report.run.complete) {
            return match since.in_part {
                true => format!("no {keys}"),
                false => format!("{}, and no {keys} before", nothing_new(since)),
            };
        }
        let is_accepted = report.run.suppressed_by.iter().any(|one| one.kind == SuppressionKind::Baseline);
        return match audit.verdict {
            AuditVerdict::Safe if report.run.excluded.is_empty() && is_accepted => {
                format!("safe to publish except for what the baseline accepts: no other {keys}")
            }
            AuditVerdict::Safe if report.run.excluded.is_empty() => format!("safe to publish: no {keys}"),
            AuditVerdict::Safe => format!("safe to publish except for what was excluded: no other {keys}"),
            AuditVerdict::NothingNew | AuditVerdict::NotSafe | AuditVerdict::Incomplete => {
                format!("no {keys} in the rest")
            }
        };
    }
    let places = [
        (audit.at_head, "still at HEAD"),
        (audit.uncommitted, "in uncommitted files"),
        (audit.only_in_history, "only in history"),
        (audit.only_in_pull_requests, "only in pull-request refs, which a push cannot remove"),
        (audit.unreachable, "only in objects that no ref reaches"),
    ];
    let mut parts = vec![plural(audit.keys, "key")];
    let places = places.iter().filter(|(count, _)| *count > 0);
    parts.extend(places.map(|(count, place)| format!("{} {place}", HumanCount(*count))));
    format!("not safe: {} ({})", parts.join(", "), by_severity(report))
}

/// How many keys were suppressed, and by which files, since these may come from the repository itself.
fn suppressed(run: &RunReport) -> String {
    let by = &run.suppressed_by;
    if by.is_empty() {
        return String::new();
    }
    let mut parts = Vec::new();
    let count = |by: &[&SuppressedBy]| by.iter().map(|one| one.count).sum::<u64>();
    // If comments only count because of the configuration file, name that file as well.
    let trusting = run.configuration.as_ref().filter(|configuration| configuration.trusts_foreign_markers);
    let trusted_by = trusting.map(|configuration| escape_control(&configuration.file));
    for one in by.iter().filter(|one| !is_comment(one.kind)) {
        let trusted = trusted_by.as_ref().filter(|_| one.kind == SuppressionKind::ForeignList);
        let trusted = trusted.map_or_else(String::new, |file| format!(", which {file} trusts"));
        parts.push(format!("{} by {}{trusted}", HumanCount(one.count), escape_control(&one.place)));
    }
    let is_trusted = |one: &&SuppressedBy| trusted_by.is_some() && one.kind == SuppressionKind::Foreign;
    let comments = by.iter().filter(|one| is_comment(one.kind));
    let (foreign, own): (Vec<_>, Vec<_>) = comments.partition(is_trusted);
    for (mut comments, by) in [(own, None), (foreign, trusted_by.as_ref())] {
        if comments.is_empty() {
            continue;
        }
        let count = count(&comments);
        let kind = if by.is_some() { "foreign comment" } else { "comment" };
        let words = if count == 1 { format!("a {kind}") } else { format!("{kind}s") };
        // Sort by count, so that decoys cannot hide the file that matters.
        comments.cold_sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.place.cmp(&b.place)));
        let places = comments.iter().map(|one| one.place.as_str()).collect();
        let by = by.map_or_else(String::new, |file| format!(", which {file} trusts"));
        parts.push(format!("{} by {words} in {}{by}", HumanCount(count), listed(places)));
    }
    format!(", {} suppressed ({})", HumanCount(run.suppressed_count()), parts.join(", "))
}

fn is_comment(kind: SuppressionKind) -> bool {
    matches!(kind, SuppressionKind::Inline | SuppressionKind::Foreign)
}

/// The names of the first files, in this order, and the number of the others.
fn listed(mut places: Vec<&str>) -> String {
    const FEW: usize = 10;
    let mut known = BTreeSet::new();
    places.retain(|place| known.insert(*place));
    let more = places.len().saturating_sub(FEW);
    let named = places.iter().take(FEW).map(|place| match *place {
        "" => "standard input".to_owned(),
        place => escape_control(place).into_owned(),
    });
    let mut named: Vec<_> = named.collect();
    if more > 0 {
        named.push(format!("{} (--show-suppressed lists all)", plural(more as u64, "other file")));
    }
    let last = named.pop().unwrap_or_default();
    if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) }
}

/// What this run did not report or read because of options or the configuration.
fn exceptions(run: &RunReport) -> Vec<String> {
    let mut parts = Vec::new();
    if !run.accepted.is_empty() {
        let places = run.accepted.iter().map(|one| one.suppression.place.as_str()).collect();
        let inputs = plural(run.accepted.len() as u64, "unread input");
        parts.push(format!("{inputs} accepted by {}", listed(places)));
    }
    if !run.excluded.is_empty() {
        let by = run.excluded.iter().map(|(option, count)| format!("{} by {option}", plural(*count, "key")));
        parts.push(format!("excluded: {}", by.collect::<Vec<_>>().join(", ")));
    }
    if let Some(Configuration { file, weakened, .. }) = &run.configuration
        && let Some((last, others)) = weakened.split_last()
    {
        let ways = if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) };
        parts.push(format!("{file} {ways}"));
    }
    let not_used = RuleFileUse::not_used_in(&run.rules_from);
    parts.extend(not_used.iter().map(|text| escape_control(text).into_owned()));
    if let Some(policy) = &run.policy {
        let inside =
            if policy.inside { ", which is in what was scanned and can be changed there" } else { "" };
        parts.push(format!("policy: {}{inside}", escape_control(&policy.file)));
    }
    if let Some(refs) = run.refs.as_ref().filter(|_| run.audit.is_some()) {
        parts.push(format!("refs: {}", refs.in_words()));
        if refs.single_branch {
            parts.push("single-branch clone: other branches were not fetched".to_owned());
        }
        if let Some(command) = &refs.fetch_pull_requests {
            parts.push(format!("pull requests were not fetched: `{}` fetches them", escape_control(command)));
        }
    }
    if !run.outside.is_empty() {
        let outside: Vec<_> = run.outside.iter().map(|one| escape_control(one)).collect();
        parts.push(format!("read outside of the repository: {}", outside.join(", ")));
    }
    if run.shallow {
        parts.push("shallow clone: older commits were not read".to_owned());
    }
    parts
}

fn by_severity(report: &ReportDocument) -> String {
    let counts = report.by_severity();
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    let parts: Vec<_> = counts.map(|(severity, count)| format!("{} {severity}", HumanCount(count))).collect();
    parts.join(", ")
}

fn amount(scanned: Scanned) -> String {
    let kinds = [
        (scanned.files, "file"),
        (scanned.blobs, "blob"),
        (scanned.commits, "commit"),
        (scanned.tags, "tag"),
    ];
    let mut parts: Vec<String> =
        kinds.iter().filter(|(count, _)| *count > 0).map(|(count, kind)| plural(*count, kind)).collect();
    if parts.is_empty() && scanned.bytes > 0 {
        // A message or a name is not worth counting.
        return DecimalBytes(scanned.bytes).to_string();
    }
    if parts.is_empty() {
        parts.push("no files".to_owned());
    }
    format!("{} ({})", parts.join(", "), DecimalBytes(scanned.bytes))
}

fn duration(view: &View) -> String {
    if view.elapsed.as_secs() >= 60 {
        HumanDuration(view.elapsed).to_string()
    } else {
        format!("{:.2} s", view.elapsed.as_secs_f64())
    }
}
