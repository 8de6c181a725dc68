//! The page: a report as one HTML file for whoever decides. It loads nothing, can be read without its script, and never
//! shows a secret.

mod card;
mod chart;
mod checklist;
mod left;
mod markup;
mod numbers;
mod repositories;
mod suppressions;
mod timeline;
mod verdict;
mod words;

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use self::markup::Markup;
use super::{document::ReportDocument, view::View};
use crate::day::Day;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The sections that a page may have, in order: the id, the name in the list of them, and the title.
const SECTIONS: [(&str, &str, &str); 9] = [
    ("scope", "Scope", "What was checked"),
    ("repositories", "Repositories", "The repositories"),
    ("numbers", "Numbers", "How many keys there are"),
    ("issuers", "Issuers", "Who issued them"),
    ("timeline", "Timeline", "When they were exposed"),
    ("keys", "Keys", "The keys"),
    ("checklist", "Checklist", "What to do"),
    ("not-scanned", "Not read", "What could not be read"),
    ("suppressed", "Suppressions", "Suppressions"),
];

pub(super) fn write(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Markup::default();
    let written = Day::from(view.ended.date());
    let headline = verdict::Headline::of(report);
    head(&mut page, &headline);
    page.raw("<body>\n<a class=\"skip\" href=\"#main\">Skip to the verdict</a>\n");
    banner(&mut page, report, written);
    page.raw("<main id=\"main\">\n");
    headline.write(&mut page);
    section(&mut page, "scope", |page| verdict::write_scope(page, report));
    if repositories::applies(report) {
        section(&mut page, "repositories", |page| repositories::write(page, report));
    }
    if !report.findings.is_empty() {
        section(&mut page, "numbers", |page| numbers::write(page, report));
        section(&mut page, "issuers", |page| chart::write(page, report));
        if timeline::applies(report) {
            section(&mut page, "timeline", |page| timeline::write(page, report, written));
        }
        section(&mut page, "keys", |page| card::write_all(page, report));
        section(&mut page, "checklist", |page| checklist::write(page, report));
    }
    if left::applies(report) {
        section(&mut page, "not-scanned", |page| left::write(page, report));
    }
    if suppressions::applies(report) {
        section(&mut page, "suppressed", |page| suppressions::write(page, report));
    }
    page.raw("</main>\n");
    footer(&mut page, report);
    page.raw("<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
    out.write_all(page.into_html().as_bytes())
}

/// A browser obeys no style and no script but these two, and loads nothing.
fn head(page: &mut Markup, headline: &verdict::Headline) {
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
    page.text(&digest(STYLE)).raw("'; script-src 'sha256-").text(&digest(SCRIPT));
    page.raw("'; base-uri 'none'; form-action 'none'\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw(
        "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n",
    );
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>").text(&headline.title);
    page.raw(" · skanner</title>\n<style>").raw(STYLE).raw("</style>\n</head>\n");
}

fn digest(text: &str) -> String {
    base64_simd::STANDARD.encode_to_string(Sha256::digest(text))
}

fn banner(page: &mut Markup, report: &ReportDocument, written: Day) {
    page.raw("<header class=\"top\"><div class=\"wrap\">\n<p class=\"brand\">");
    page.raw("<svg class=\"logo\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><circle cx=\"8\" cy=\"12\" r=\"4.5\"/>");
    page.raw(
        "<path d=\"M12.5 12H22v4M18 12v3\"/></svg>skanner <span>Report on exposed API keys</span></p>\n",
    );
    page.raw("<p class=\"written\">Written on <time datetime=\"").text(&written.to_string()).raw("\">");
    page.text(&written.to_string()).raw("</time></p>\n</div>\n");
    page.raw("<nav class=\"wrap\" aria-label=\"Sections\"><ul>\n");
    for (id, name, _) in SECTIONS {
        let is_there = match id {
            "scope" => true,
            "repositories" => repositories::applies(report),
            "timeline" => timeline::applies(report),
            "not-scanned" => left::applies(report),
            "suppressed" => suppressions::applies(report),
            _ => !report.findings.is_empty(),
        };
        if is_there {
            page.raw("<li><a href=\"#").text(id).raw("\">").text(name).raw("</a></li>\n");
        }
    }
    page.raw("</ul></nav>\n</header>\n");
}

fn section(page: &mut Markup, id: &'static str, write: impl FnOnce(&mut Markup)) {
    let title = SECTIONS.iter().find(|section| section.0 == id).map_or("", |section| section.2);
    page.raw("<section id=\"").raw(id).raw("\" aria-labelledby=\"").raw(id).raw("-title\">\n<h2 id=\"");
    page.raw(id).raw("-title\">").raw(title).raw("</h2>\n");
    write(page);
    page.raw("</section>\n");
}

fn footer(page: &mut Markup, report: &ReportDocument) {
    let tool = &report.run.tool;
    page.raw("<footer><div class=\"wrap\"><p>Made by ").text(&tool.name).raw(" ").text(&tool.version);
    page.raw(". Keys are masked on this page: it shows how each begins and ends, so that the owner can tell which one it is. It loads nothing from elsewhere.</p></div></footer>\n");
}
