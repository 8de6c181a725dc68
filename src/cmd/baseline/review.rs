//! `skanner baseline review`: asks about each new key and each entry of the baseline.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::{
    decisions::Decisions,
    items::{Item, compare, items},
    questions::{Answer, Questions},
    revoke,
    source::BaselineRun,
};
use crate::{
    baseline::{BaselineEntry, NewOccurrence},
    cli::ReviewArgs,
    cmd::{
        console::{self, Console},
        options, tree,
    },
    day::Day,
    finding::{Finding, Report},
    hidden::escape_control,
    report::{ReportDocument, View, plural},
    session::{BaselineComparison, Options, Verdict, WorkerPool, entry_in_words, gather_with, verdict},
};

/// What the answers mean for a new key.
const HELP_FOR_NEW: &str = "\
f  It is a false positive, or not secret: allow it everywhere, in the configuration. Asks for the reason.
d  It is known debt: list it in the baseline, so that scans no longer report it. Asks until when.
r  Show what to do about it, and ask again.
s  Skip it (or an empty line): scans report it as before.
q  Stop (or Ctrl-D). What was decided so far has been written.
";

/// The same for an entry of the baseline.
const HELP_FOR_KNOWN: &str = "\
k  Keep the entry (or an empty line).
x  Remove the entry: scans report the key again if it is still there.
f  It is a false positive, or not secret: allow it everywhere, in the configuration. Asks for the reason.
r  Show what to do about it, and ask again.
q  Stop (or Ctrl-D). What was decided so far has been written.
";

/// Whether to go on after an item.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Item,
    Stop,
}

pub(super) fn run(args: &ReviewArgs, console: &Console) -> Result<Verdict> {
    let questions = Questions::new(console)?;
    let run = BaselineRun::open(&args.source, options(args)?, &console.redactor)?;
    let (session, location) = (&run.session, &run.location);
    ensure!(
        !session.settings.isolated.value,
        "{} cannot be used with `skanner baseline review`, which adds to the configuration",
        session.settings.isolated.from
    );
    let feed = |pool: &WorkerPool<'_>| tree::feed(&location.root, args.source.tree, session, pool);
    let (report, comparison) = gather_with(session, feed, |report, context| {
        compare(&BaselineComparison { context, location, settings: &session.settings }, report)
    })?;
    let report = Report { show_suppressed: true, ..report };
    let document = ReportDocument::new(&report);
    let view = View {
        color: console.color,
        width: console::width(),
        links_from: console.links_from(),
        ..View::default()
    };
    for input in &report.not_scanned {
        let text = format!("not scanned: {}: {}\n", escape_control(&input.what), escape_control(&input.why));
        console.print(&text)?;
    }
    if !report.is_complete() {
        console.print("Not everything could be read, so no entry is removed.\n\n")?;
    }
    let (items, unseen) = items(&report, &document, &comparison, &view);
    let mut review = Review {
        questions,
        console,
        decisions: Decisions::new(&run, console, report.is_complete()),
        found: &comparison.found,
        is_complete: report.is_complete(),
        shown: &location.shown,
        allowed: BTreeSet::new(),
        debt: Vec::new(),
        skipped: 0,
        left: 0,
    };
    let mut asked = 0;
    for (number, item) in items.iter().enumerate() {
        asked = number + 1;
        if review.ask(item, &format!("{asked} of {}", items.len()))? == Next::Stop {
            asked = number;
            break;
        }
    }
    review.left += items[asked..].iter().filter(|item| item.entry.is_none()).count();
    review.debt.extend(items[asked..].iter().filter(|item| item.entry.is_some()).filter_map(Item::finding));
    review.sum_up(items.len() - asked, unseen)?;
    Ok(verdict(report.is_complete(), review.left > 0))
}

fn options(args: &ReviewArgs) -> Result<Options> {
    Ok(Options {
        trust_foreign_markers: args.trust_foreign_markers,
        progress: console::wants_progress(),
        ..options::of_settings(&args.settings)?
    })
}

/// A review under way.
struct Review<'a> {
    questions: Questions<'a>,
    console: &'a Console,
    decisions: Decisions<'a>,
    found: &'a [NewOccurrence],
    is_complete: bool,
    /// The baseline, as it may be shown.
    shown: &'a str,
    /// The fingerprints of false positives.
    allowed: BTreeSet<String>,
    /// Keys that the baseline lists.
    debt: Vec<&'a Finding>,
    skipped: usize,
    /// Keys that scans report.
    left: usize,
}

impl<'a> Review<'a> {
    /// Shows an item and asks until there is a decision.
    fn ask(&mut self, item: &Item<'a>, number: &str) -> Result<Next> {
        if self.allowed.contains(&item.fingerprint()) {
            return Ok(Next::Item);
        }
        self.show(item)?;
        let (answers, help) = match item.entry {
            None => ("f false positive, d known debt, r what to do, s skip, q stop, ? help", HELP_FOR_NEW),
            Some(_) => ("k keep, x remove, f false positive, r what to do, q stop, ? help", HELP_FOR_KNOWN),
        };
        loop {
            let answer = match self.questions.ask(&format!("{number}: {answers}: "))? {
                Answer::Given(answer) => answer.to_lowercase(),
                Answer::None if item.entry.is_some() => "k".to_owned(),
                Answer::None => "s".to_owned(),
                Answer::End => return Ok(Next::Stop),
            };
            let decided = match (&*answer, item.entry) {
                ("q", _) => return Ok(Next::Stop),
                ("s", _) | ("k", Some(_)) => {
                    self.keep(item);
                    Ok(Some(Next::Item))
                }
                ("f", _) => self.allow(item),
                ("d", None) => self.accept(item),
                ("x", Some(entry)) => self.remove(item, entry),
                ("r", _) => self.show_remedy(item).map(|()| None),
                _ => self.console.print_own(help).map(|_| None),
            };
            match decided {
                Ok(None) => {}
                Ok(Some(next)) => {
                    self.console.print_own("\n")?;
                    return Ok(next);
                }
                // There may be another answer that can be carried out.
                Err(error) => self.console.error(&error),
            }
        }
    }

