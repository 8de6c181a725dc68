//! A table of the repositories that a report is about.

use std::io::{self, Write};

use anstyle::AnsiColor;
use indicatif::HumanCount;
use unicode_width::UnicodeWidthStr;

use super::{
    layout::shorten,
    style::{RED, paint, severity_color},
};
use crate::{
    finding::AuditVerdict,
    hidden::escape_control,
    report::{
        document::{ReportDocument, RepositoryEntry},
        message::plural,
        view::View,
    },
};

/// How many are shown on a terminal.
const MOST: usize = 10;

/// Names are never made shorter than this, in columns.
const NARROWEST: usize = 20;

/// Writes the table, the most dangerous first: the number of keys by severity, and the verdict.
pub(super) fn write(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let all = report.by_repository();
    if all.is_empty() {
        return Ok(());
    }
    let severities: Vec<_> = report.by_severity().iter().filter(|(_, count)| *count > 0).collect();
    let shown = if view.width.is_some() && !view.full { all.len().min(MOST) } else { all.len() };
    let columns: usize = severities.iter().map(|(severity, _)| severity.to_string().len() + 2).sum();
    let longest = all[..shown].iter().map(|(one, _)| escape_control(&one.name).width()).max().unwrap_or(0);
    let room = view.width.map_or(usize::MAX, |width| {
        width.saturating_sub(columns + "  safe, with exceptions".len()).max(NARROWEST)
    });
    let width = longest.max("repository".len()).min(room);
    write!(out, "{:width$}", "repository")?;
    for (severity, _) in &severities {
        write!(out, "  {severity}")?;
    }
    writeln!(out, "  verdict")?;
    for (one, counts) in &all[..shown] {
        let name = shorten(escape_control(&one.name).chars(), width);
        write!(out, "{name}{}", " ".repeat(width.saturating_sub(name.width())))?;
        for (severity, _) in &severities {
            let (count, size) = (counts.get(*severity), severity.to_string().len());
            let number = if count == 0 { "-".to_owned() } else { HumanCount(count).to_string() };
            let number = format!("{number:>size$}");
            let color = severity_color(*severity);
            write!(out, "  {}", if count == 0 { number } else { paint(view, color, &number) })?;
        }
        let (color, verdict) = verdict(one);
        writeln!(out, "  {}", paint(view, color, verdict))?;
    }
    if let Some(more) = all.len().checked_sub(shown).filter(|more| *more > 0) {
        let with_keys = all[shown..].iter().filter(|(_, counts)| counts.sum() > 0).count() as u64;
        let keys =
            if with_keys == 0 { "none with a key".to_owned() } else { format!("{with_keys} with keys") };
        let hint = format!("{}, {keys}: --full shows all", plural(more as u64, "more repository"));
        writeln!(out, "{}", paint(view, AnsiColor::BrightBlue, &hint))?;
    }
    writeln!(out)
}

fn verdict(one: &RepositoryEntry) -> (AnsiColor, &'static str) {
    match &one.audit {
        None => (RED, "not read"),
        Some(audit) => match (audit.verdict, audit.keys) {
            (AuditVerdict::Safe, _) if one.qualified => (AnsiColor::BrightYellow, "safe, with exceptions"),
            (AuditVerdict::Safe, _) => (AnsiColor::BrightGreen, "safe"),
            (AuditVerdict::NothingNew, _) => (AnsiColor::BrightGreen, "nothing new"),
            (AuditVerdict::NotSafe, _) => (RED, "not safe"),
            (AuditVerdict::Incomplete, 0) => (RED, "incomplete"),
            (AuditVerdict::Incomplete, _) => (RED, "not safe, incomplete"),
        },
    }
}
