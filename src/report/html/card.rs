//! One card for each key, the most dangerous first.

use std::collections::BTreeMap;

use super::{
    markup::Markup,
    words::{capital, class, confidence, exposure, exposure_in, has_exposure, issuer, severity},
};
use crate::{
    blob::SourceKind,
    cold::ColdSort,
    finding::{Event, Exposure, History, short},
    report::{
        document::{FindingEntry, OccurrenceEntry, ReportDocument, RunReport},
        message::plural,
    },
    rule::Severity,
};

/// How many places of a key, and how many refs, are shown at once. The others are folded.
const FEW: usize = 4;

/// How many are listed at all.
const MOST: usize = 25;

/// A file or another thing with a key, whatever it holds the key in.
struct CardPlace<'a> {
    first: &'a OccurrenceEntry,
    /// The number of occurrences of each kind.
    kinds: BTreeMap<&'static str, u64>,
}

/// The address of a card in the page, without the `#`.
pub(super) fn anchor(page: &mut Markup, number: usize) {
    page.raw("key-").number(number as u64);
}

pub(super) fn write_all(page: &mut Markup, report: &ReportDocument) {
    filters(page, report);
    page.raw("<div class=\"cards\">\n");
    for (at, finding) in report.by_danger().into_iter().enumerate() {
        write(page, &report.run, finding, at + 1);
    }
    page.raw("</div>\n");
}

/// Without a script there are no filters.
fn filters(page: &mut Markup, report: &ReportDocument) {
    let run = &report.run;
    page.raw("<form id=\"filters\" role=\"search\" aria-label=\"Filter the keys\" hidden>\n");
    page.raw("<p><label for=\"by-path\">Path or key</label> <input id=\"by-path\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></p>\n");
    let mut issuers: Vec<&str> = report.findings.iter().map(|finding| finding.issuer.as_str()).collect();
    issuers.cold_sort_by_key(|issuer| issuer.to_lowercase());
    issuers.dedup();
    select(page, "issuer", "Issuer", issuers.into_iter().map(|name| (name, issuer(name))));
    let there = |one| report.findings.iter().any(|finding| finding.severity == one);
    let severities = Severity::ALL.into_iter().filter(|one| there(*one));
    select(page, "severity", "Severity", severities.map(|one| (class(one), severity(one))));
    if has_exposure(run) {
        let there = |one| report.findings.iter().any(|finding| finding.exposure() == one);
        let exposures = Exposure::ALL.into_iter().filter(|one| there(*one)).map(exposure);
        select(page, "exposure", "Where", exposures.map(|(name, value, _)| (value, name)));
    }
    page.raw("<p class=\"reset\"><button type=\"reset\">Show all</button></p>\n");
    page.raw("<p class=\"shown\"><output id=\"shown\" for=\"by-path\"></output> <span class=\"help\"><kbd>/</kbd> filters, <kbd>j</kbd> and <kbd>k</kbd> go to the next and the previous key</span></p>\n</form>\n");
}

fn select<'a>(
    page: &mut Markup,
    name: &'static str,
    label: &'static str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) {
    page.raw("<p><label for=\"by-")
        .raw(name)
        .raw("\">")
        .raw(label)
        .raw("</label> <select id=\"by-")
        .raw(name);
    page.raw("\"><option value=\"\">All</option>");
    for (value, text) in options {
        page.raw("<option value=\"").text(value).raw("\">").text(text).raw("</option>");
    }
    page.raw("</select></p>\n");
}