    fn show(&self, item: &Item<'_>) -> Result<()> {
        let mut text = Vec::new();
        match (&item.key, item.entry) {
            (Some((_, key)), _) => key.write(&mut text)?,
            (None, Some(entry)) => {
                let what = match entry.until() {
                    Some(last) if last < Day::today() => format!("counted until {last}"),
                    _ => "matches nothing".to_owned(),
                };
                let what = format!("The entry for {} {what}.\n", entry_in_words(entry));
                text.extend_from_slice(self.console.redactor.text(what.as_bytes()).as_bytes());
            }
            (None, None) => {}
        }
        self.console.print_own(&String::from_utf8_lossy(&text)).map(drop)
    }

    fn show_remedy(&self, item: &Item<'_>) -> Result<()> {
        let mut text = Vec::new();
        match &item.key {
            Some((_, key)) => key.write_remedy(&mut text)?,
            None => text.extend_from_slice(
                b"The key was not found, so there is nothing to do but to remove the entry.\n",
            ),
        }
        self.console.print_own(&String::from_utf8_lossy(&text)).map(drop)
    }

    fn keep(&mut self, item: &Item<'a>) {
        match item.entry {
            Some(_) => self.debt.extend(item.finding()),
            None => {
                self.skipped += 1;
                self.left += 1;
            }
        }
    }

    fn allow(&mut self, item: &Item<'a>) -> Result<Option<Next>> {
        let Some(finding) = item.finding() else {
            self.console
                .print_own("The key was not found, so there is nothing to allow: x removes the entry.\n")?;
            return Ok(None);
        };
        let reason = match self.questions.ask("Why is it not a key, or not a secret one? ")? {
            Answer::Given(reason) => reason,
            Answer::None => {
                self.console.print_own("Nothing was written: an entry without a reason helps nobody.\n")?;
                return Ok(None);
            }
            Answer::End => return Ok(Some(Next::Stop)),
        };
        self.decisions.allow(finding, &reason)?;
        self.debt.retain(|one| one.fingerprint != finding.fingerprint);
        self.allowed.insert(finding.fingerprint.clone());
        self.console.print(&format!("Allowed in {}.\n", self.decisions.configuration_name()))?;
        Ok(Some(Next::Item))
    }

    fn accept(&mut self, item: &Item<'a>) -> Result<Option<Next>> {
        let fingerprint = item.fingerprint();
        let found: Vec<&NewOccurrence> =
            self.found.iter().filter(|one| one.fingerprint.to_string() == fingerprint).collect();
        if found.is_empty() {
            self.console.print_own("It stands in no file, so no entry can list it.\n")?;
            return Ok(None);
        }
        let until = match self.questions.ask_day("Until which day, as in 2027-03-01? (empty: no end) ")? {
            Answer::Given(day) => Some(day),
            Answer::None => None,
            Answer::End => return Ok(Some(Next::Stop)),
        };
        self.decisions.accept(&found, until)?;
        self.debt.extend(item.finding());
        let until = until.map_or_else(String::new, |last| format!(" until {last}"));
        self.console.print(&format!("Listed in {}{until}.\n", self.shown))?;
        Ok(Some(Next::Item))
    }

    fn remove(&mut self, item: &Item<'a>, entry: &BaselineEntry) -> Result<Option<Next>> {
        if !self.is_complete {
            self.console.print_own("Not everything could be read, so the entry stays.\n")?;
            return Ok(None);
        }
        self.decisions.forget(entry)?;
        self.left += usize::from(item.key.is_some());
        self.console.print(&format!("Removed from {}.\n", self.shown))?;
        Ok(Some(Next::Item))
    }

    /// Says what was decided, and what is still to do.
    fn sum_up(&self, unasked: usize, unseen: usize) -> Result<()> {
        let count = self.decisions.count()?;
        let entries = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
        let Decisions { added, removed, .. } = &self.decisions;
        let mut text = format!(
            "{} allowed in {}, {entries} in {} ({added} added, {removed} removed), {} skipped",
            plural(self.allowed.len() as u64, "false positive"),
            self.decisions.configuration_name(),
            self.shown,
            self.skipped,
        );
        if unasked > 0 {
            text.push_str(&format!("; stopped before {unasked} more"));
        }
        if unseen > 0 {
            text.push_str(&format!("; not asked about {unseen}, which this run cannot judge"));
        }
        text.push('\n');
        let lines = revoke::lines(self.debt.iter().copied());
        if !lines.is_empty() {
            text.push_str("A baseline only hides keys. Revoke them, if they still work:\n");
            lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
        }
        self.console.print(&text).map(drop)
    }
}
