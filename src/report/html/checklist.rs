//! What to do, as a list to check off: the way out, in the order of a plan.

use std::collections::BTreeMap;

use super::{
    card,
    markup::Markup,
    words::{self, class, has_exposure},
};
use crate::{
    blob::SourceKind,
    remedy::{AFTER_REWRITE, NOT_REACHED, REVOKE_FIRST, WayOutPart},
    report::{
        document::{FindingEntry, OccurrenceEntry, ReportDocument},
        message::plural,
    },
};

/// How many places to replace are listed.
const MOST_PLACES: usize = 200;

/// How to rewrite a history. The plan has the details.
const REWRITE: [&str; 3] = [
    "Merge or close what is open, and ask everybody to push and then to stop.",
    "Run `skanner audit --plan DIR` with a directory outside of the repository: it writes these steps for this repository, and a script.",
    "Run `sh cleanup.sh SOURCE` in that directory. It rewrites a fresh clone with git-filter-repo, and audits it: no key is left if it ends well.",
];

/// Keys of one issuer that take the same steps.
struct Group<'a> {
    steps: &'a [String],
    keys: Vec<(usize, &'a FindingEntry)>,
}

pub(super) fn write(page: &mut Markup, report: &ReportDocument) {
    let mut order = Vec::new();
    let mut issuers: BTreeMap<&str, Vec<Group<'_>>> = BTreeMap::new();
    for (at, finding) in report.by_danger().into_iter().enumerate() {
        let groups = issuers.entry(&finding.issuer).or_default();
        if groups.is_empty() {
            order.push(finding.issuer.as_str());
        }
        let steps = &finding.remedy.steps[..];
        match groups.iter_mut().find(|group| group.steps == steps) {
            Some(group) => group.keys.push((at + 1, finding)),
            None => groups.push(Group { steps, keys: vec![(at + 1, finding)] }),
        }
    }
    page.raw("<p>In this order. The boxes are for whoever works through the list: nothing is saved or sent.</p>\n<div class=\"groups\">\n");
    page.raw("<section class=\"group\">\n<h3>1. Revoke the keys</h3>\n<p>");
    page.raw(REVOKE_FIRST).raw("</p>\n");
    for issuer in order {
        let groups = &issuers[issuer];
        let count = groups.iter().map(|group| group.keys.len()).sum::<usize>();
        page.raw("<h4>").text(words::issuer(issuer)).raw(" <small>");
        page.text(&plural(count as u64, "key")).raw("</small></h4>\n");
        groups.iter().for_each(|group| write_group(page, group));
    }
    page.raw("</section>\n");
    let mut boxes = 0;
    replace(page, report, &mut boxes);
    if has_exposure(&report.run) {
        rewrite(page, report, &mut boxes);
    }
    page.raw("</div>\n");
}

/// The files of today that hold a key, and what to write there.
fn replace(page: &mut Markup, report: &ReportDocument, boxes: &mut u64) {
    let mut places: BTreeMap<_, &FindingEntry> = BTreeMap::new();
    for finding in &report.findings {
        let is_at_head = finding.history.as_ref().is_some_and(|history| history.at_head);
        let is_file = |place: &&OccurrenceEntry| matches!(place.source, SourceKind::File | SourceKind::Index);
        let is_blob = |place: &&OccurrenceEntry| place.source == SourceKind::Blob;
        let mut present: Vec<_> = finding.occurrences.iter().filter(is_file).collect();
        if present.is_empty() && is_at_head {
            // A bare repository has no files.
            present.extend(finding.occurrences.iter().find(is_blob));
        }
        for place in present {
            places.insert((place.name(), place.line, finding.masked()), finding);
        }
    }
    page.raw("<section class=\"group\">\n<h3>2. Replace the keys in the files</h3>\n");
    if places.is_empty() {
        page.raw("<p>No file of today holds a key.</p>\n</section>\n");
        return;
    }
    page.raw("<p>Take the key out, read it from an environment variable or a secret store, and commit that. Do not write a default value. A file that is only on one machine, such as <code>.env</code>, may keep it as long as git ignores it.</p>\n<ul class=\"ticks\">\n");
    for ((name, line, key), finding) in places.iter().take(MOST_PLACES) {
        ticked(page, boxes, |page| {
            page.raw("<code>").text(name).raw(":").number(*line).raw("</code> <small>").text(key);
            if let Some(replacement) = &finding.remedy.replacement {
                page.raw(": read ").text(&replacement.variable);
            }
            page.raw("</small>");
        });
    }
    page.raw("</ul>\n");
    if places.len() > MOST_PLACES {
        page.raw("<p>").text(&plural((places.len() - MOST_PLACES) as u64, "more place"));
        page.raw(" in the JSON report</p>\n");
    }
    page.raw("</section>\n");
}

/// What to do about the history.
fn rewrite(page: &mut Markup, report: &ReportDocument, boxes: &mut u64) {
    let is_reached =
        |finding: &FindingEntry| finding.history.as_ref().is_some_and(|history| history.reachable);
    if !report.findings.iter().any(is_reached) {
        part(page, 3, &NOT_REACHED, boxes);
        return;
    }
    page.raw("<section class=\"group\">\n<h3>3. Rewrite the history</h3>\n<ul class=\"ticks\">\n");
    for task in REWRITE {
        ticked(page, boxes, |page| {
            page.prose(task);
        });
    }
    page.raw("</ul>\n</section>\n");
    for (number, one) in (4..).zip(&AFTER_REWRITE) {
        part(page, number, one, boxes);
    }
}

fn part(page: &mut Markup, number: u64, one: &WayOutPart, boxes: &mut u64) {
    page.raw("<section class=\"group\">\n<h3>").number(number).raw(". ").raw(one.title).raw("</h3>\n");
    if !one.before.is_empty() {
        page.raw("<p>").prose(one.before).raw("</p>\n");
    }
    page.raw("<ul class=\"ticks\">\n");
    for task in one.tasks {
        ticked(page, boxes, |page| {
            page.prose(task);
        });
    }
    page.raw("</ul>\n</section>\n");
}

/// A line with a box.
fn ticked(page: &mut Markup, boxes: &mut u64, write: impl FnOnce(&mut Markup)) {
    *boxes += 1;
    page.raw("<li><input type=\"checkbox\" id=\"task-").number(*boxes).raw("\"><label for=\"task-");
    page.number(*boxes).raw("\">");
    write(page);
    page.raw("</label></li>\n");
}

fn write_group(page: &mut Markup, group: &Group<'_>) {
    page.raw("<ol class=\"steps\">\n");
    for step in group.steps {
        page.raw("<li>").prose(step).raw("</li>\n");
    }
    page.raw("</ol>\n<ul class=\"ticks\">\n");
    for (number, finding) in &group.keys {
        page.raw("<li><input type=\"checkbox\" id=\"done-")
            .number(*number as u64)
            .raw("\"><label for=\"done-");
        page.number(*number as u64).raw("\"><span class=\"dot ").raw(class(finding.severity));
        page.raw("\"></span><code>").text(finding.masked()).raw("</code> <small>");
        page.text(&finding.occurrences[0].name()).raw("</small></label> <a href=\"#");
        card::anchor(page, *number);
        page.raw("\" aria-label=\"Details of key ").number(*number as u64).raw("\">details</a></li>\n");
    }
    page.raw("</ul>\n");
}
