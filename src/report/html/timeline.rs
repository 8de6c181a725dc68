//! When each key came into the history, and when it left: one line for each, on one axis.

use std::cmp::Reverse;

use super::{
    markup::Markup,
    words::{class, issuer},
};
use crate::{
    cold::ColdSort,
    day::Day,
    finding::{Event, History},
    report::{
        document::{FindingEntry, ReportDocument},
        html::card,
        message::plural,
    },
};

/// How many keys are drawn. More lines are no picture any more.
const MOST: usize = 60;

/// How many dates are at the axis.
const TICKS: i64 = 6;

/// A key in the history.
struct KeyLine<'a> {
    /// The number of its card.
    number: usize,
    finding: &'a FindingEntry,
    history: &'a History,
    introduced: Day,
    removed: Option<Day>,
}

/// The days of the picture.
struct Axis {
    first: i64,
    last: i64,
}

/// Whether some key has a date.
pub(super) fn applies(report: &ReportDocument) -> bool {
    report.findings.iter().any(|finding| line(0, finding).is_some())
}

fn line(number: usize, finding: &FindingEntry) -> Option<KeyLine<'_>> {
    let history = finding.history.as_ref()?;
    let introduced = day(history.introduced.as_ref()?)?;
    let removed = history.removed.as_ref().filter(|_| !history.at_head).and_then(day);
    Some(KeyLine { number, finding, history, introduced, removed })
}

fn day(event: &Event) -> Option<Day> {
    Day::parse(event.day())
}

pub(super) fn write(page: &mut Markup, report: &ReportDocument, today: Day) {
    let findings = report.by_danger();
    let lines = findings.iter().enumerate().filter_map(|(at, finding)| line(at + 1, finding));
    let mut lines: Vec<_> = lines.collect();
    let count = lines.len();
    lines.truncate(MOST);
    lines.cold_sort_by_key(|line| (line.introduced, Reverse(line.finding.severity), line.number));
    let axis = Axis::of(&lines, today);
    page.raw("<p class=\"legend\"><span><svg width=\"12\" height=\"12\" aria-hidden=\"true\"><circle cx=\"6\" cy=\"6\" r=\"4\" class=\"ink\"/></svg>introduced</span> ");
    page.raw("<span><svg width=\"12\" height=\"12\" aria-hidden=\"true\"><circle cx=\"6\" cy=\"6\" r=\"3.5\" class=\"hollow\"/></svg>removed, still in the history</span> ");
    page.raw("<span><svg width=\"12\" height=\"12\" aria-hidden=\"true\"><path d=\"M2 1.5l8 4.5-8 4.5z\" class=\"ink\"/></svg>still at HEAD</span> ");
    page.raw("<span><svg width=\"16\" height=\"12\" aria-hidden=\"true\"><line x1=\"0\" x2=\"16\" y1=\"6\" y2=\"6\" class=\"open ink\"/></svg>only in a message, or on other refs</span></p>\n");
    page.raw("<div class=\"table\"><table class=\"timeline\">\n<caption>");
    page.text(&match count - lines.len() {
        0 => format!("History of {}, the oldest first", plural(count as u64, "key")),
        more => format!(
            "History of the {MOST} most dangerous keys, the oldest first; {} below",
            plural(more as u64, "more key")
        ),
    });
    page.raw("</caption>\n<thead><tr><th scope=\"col\">Key</th><th scope=\"col\"><span class=\"hidden\">Time</span>");
    axis.write(page);
    page.raw("</th><th scope=\"col\" class=\"dates\">Introduced</th><th scope=\"col\" class=\"dates\">Removed</th></tr></thead>\n<tbody>\n");
    for line in &lines {
        row(page, line, &axis);
    }
    page.raw("</tbody>\n</table></div>\n");
    let without = report.findings.len() - count;
    if without > 0 {
        page.raw("<p class=\"note\">").text(&plural(without as u64, "key"));
        page.raw(if without == 1 { " is" } else { " are" });
        page.raw(" not drawn: no commit that was read says when they came.</p>\n");
    }
}

fn row(page: &mut Markup, line: &KeyLine<'_>, axis: &Axis) {
    let class = class(line.finding.severity);
    page.raw("<tr><th scope=\"row\"><a href=\"#");
    card::anchor(page, line.number);
    page.raw("\"><span class=\"dot ").raw(class).raw("\"></span><code>").text(line.finding.masked());
    page.raw("</code></a><small>").text(issuer(&line.finding.issuer)).raw("</small></th><td>");
    let end = end(line);
    page.raw("<svg class=\"line ")
        .raw(class)
        .raw("\" width=\"100%\" height=\"26\" role=\"img\" aria-label=\"introduced ");
    page.text(&line.introduced.to_string()).raw(", ").text(&end.1).raw("\">");
    for (at, _, _) in axis.ticks() {
        page.raw("<line class=\"grid\" y1=\"0\" y2=\"26\" x1=\"")
            .percent(at)
            .raw("\" x2=\"")
            .percent(at)
            .raw("\"/>");
    }
    let from = axis.place(line.introduced);
    let to = line.removed.map_or(100.0, |day| axis.place(day)).max(from);
    page.raw("<line class=\"").raw(if end.0.is_some() { "span" } else { "span open" });
    page.raw("\" y1=\"13\" y2=\"13\" x1=\"").percent(from).raw("\" x2=\"").percent(to).raw("\"/>");
    page.raw("<circle class=\"ink\" cy=\"13\" r=\"4\" cx=\"").percent(from).raw("\"/>");
    if line.removed.is_some() {
        page.raw("<circle class=\"hollow\" cy=\"13\" r=\"3.5\" cx=\"").percent(to).raw("\"/>");
    } else if line.history.at_head {
        page.raw(
            "<svg x=\"100%\" overflow=\"visible\"><path class=\"ink\" d=\"M-10 7.5l10 5.5-10 5.5z\"/></svg>",
        );
    }
    page.raw("</svg></td><td class=\"dates\">").text(&line.introduced.to_string());
    page.raw("</td><td class=\"dates\">").text(end.0.as_deref().unwrap_or(&end.1)).raw("</td></tr>\n");
}

