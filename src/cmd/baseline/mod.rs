//! `skanner baseline`: creates, updates and checks a file of known findings.

mod decisions;
mod items;
mod questions;
mod review;
mod revoke;
mod source;

use anyhow::{Result, bail, ensure};

pub(super) use self::{
    decisions::{Decisions, about},
    revoke::lines as revocations,
    source::BaselineRun,
};
use super::{console::Console, options, tree};
use crate::{
    baseline::{self, Baseline, BaselineChange, BaselineEntry, Completeness, NewOccurrence, attributes},
    cli::BaselineCommand,
    day::Day,
    finding::{Finding, Report, SuppressionKind},
    git,
    session::{
        BaselineComparison, BaselineLocation, Session, Verdict, WorkerPool, conclude_with, entry_in_words,
    },
};

/// What to do with the baseline file.
#[derive(Clone, Copy)]
enum Task {
    Create { force: bool, gitattributes: bool },
    Update { add: bool },
    Check,
}

pub(super) fn run(command: &BaselineCommand, console: &Console) -> Result<Verdict> {
    let (task, args) = match command {
        BaselineCommand::Create { force, gitattributes, scan } => {
            (Task::Create { force: *force, gitattributes: *gitattributes }, scan)
        }
        BaselineCommand::Update { add, scan } => (Task::Update { add: *add }, scan),
        BaselineCommand::Check { scan } => (Task::Check, scan),
        BaselineCommand::Review(args) => return review::run(args, console),
    };
    let report = &args.report;
    let options = options::of_report(report, console)?;
    let BaselineRun { session, location } = BaselineRun::open(&args.source, options, &console.redactor)?;
    let settings = &session.settings;
    if let Task::Create { force: false, .. } = task {
        refuse_to_replace(&location)?;
    }
    let feed = |pool: &WorkerPool<'_>| tree::feed(&location.root, args.source.tree, &session, pool);
    let (verdict, found, outcome) = conclude_with(&session, feed, |report, context| {
        let comparison = BaselineComparison { context, location: &location, settings };
        compare(task, &comparison, report)
    })?;
    let outcome = match outcome {
        BaselineOutcome::Checked { is_fit: true } => return Ok(verdict),
        BaselineOutcome::Checked { is_fit: false } => {
            console.note(&format!(
                "`skanner baseline update` removes the entries of {} that nothing matches",
                location.shown
            ));
            let fails = verdict == Verdict::Clean && !report.write.exit_zero;
            return Ok(if fails { Verdict::Findings } else { verdict });
        }
        BaselineOutcome::NotWritten => {
            console
                .note(&format!("{} was not written, because not everything could be read", location.shown));
            return Ok(verdict);
        }
        BaselineOutcome::Written(change) => change,
    };
    if !report.quiet {
        if let Task::Create { .. } = task {
            let known = found.suppressed.iter().filter(|one| one.by.kind == SuppressionKind::Baseline);
            let lines = revoke::lines(known.map(|one| &one.finding));
            if !lines.is_empty() {
                console.note("revoke these keys first, if they still work; a baseline only hides them:");
                lines.iter().for_each(|line| console.note(line));
            }
        }
        tell(&outcome, task, &location, console);
        refused(&found, &session, &location, console);
    }
    if let Task::Create { gitattributes, .. } = task {
        configure_merges(&location, gitattributes, report.quiet, console)?;
    }
    Ok(verdict)
}

/// The result of the action.
enum BaselineOutcome {
    Checked { is_fit: bool },
    NotWritten,
    Written(BaselineChange),
}

fn refuse_to_replace(location: &BaselineLocation) -> Result<()> {
    let shown = &location.shown;
    let what = match baseline::read(&location.file, shown, location.follow) {
        Ok(None) => return Ok(()),
        Ok(Some(baseline)) => match baseline.entries().len() {
            1 => " with one entry".to_owned(),
            count => format!(" with {count} entries"),
        },
        Err(_) => String::new(),
    };
    bail!(
        "{shown} already exists{what}: `skanner baseline update` removes entries that nothing matches, `update --add` \
         adds what is new, and `create --force` overwrites it"
    )
}

