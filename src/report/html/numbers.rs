//! How many keys there are, by severity and exposure.

use super::{
    markup::Markup,
    words::{class, exposure, exposure_in, has_exposure, severity},
};
use crate::{finding::Exposure, report::document::ReportDocument, rule::Severity};

pub(super) fn write(page: &mut Markup, report: &ReportDocument) {
    let run = &report.run;
    let count = |severity: Option<Severity>, exposure: Option<Exposure>| {
        let keys = report.findings.iter().filter(|key| {
            severity.is_none_or(|severity| key.severity == severity)
                && exposure.is_none_or(|exposure| exposure_in(run, key) == Some(exposure))
        });
        keys.count() as u64
    };
    let rows: &[Exposure] = if has_exposure(run) { &Exposure::ALL } else { &[] };
    if !rows.is_empty() {
        page.raw("<ul class=\"tiles\">\n");
        for row in rows {
            let (name, _, meaning) = exposure(*row);
            let number = count(None, Some(*row));
            page.raw(if number == 0 { "<li class=\"none\"><b>" } else { "<li><b>" }).count(number);
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
    for row in rows {
        page.raw("<tr><th scope=\"row\">").raw(exposure(*row).0).raw("</th>");
        Severity::ALL.iter().for_each(|one| cell(page, count(Some(*one), Some(*row))));
        cell(page, count(None, Some(*row)));
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n<tfoot><tr><th scope=\"row\">All</th>");
    Severity::ALL.iter().for_each(|one| cell(page, count(Some(*one), None)));
    cell(page, count(None, None));
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

/// A number. Zeros should not draw the eye.
pub(super) fn cell(page: &mut Markup, number: u64) {
    page.raw(if number == 0 { "<td class=\"zero\">" } else { "<td>" }).count(number).raw("</td>");
}
