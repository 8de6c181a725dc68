//! The keys of each issuer as bars, and as the numbers that the bars show.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{
    markup::Markup,
    numbers::{cell, columns},
    words::{self, class},
};
use crate::{report::document::ReportDocument, rule::Severity};

/// The number of keys of each issuer by severity, the worst first: the issuers, and the numbers.
fn rows(report: &ReportDocument) -> Vec<(&str, [u64; Severity::ALL.len()])> {
    let mut issuers: BTreeMap<&str, [u64; Severity::ALL.len()]> = BTreeMap::new();
    for finding in &report.findings {
        let row = issuers.entry(&finding.issuer).or_default();
        Severity::ALL
            .iter()
            .zip(row)
            .filter(|(severity, _)| **severity == finding.severity)
            .for_each(|(_, count)| *count += 1);
    }
    let mut rows: Vec<_> = issuers.into_iter().collect();
    rows.sort_by_key(|(_, counts)| Reverse((counts.iter().sum::<u64>(), *counts)));
    rows
}

pub(super) fn write(page: &mut Markup, report: &ReportDocument) {
    let rows = rows(report);
    let most = rows.iter().map(|(_, counts)| counts.iter().sum::<u64>()).max().unwrap_or(1);
    page.raw("<div class=\"table\"><table class=\"chart\">\n");
    page.raw("<caption>Number of keys by issuer and severity, most keys first</caption>\n");
    page.raw("<thead><tr><th scope=\"col\">Issuer</th>");
    columns(page);
    page.raw("</tr></thead>\n<tbody>\n");
    for (issuer, counts) in &rows {
        page.raw("<tr><th scope=\"row\">").text(words::issuer(issuer));
        bar(page, counts, most);
        page.raw("</th>");
        counts.iter().for_each(|count| cell(page, *count));
        cell(page, counts.iter().sum());
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table></div>\n");
}

/// The numbers of one issuer side by side, as long as they are many.
fn bar(page: &mut Markup, counts: &[u64; Severity::ALL.len()], most: u64) {
    page.raw("<svg class=\"bar\" width=\"100%\" height=\"10\" aria-hidden=\"true\">");
    let share = |count: u64| count as f64 * 100.0 / most as f64;
    let mut start = 0.0;
    for (one, count) in Severity::ALL.into_iter().zip(counts).filter(|(_, count)| **count > 0) {
        page.raw("<rect class=\"").raw(class(one)).raw("\" x=\"").percent(start).raw("\" width=\"");
        page.percent(share(*count)).raw("\" height=\"10\"/>");
        start += share(*count);
    }
    page.raw("</svg>");
}
