//! What was not read: what could not be, what was accepted as such, and what was left out.

use super::markup::Markup;
use crate::report::document::ReportDocument;

pub(super) fn applies(report: &ReportDocument) -> bool {
    !report.run.not_scanned.is_empty() || !report.run.accepted.is_empty()
}

pub(super) fn write(page: &mut Markup, report: &ReportDocument) {
    let run = &report.run;
    if !run.not_scanned.is_empty() {
        page.raw("<div class=\"table\"><table class=\"texts\">\n<caption>Inputs that could not be read. Each may hold keys.</caption>\n");
        page.raw("<thead><tr><th scope=\"col\">Input</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
        for input in &run.not_scanned {
            page.raw("<tr><th scope=\"row\"><code>").text(&input.what).raw("</code></th><td>");
            page.prose(&input.why).raw("</td></tr>\n");
        }
        page.raw("</tbody>\n</table></div>\n");
    }
    if !run.accepted.is_empty() {
        page.raw("<div class=\"table\"><table class=\"texts\">\n<caption>Inputs that could not be read, and that somebody has accepted.</caption>\n");
        page.raw("<thead><tr><th scope=\"col\">Input</th><th scope=\"col\">Why it was not read</th><th scope=\"col\">Accepted by</th></tr></thead>\n<tbody>\n");
        for one in &run.accepted {
            page.raw("<tr><th scope=\"row\"><code>").text(&one.input.what).raw("</code></th><td>");
            page.prose(&one.input.why).raw("</td><td><code>").text(&one.suppression.at()).raw("</code> ");
            page.text(one.suppression.reason.as_deref().unwrap_or("no reason given")).raw("</td></tr>\n");
        }
        page.raw("</tbody>\n</table></div>\n");
    }
}