fn write(page: &mut Markup, run: &RunReport, finding: &FindingEntry, number: usize) {
    let exposure = exposure_in(run, finding).map(exposure);
    page.raw("<article class=\"card ").raw(class(finding.severity)).raw("\" id=\"");
    anchor(page, number);
    page.raw("\" tabindex=\"-1\" data-severity=\"").raw(class(finding.severity));
    page.raw("\" data-issuer=\"").text(&finding.issuer).raw("\" data-exposure=\"");
    page.raw(exposure.map_or("", |one| one.1)).raw("\">\n<header>\n<h3>").text(&finding.title);
    page.raw(" <code>").text(finding.masked()).raw("</code></h3>\n<p class=\"tags\"><span class=\"badge\">");
    page.raw(severity(finding.severity)).raw("</span>");
    if let Some((name, value, _)) = exposure {
        page.raw(" <span class=\"chip ").raw(value).raw("\">").raw(name).raw("</span>");
    }
    page.raw(" <span class=\"chip\">").raw(confidence(finding.confidence)).raw("</span></p>\n</header>\n");
    excerpt(page, run, &finding.occurrences[0]);
    page.raw("<dl>\n");
    fact(page, "Where", |page| places(page, &finding.occurrences));
    fact(page, "Opens", |page| {
        page.prose(&finding.impact);
    });
    fact(page, "Why a key", |page| {
        page.prose(&capital(&finding.why));
    });
    if !finding.candidates.is_empty() {
        let issuers: Vec<String> =
            finding.candidates.iter().map(|one| format!("{} ({})", one.issuer, one.why)).collect();
        fact(page, "Could be of", |page| {
            page.text(&issuers.join(", "));
        });
    }
    match &finding.history {
        Some(history) => write_history(page, history),
        None if run.audit.is_some() => {
            fact(page, "History", |page| {
                page.raw("Not in any object of the repository");
            });
        }
        None => {}
    }
    if let Some(refusal) = finding.refusal(run) {
        fact(page, "Refused", |page| {
            page.text(&capital(&refusal));
        });
    } else if let Some(entry) = &finding.allowed_by {
        let by = format!("{}, which does not count here{}", entry.at(), reason(entry.reason.as_deref()));
        fact(page, "Listed in", |page| {
            page.text(&by);
        });
    }
    if let Some(place) = &finding.rule_place {
        fact(page, "Rule", |page| {
            page.text(&finding.rule).raw(" of ").text(place);
        });
    }
    page.raw("</dl>\n");
    if !finding.remedy.steps.is_empty() {
        page.raw("<h4>What to do</h4>\n<ol class=\"steps\">\n");
        for step in &finding.remedy.steps {
            page.raw("<li>").prose(step).raw("</li>\n");
        }
        page.raw("</ol>\n");
    }
    page.raw("</article>\n");
}

fn reason(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(" (reason: {reason})"))
}

/// The line with the key. A report with unmasked secrets has them in its lines, too, and those stay away from the page.
fn excerpt(page: &mut Markup, run: &RunReport, place: &OccurrenceEntry) {
    if run.unmasked {
        return;
    }
    let (start, end) = place.marker;
    let text = &place.excerpt;
    page.raw("<pre class=\"excerpt\"><span class=\"number\">").number(place.line).raw("</span><code>");
    page.text(&text[..start]).raw("<mark>").text(&text[start..end]).raw("</mark>").text(&text[end..]);
    page.raw("</code></pre>\n");
}

fn fact(page: &mut Markup, name: &'static str, write: impl FnOnce(&mut Markup)) {
    page.raw("<div><dt>").raw(name).raw("</dt><dd>");
    write(page);
    page.raw("</dd></div>\n");
}