/// How the line ends: in the column, unless it just goes on, and in words.
fn end(line: &KeyLine<'_>) -> (Option<String>, String) {
    match line.removed {
        Some(day) => (Some(day.to_string()), format!("removed {day}")),
        None if line.history.at_head => (Some("still at HEAD".to_owned()), "still at HEAD".to_owned()),
        None if line.history.introduced.as_ref().is_some_and(|event| event.path.is_empty()) => {
            (None, "in a message".to_owned())
        }
        None => (None, "on other refs".to_owned()),
    }
}

impl Axis {
    /// From the first event to the day on which the page was written, or to a later event.
    fn of(lines: &[KeyLine<'_>], today: Day) -> Self {
        let days = || lines.iter().flat_map(|line| [Some(line.introduced), line.removed]).flatten();
        let first = days().min().unwrap_or(today).number();
        let last = days().chain([today]).max().unwrap_or(today).number();
        let margin = (last - first) / 50 + 1;
        Self { first: first - margin, last: last.max(first + 1) }
    }

    /// Where a day is, in percent of the width.
    fn place(&self, day: Day) -> f64 {
        self.percent(day.number())
    }

    fn percent(&self, number: i64) -> f64 {
        (number - self.first) as f64 * 100.0 / (self.last - self.first) as f64
    }

    /// The dates at the axis: where each is, its text, and whether it stands between two others.
    fn ticks(&self) -> Vec<(f64, String, bool)> {
        let span = self.last - self.first;
        let days =
            if span < TICKS * 31 { self.ticks_of_days(span / TICKS + 1) } else { self.ticks_of_months() };
        let ticks = days.into_iter().enumerate();
        ticks.map(|(at, (number, text))| (self.percent(number), text, at % 2 == 1)).collect()
    }

    fn ticks_of_days(&self, step: i64) -> Vec<(i64, String)> {
        let days = (1..=TICKS).map(|at| self.first + at * step).filter(|day| *day < self.last);
        days.map(|day| (day, Day::of_number(day).to_string())).collect()
    }

    fn ticks_of_months(&self) -> Vec<(i64, String)> {
        let months = (self.last - self.first) / 30;
        let steps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 12_000, 24_000];
        let step = steps.into_iter().find(|step| months / step <= TICKS).unwrap_or(24_000);
        let first = Day::of_number(self.first).to_string();
        let number = |from, to| first.get(from..to).and_then(|part| part.parse::<i64>().ok()).unwrap_or(1);
        let first = number(0, 4) * 12 + number(5, 7) - 1;
        let starts = (first / step..=(first + months + 2) / step).map(|at| at * step);
        let days = starts.filter_map(|month| {
            let (year, month) = (month / 12, month % 12 + 1);
            let day = Day::parse(&format!("{year:04}-{month:02}-01"))?.number();
            let text = if step >= 12 { format!("{year:04}") } else { format!("{year:04}-{month:02}") };
            Some((day, text)).filter(|_| day > self.first && day < self.last)
        });
        days.collect()
    }

    fn write(&self, page: &mut Markup) {
        page.raw("<svg class=\"axis\" width=\"100%\" height=\"18\" aria-hidden=\"true\">");
        for (at, text, is_between) in self.ticks() {
            page.raw("<text class=\"")
                .raw(if is_between { "between" } else { "main" })
                .raw("\" y=\"13\" x=\"");
            page.percent(at).raw(match at {
                ..6.0 => "\" text-anchor=\"start\">",
                94.0.. => "\" text-anchor=\"end\">",
                _ => "\" text-anchor=\"middle\">",
            });
            page.text(&text).raw("</text>");
        }
        page.raw("</svg>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_a_few_dates_in_order() {
        for (first, last) in [
            (0, 1),
            (19_000, 19_001),
            (19_000, 19_040),
            (19_000, 19_300),
            (19_000, 20_800),
            (0, 20_000),
            (-700_000, 2_900_000),
        ] {
            let axis = Axis { first, last };
            let ticks = axis.ticks();
            assert!(ticks.len() <= 8, "{first}..{last}: {ticks:?}");
            assert!(last - first < 3 || !ticks.is_empty(), "{first}..{last}");
            assert!(ticks.iter().all(|(at, ..)| (0.0..=100.0).contains(at)), "{ticks:?}");
            assert!(ticks.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1), "{ticks:?}");
        }
    }
}
