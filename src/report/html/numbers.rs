//! How many keys there are, by severity and exposure.

use super::{
    markup::Markup,
    words::{class, exposure, has_exposure, severity},
};
use crate::{
    report::{document::ReportDocument, severity_counts::SeverityCounts},
    rule::Severity,
};

pub(super) fn write(page: &mut Markup, report: &ReportDocument) {
    let rows = if has_exposure(&report.run) { report.by_exposure() } else { Vec::new() };
    if !rows.is_empty() {
        page.raw("<ul class=\"tiles\">\n");
        for (row, counts) in &rows {
            let (name, _, meaning) = exposure(*row);
            page.raw(if counts.sum() == 0 { "<li class=\"none\"><b>" } else { "<li><b>" })
                .count(counts.sum());
            page.raw("</b> <span>").text(name).raw("</span> <small>").text(meaning).raw("</small></li>\n");
        }
        page.raw("</ul>\n");
    }
    page.raw("<div class=\"table\"><table class=\"numbers\">\n<caption>");
    page.raw(if rows.is_empty() {
        "Number of keys by severity"
    } else {
        "Number of keys by where they are and by severity"
    });
    page.raw("</caption>\n<thead><tr><th scope=\"col\">").raw(if rows.is_empty() { "Keys" } else { "Where" });
    page.raw("</th>");
    columns(page);
    page.raw("</tr></thead>\n<tbody>\n");
    for (row, counts) in &rows {
        page.raw("<tr><th scope=\"row\">").raw(exposure(*row).0).raw("</th>");
        cells(page, counts);
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n<tfoot><tr><th scope=\"row\">All</th>");
    cells(page, &report.by_severity());
    page.raw("</tr></tfoot>\n</table></div>\n");
}

/// The heads of the columns of severities, and of their sum.
pub(super) fn columns(page: &mut Markup) {
    for one in Severity::ALL {
        page.raw("<th scope=\"col\"><span class=\"dot ").raw(class(one)).raw("\"></span>");
        page.raw(severity(one)).raw("</th>");
    }
    page.raw("<th scope=\"col\">All</th>");
}

/// The numbers of all severities, and their sum.
pub(super) fn cells(page: &mut Markup, counts: &SeverityCounts) {
    counts.iter().for_each(|(_, count)| cell(page, count));
    cell(page, counts.sum());
}

/// A number. Zeros should not draw the eye.
pub(super) fn cell(page: &mut Markup, number: u64) {
    page.raw(if number == 0 { "<td class=\"zero\">" } else { "<td>" }).count(number).raw("</td>");
}
