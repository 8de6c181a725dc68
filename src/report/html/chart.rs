//! The keys of each issuer as bars, and as the numbers that the bars show.

use super::{
    markup::Markup,
    numbers::{cells, columns},
    words::{self, class},
};
use crate::report::{document::ReportDocument, severity_counts::SeverityCounts};

pub(super) fn write(page: &mut Markup, report: &ReportDocument) {
    let rows = report.by_issuer();
    let most = rows.iter().map(|(_, counts)| counts.sum()).max().unwrap_or(1);
    page.raw("<div class=\"table\"><table class=\"chart\">\n");
    page.raw("<caption>Number of keys by issuer and severity, most keys first</caption>\n");
    page.raw("<thead><tr><th scope=\"col\">Issuer</th>");
    columns(page);
    page.raw("</tr></thead>\n<tbody>\n");
    for (issuer, counts) in &rows {
        page.raw("<tr><th scope=\"row\">").text(words::issuer(issuer));
        bar(page, counts, most);
        page.raw("</th>");
        cells(page, counts);
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table></div>\n");
}

/// The numbers of one issuer side by side, as long as they are many.
fn bar(page: &mut Markup, counts: &SeverityCounts, most: u64) {
    page.raw("<svg class=\"bar\" width=\"100%\" height=\"10\" aria-hidden=\"true\">");
    let share = |count: u64| count as f64 * 100.0 / most as f64;
    let mut start = 0.0;
    for (one, count) in counts.iter().filter(|(_, count)| *count > 0) {
        page.raw("<rect class=\"").raw(class(one)).raw("\" x=\"").percent(start).raw("\" width=\"");
        page.percent(share(count)).raw("\" height=\"10\"/>");
        start += share(count);
    }
    page.raw("</svg>");
}
