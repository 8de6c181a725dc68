//! What an import says: a table, what was not taken over, and what is left to do.

use std::{collections::BTreeMap, fmt::Write};

use unicode_width::UnicodeWidthStr;

use super::{
    lists::ForeignList,
    plan::{ImportPlan, ListOutcome},
};
use crate::{
    finding::{Finding, ForeignComment, foreign_comment},
    import::MatchedBy,
    report::plural,
};

/// The columns.
const HEADINGS: [&str; 6] = ["list", "entries", "baseline", "allowed", "before", "not taken over"];

/// The table, and everything that is not taken over. `mask` makes a text safe to show on one line.
pub(super) fn table(lists: &[ForeignList], plan: &ImportPlan, mask: &dyn Fn(&str) -> String) -> String {
    let mut rows: Vec<[String; 6]> = vec![HEADINGS.map(str::to_owned)];
    let mut by: BTreeMap<MatchedBy, usize> = BTreeMap::new();
    for (list, outcome) in lists.iter().zip(&plan.lists) {
        let ListOutcome { baseline, allowed, before, not_taken, .. } = outcome;
        let name = format!("{} ({})", list.shown, list.list.tool.name());
        let counts = [list.list.count(), *baseline, *allowed, *before, not_taken.len()];
        let [entries, baseline, allowed, before, not_taken] = counts.map(|count| count.to_string());
        rows.push([name, entries, baseline, allowed, before, not_taken]);
        outcome.by.iter().for_each(|(how, count)| *by.entry(*how).or_default() += count);
    }
    let mut text = String::new();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or_default();
    let widths: [usize; 6] = std::array::from_fn(width);
    for row in rows.iter().filter(|_| !lists.is_empty()) {
        let gap = |column: usize| " ".repeat(widths[column] - row[column].width());
        let _ = write!(text, "{}{}", row[0], gap(0));
        (1..row.len()).for_each(|column| {
            let _ = write!(text, "  {}{}", gap(column), row[column]);
        });
        text.push('\n');
    }
    if !by.is_empty() {
        let by: Vec<String> = by.iter().map(|(how, count)| format!("{count} by {}", how.name())).collect();
        let _ = writeln!(text, "\nRecognized: {}.", by.join(", "));
    }
    let not_taken = |(list, outcome): (&ForeignList, &ListOutcome)| {
        let lines = outcome.not_taken.iter();
        let lines =
            lines.map(|one| format!("  {}:{}: {}: {}\n", list.shown, one.line, mask(&one.what), one.why));
        lines.collect::<String>()
    };
    let not_taken: String = lists.iter().zip(&plan.lists).map(not_taken).collect();
    if !not_taken.is_empty() {
        let _ = write!(text, "\nNot taken over:\n{not_taken}");
    }
    text
}

/// How many keys are named that no list has.
const MOST_REMAINING: usize = 50;

/// Names keys that are in none of the lists, and the comments for other scanners beside them.
pub(super) fn remaining(findings: &[Finding]) -> String {
    let mut text = String::new();
    if findings.is_empty() {
        return text;
    }
    let (count, is) = (findings.len() as u64, if findings.len() == 1 { "is" } else { "are" });
    let _ = writeln!(
        text,
        "\n{} {is} in none of these lists, so scans report {}:",
        plural(count, "key"),
        it(count)
    );
    for finding in findings.iter().take(MOST_REMAINING) {
        let first = finding.occurrences.first();
        let place =
            first.map(|place| format!("{}:{}", place.full_path(), place.span.line)).unwrap_or_default();
        let _ = writeln!(text, "  {} in {place}", finding.rule.id);
    }
    if findings.len() > MOST_REMAINING {
        let _ = writeln!(text, "  … and {} more", findings.len() - MOST_REMAINING);
    }
    let comments = findings.iter().filter_map(|finding| {
        finding.occurrences.iter().find_map(|place| foreign_comment(&place.excerpt.text))
    });
    let mut words: BTreeMap<ForeignComment, u64> = BTreeMap::new();
    comments.for_each(|comment| *words.entry(comment).or_default() += 1);
    for (can_count, what) in [
        (true, "`trust-foreign-markers = true` in skanner.toml makes these comments count"),
        (false, "these comments do not count in any case; the one of skanner is `skanner:allow`"),
    ] {
        let of_kind: Vec<_> = words.iter().filter(|(comment, _)| comment.can_count == can_count).collect();
        let count: u64 = of_kind.iter().map(|(_, count)| **count).sum();
        if count > 0 {
            let words: Vec<_> = of_kind.iter().map(|(comment, _)| format!("`{}`", comment.word)).collect();
            let stands = if count == 1 { "stands" } else { "stand" };
            let _ = writeln!(
                text,
                "{} of them {stands} beside {}: {what}.",
                plural(count, "key"),
                words.join(" or ")
            );
        }
    }
    text
}

fn it(count: u64) -> &'static str {
    if count == 1 { "it" } else { "them" }
}
