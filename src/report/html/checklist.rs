//! What to do, issuer by issuer, as a list to tick off.

use std::collections::BTreeMap;

use super::{
    card,
    markup::Markup,
    words::{self, class},
};
use crate::report::{
    document::{FindingEntry, ReportDocument},
    message::plural,
};

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
    page.raw("<p>By issuer, the most dangerous keys first. The boxes are for whoever works through the list: nothing is saved or sent.</p>\n<div class=\"groups\">\n");
    for issuer in order {
        let groups = &issuers[issuer];
        let count = groups.iter().map(|group| group.keys.len()).sum::<usize>();
        page.raw("<section class=\"group\">\n<h3>").text(words::issuer(issuer)).raw(" <small>");
        page.text(&plural(count as u64, "key")).raw("</small></h3>\n");
        groups.iter().for_each(|group| write_group(page, group));
        page.raw("</section>\n");
    }
    page.raw("</div>\n");
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