fn places(page: &mut Markup, occurrences: &[OccurrenceEntry]) {
    let mut places: Vec<CardPlace<'_>> = Vec::new();
    for one in occurrences {
        let same = |place: &&mut CardPlace<'_>| {
            (&place.first.repository, place.first.name()) == (&one.repository, one.name())
        };
        let kind = match one.source {
            SourceKind::File => "file",
            SourceKind::Index => "staged",
            SourceKind::Blob => "in the history",
            SourceKind::Message => "message",
            SourceKind::Name => "in the name itself",
            SourceKind::Config => "in git's own directory",
            SourceKind::Stdin => "standard input",
        };
        // Occurrences are sorted by path, so that those of one file follow each other.
        match places.last_mut().as_mut().filter(|place| same(place)) {
            Some(place) => *place.kinds.entry(kind).or_default() += 1,
            None => places.push(CardPlace { first: one, kinds: BTreeMap::from([(kind, 1)]) }),
        }
    }
    folded(page, &places, "place", |page, place| {
        if let Some(repository) = place.first.repository.as_ref().filter(|_| place.first.path.is_empty()) {
            page.raw("<code class=\"path\">").text(repository).raw("</code> ");
        }
        page.raw("<code class=\"path\">").text(&place.first.name());
        if place.first.source != SourceKind::Name {
            page.raw(":").number(place.first.line);
        }
        page.raw("</code> <small>");
        let kinds = place.kinds.iter().map(|(kind, count)| match count {
            1 => (*kind).to_owned(),
            count => format!("{kind} ({})", plural(*count, "time")),
        });
        let mut kinds: Vec<String> = kinds.collect();
        kinds.extend(
            (!place.first.encoding.is_empty()).then(|| format!("as {}", place.first.encoding.join(" in "))),
        );
        page.text(&kinds.join(", ")).raw("</small>");
    });
}

/// A list of which the end is folded, and what is beyond that is counted.
fn folded<T>(page: &mut Markup, all: &[T], noun: &'static str, mut write: impl FnMut(&mut Markup, &T)) {
    let mut list = |page: &mut Markup, some: &[T]| {
        page.raw("<ul class=\"list ").raw(noun).raw("\">");
        for one in some {
            page.raw("<li>");
            write(page, one);
            page.raw("</li>");
        }
        page.raw("</ul>");
    };
    // One line is not worth a fold.
    let shown = if all.len() == FEW + 1 { FEW + 1 } else { all.len().min(FEW) };
    list(page, &all[..shown]);
    if all.len() > shown {
        page.raw("<details><summary>").text(&plural((all.len() - shown) as u64, &format!("more {noun}")));
        page.raw("</summary>");
        list(page, &all[shown..all.len().min(MOST)]);
        if all.len() > MOST {
            page.raw("<p>").text(&plural((all.len() - MOST) as u64, &format!("more {noun}")));
            page.raw(" in the JSON report</p>");
        }
        page.raw("</details>");
    }
}

fn write_history(page: &mut Markup, history: &History) {
    if let Some(event) = &history.introduced {
        fact(page, "Introduced", |page| write_event(page, event));
    }
    match &history.removed {
        _ if history.at_head => fact(page, "Removed", |page| {
            page.raw("Not yet: it is still at HEAD");
        }),
        Some(event) => fact(page, "Removed", |page| write_event(page, event)),
        None => fact(page, "Removed", |page| {
            page.raw("No commit removed it, and HEAD does not have it");
        }),
    }
    if history.commits > 0 {
        fact(page, "Commits", |page| {
            page.count(history.commits).raw(if history.commits == 1 {
                " contains it"
            } else {
                " contain it"
            });
        });
    }
    if history.refs.is_empty() {
        fact(page, "Refs", |page| {
            page.raw("None: it is only in the object store");
        });
        return;
    }
    fact(page, "Refs", |page| {
        folded(page, &history.refs, "ref", |page, name| {
            page.raw("<code class=\"path\">").text(name).raw("</code>");
        });
    });
}

/// A commit. Who reads the page needs a name, and no address.
fn write_event(page: &mut Markup, event: &Event) {
    let date = event.day();
    let name = event.author.rsplit_once(" <").map_or(event.author.as_str(), |parts| parts.0);
    if !date.is_empty() {
        page.raw("<time>").text(date).raw("</time> ");
    }
    page.raw("by ").text(name).raw(", <code>").text(short(&event.commit)).raw("</code> ");
    if !event.summary.is_empty() {
        page.raw("<q>").text(&event.summary).raw("</q>");
    }
}