/// Compares the findings with the file, and updates it.
fn compare(task: Task, comparison: &BaselineComparison<'_>, report: &mut Report) -> Result<BaselineOutcome> {
    let location = comparison.location;
    let old = baseline::read(&location.file, &location.shown, location.follow);
    let mut old = match (task, old) {
        (Task::Create { .. }, Ok(old)) => old.unwrap_or_default(),
        // A file that will be replaced need not be valid, but it must be a file.
        (Task::Create { .. }, Err(_))
            if location.file.symlink_metadata().is_ok_and(|data| data.is_file()) =>
        {
            Baseline::default()
        }
        (_, Ok(Some(old))) => old,
        (_, Ok(None)) => {
            bail!("there is no baseline {}; `skanner baseline create` creates one", location.shown)
        }
        (_, Err(error)) => return Err(error),
    };
    let expired = old.take_expired(Day::today());
    let completeness = source::completeness(comparison, report);
    let add = match task {
        Task::Create { .. } => true,
        Task::Update { add } => add,
        Task::Check => {
            let is_fit = comparison.apply(report, &old, completeness, None) && expired.is_empty();
            comparison.name_expired(report, &expired, None);
            return Ok(BaselineOutcome::Checked { is_fit });
        }
    };
    if !report.is_complete() {
        comparison.apply(report, &old, Completeness::default(), None);
        return Ok(BaselineOutcome::NotWritten);
    }
    let findings = report.findings.clone();
    let mut cover = comparison.run(report, &old);
    comparison.unused(&mut cover, &report.suppressed, completeness, None);
    let change = BaselineChange { expired, ..BaselineChange::of(&cover, completeness, add) };
    if !change.is_none() || !location.file.exists() {
        baseline::write(&location.file, &change.baseline)?;
    }
    // Report what a scan would report from now on.
    let text = change.baseline.to_string();
    let new = Baseline::parse(text.as_bytes(), &location.shown)?;
    report.findings = findings;
    report.suppressed.retain(|one| one.by.kind != SuppressionKind::Baseline);
    comparison.run(report, &new);
    Ok(BaselineOutcome::Written(change))
}

/// Says that the policy does not let some of the entries count.
fn refused(found: &Report, session: &Session, location: &BaselineLocation, console: &Console) {
    let is_refused = |finding: &&Finding| {
        let by = finding.allowed_by.as_ref().filter(|_| finding.refused.is_some());
        by.is_some_and(|by| by.kind == SuppressionKind::Baseline)
    };
    let count = found.findings.iter().filter(is_refused).count() as u64;
    if let Some(policy) = session.settings.policy.as_ref().filter(|_| count > 0) {
        console.note(&format!(
            "{} keys in {} are still reported, because {} refuses their entries: the report says why",
            count,
            location.shown,
            policy.shown()
        ));
    }
}

/// Prints the changes to the file.
fn tell(change: &BaselineChange, task: Task, location: &BaselineLocation, console: &Console) {
    let shown = &location.shown;
    let name_all = |what: &str, entries: &[BaselineEntry]| {
        for entry in entries {
            console.note(&format!("{what}: {}", entry_in_words(entry)));
        }
    };
    name_all("removed", &change.removed);
    name_all("removed, since its last day is over", &change.expired);
    for moved in &change.moved {
        console.note(&format!("renamed: {} is now in {}", entry_in_words(&moved.entry), moved.to));
    }
    name_all("now only in the history", &change.only_in_history);
    if matches!(task, Task::Update { .. }) {
        name_all("added", &change.added);
    }
    let count = change.baseline.entries().len();
    let entries = if count == 1 { "entry" } else { "entries" };
    let left = change.left.len();
    match task {
        Task::Create { .. } => {
            console.note(&format!("wrote {shown}: {count} {entries}. These keys are no longer reported"));
        }
        _ if change.is_none() => console.note(&format!("{shown} is unchanged: {count} {entries}")),
        _ => console.note(&format!("{shown} now has {count} {entries}")),
    }
    if left > 0 {
        let places: Vec<String> = change.left.iter().take(3).map(in_short).collect();
        let more = if left > 3 { ", …" } else { "" };
        console.note(&format!("new keys, not added: {}{more}; --add adds them", places.join(", ")));
    }
}

fn in_short(found: &NewOccurrence) -> String {
    let NewOccurrence { fingerprint, rule, place } = found.clone();
    entry_in_words(&BaselineEntry { fingerprint, rule, place, line: 0, notes: Vec::new() })
}

/// Explains how to merge branches with different baselines without conflicts, or sets it up.
fn configure_merges(location: &BaselineLocation, add: bool, quiet: bool, console: &Console) -> Result<()> {
    let root = &location.root;
    let inner = location.file.strip_prefix(root).ok();
    let repository = git::discover(root).ok().filter(|repository| !repository.is_bare());
    let (Some(inner), Some(repository)) = (inner, repository) else {
        ensure!(!add, "{} is not in a git work tree, so .gitattributes would have no effect", location.shown);
        return Ok(());
    };
    if attributes::is_union(&repository, inner) {
        return Ok(());
    }
    let line = attributes::line(inner);
    if add {
        attributes::add(root, &line)?;
        console.note(&format!("added to .gitattributes: {line}"));
    } else if !quiet {
        console.note(&format!(
            "with the line `{line}` in .gitattributes, git merges the baselines of two branches without conflicts; \
             --gitattributes adds it"
        ));
    }
    Ok(())
}
