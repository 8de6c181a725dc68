//! The repositories that a report is about, as a table.

use super::{
    markup::Markup,
    numbers::{cells, columns},
};
use crate::{
    finding::AuditVerdict,
    report::document::{ReportDocument, RepositoryEntry},
};

/// Whether the report is about several.
pub(super) fn applies(report: &ReportDocument) -> bool {
    !report.run.repositories.is_empty()
}

pub(super) fn write(page: &mut Markup, report: &ReportDocument) {
    page.raw("<div class=\"table\"><table class=\"repositories\">\n");
    page.raw("<caption>Number of keys by repository and severity, the most dangerous first. A key that two repositories have counts in both.</caption>\n");
    page.raw("<thead><tr><th scope=\"col\">Repository</th>");
    columns(page);
    page.raw("<th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n");
    for (one, counts) in report.by_repository() {
        page.raw("<tr><th scope=\"row\"><code class=\"path\">").text(&one.name).raw("</code></th>");
        cells(page, &counts);
        page.raw("<td>").raw(verdict(one)).raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table></div>\n");
}

fn verdict(one: &RepositoryEntry) -> &'static str {
    if one.qualified && one.audit.is_some_and(|audit| audit.verdict == AuditVerdict::Safe) {
        return "Safe, with exceptions";
    }
    match one.audit.as_ref().map(|audit| (audit.verdict, audit.keys)) {
        None => "Not read",
        Some((AuditVerdict::Safe, _)) => "Safe",
        Some((AuditVerdict::NothingNew, _)) => "Nothing new",
        Some((AuditVerdict::NotSafe, _)) => "Not safe",
        Some((AuditVerdict::Incomplete, 0)) => "Incomplete",
        Some((AuditVerdict::Incomplete, _)) => "Not safe, and incomplete",
    }
}
