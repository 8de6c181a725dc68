//! Keys that were found and suppressed, and suppressions that do nothing.

use super::{markup::Markup, numbers::cell, words::suppression as kind};
use crate::{
    finding::Suppression,
    report::document::{ReportDocument, RunReport},
};

/// How many unused suppressions are listed.
const MOST_UNUSED: usize = 20;

pub(super) fn applies(report: &ReportDocument) -> bool {
    let run = &report.run;
    run.suppressed_count() > 0 || !run.unused_suppressions.is_empty() || !run.refused.is_empty()
}

pub(super) fn write(page: &mut Markup, report: &ReportDocument) {
    let run = &report.run;
    if run.suppressed_count() > 0 {
        page.raw("<p>These keys were found, and somebody has stated that they need no report. Whoever publishes the repository should know why.</p>\n");
    }
    if run.lists_suppressed() && run.suppressed_count() > 0 {
        keys(page, run);
    } else if !run.suppressions.is_empty() {
        entries(page, run);
    } else if run.suppressed_count() > 0 {
        files(page, run);
    }
    if !run.refused.is_empty() {
        refused(page, run);
    }
    if !run.unused_suppressions.is_empty() {
        unused(page, run);
    }
}

fn table(page: &mut Markup, caption: &'static str, columns: &[&'static str]) {
    page.raw("<div class=\"table\"><table class=\"texts\">\n<caption>")
        .raw(caption)
        .raw("</caption>\n<thead><tr>");
    columns.iter().for_each(|name| {
        page.raw("<th scope=\"col\">").raw(name).raw("</th>");
    });
    page.raw("</tr></thead>\n<tbody>\n");
}

fn by(page: &mut Markup, one: &Suppression) {
    page.raw("<td><code>")
        .text(&one.at())
        .raw("</code> <small>")
        .raw(kind(one.kind))
        .raw("</small></td><td>");
    page.text(one.reason.as_deref().unwrap_or("no reason given"));
    if let Some(until) = &one.until {
        page.raw(", until ").text(until);
    }
    page.raw("</td>");
}

fn keys(page: &mut Markup, run: &RunReport) {
    table(page, "Suppressed keys", &["Key", "Where", "Suppressed by", "Reason"]);
    for one in run.suppressed_list() {
        page.raw("<tr><th scope=\"row\"><code>").text(one.finding.masked()).raw("</code> <small>");
        page.text(&one.finding.title).raw("</small></th><td><code>");
        page.text(&one.finding.occurrences[0].name()).raw("</code></td>");
        by(page, &one.suppression);
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table></div>\n");
}

fn entries(page: &mut Markup, run: &RunReport) {
    table(page, "Suppressions", &["Suppressed by", "Reason", "Keys"]);
    for one in &run.suppressions {
        page.raw("<tr>");
        by(page, &one.suppression);
        cell(page, one.keys);
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table></div>\n");
}

fn files(page: &mut Markup, run: &RunReport) {
    table(page, "Suppressions by file", &["File", "What", "Keys"]);
    for one in &run.suppressed_by {
        page.raw("<tr><th scope=\"row\"><code>").text(&one.place).raw("</code></th><td>").raw(kind(one.kind));
        page.raw("</td>");
        cell(page, one.count);
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table></div>\n");
}

fn refused(page: &mut Markup, run: &RunReport) {
    table(page, "What the policy refused", &["Place", "What", "Why", "Limit", "Keys"]);
    for one in &run.refused {
        page.raw("<tr><th scope=\"row\"><code>").text(&one.at()).raw("</code></th><td><code>");
        page.text(&one.what).raw("</code></td><td>").prose(&one.why);
        page.raw("</td><td><code>").text(&one.limit).raw("</code></td>");
        cell(page, one.keys);
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table></div>\n");
}

fn unused(page: &mut Markup, run: &RunReport) {
    table(page, "Suppressions that do nothing", &["Place", "What", "Why"]);
    for one in run.unused_suppressions.iter().take(MOST_UNUSED) {
        page.raw("<tr><th scope=\"row\"><code>")
            .text(&one.at())
            .raw("</code></th><td><code>")
            .text(&one.what);
        page.raw("</code></td><td>").prose(&one.why).raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table></div>\n");
    if let Some(more) = run.unused_suppressions.len().checked_sub(MOST_UNUSED).filter(|more| *more > 0) {
        page.raw("<p class=\"note\">").count(more as u64).raw(" more in the JSON report.</p>\n");
    }
}
