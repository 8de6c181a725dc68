//! `skanner baseline`, and what scans make of one.

mod apply;
mod location;
mod present;

use std::io::{self, Write};

use anstream::AutoStream;
use anyhow::{Context, Result, bail, ensure};

use self::{apply::Comparison, location::Location};
use super::{
    Verdict, audit,
    scan::{self, Read, conclude_with, threads},
    settings::{self, Call, Start},
    worker::Workshop,
};
use crate::{
    baseline::{self, Baseline, Change, Entry, Found, Judged, attributes},
    cli::{BaselineCommand, BaselineScan},
    config::Source,
    finding::{Report, Subject},
    git,
    report::visible,
    source::Walk,
    threads::Pool,
};

pub(super) use apply::apply;
pub(super) use present::Sight;

/// What to do with the file.
#[derive(Clone, Copy)]
enum Task {
    Create { force: bool, gitattributes: bool },
    Update { add: bool },
    Check,
}

pub(super) fn run(command: &BaselineCommand, color: bool) -> Result<Verdict> {
    let (task, args) = match command {
        BaselineCommand::Create { force, gitattributes, scan } => {
            (Task::Create { force: *force, gitattributes: *gitattributes }, scan)
        }
        BaselineCommand::Update { add, scan } => (Task::Update { add: *add }, scan),
        BaselineCommand::Check { scan } => (Task::Check, scan),
    };
    let here = std::env::current_dir().context("the current folder is gone")?;
    let root = location::root(&here);
    let file = args.file.as_ref().map(|file| here.join(file));
    let report = scan::enter(&root, &args.report)?;
    // Whether a key is still there does not depend on what is reported.
    let call = Call { looks_for_all: true, ..settings::load(&report, Start::Path(&root))? };
    let settings = &call.settings;
    for list in [&settings.rules, &settings.exclude_rules] {
        ensure!(
            matches!(list.from, Source::Default | Source::File(_)),
            "{} does not go with `skanner baseline`: a baseline is for all that scans report here",
            list.from
        );
    }
    if file.is_none() {
        location::refuse_links(settings)?;
    }
    let location = Location::default(root.clone(), &root);
    let location = match (&file, &settings.baseline.value) {
        (Some(file), _) => location.named(file, &Source::Flag("FILE"), &root),
        (None, Some(file)) => location.named(file, &settings.baseline.from, &root),
        (None, None) => location,
    };
    if let Task::Create { force: false, .. } = task {
        refuse_to_replace(&location)?;
    }
    let feed = |workshop: &Workshop<'_>| feed(args, &location, &threads(&call.args), workshop);
    let (verdict, outcome) = conclude_with(&call, color, feed, |report, seen| {
        let comparison = Comparison { seen, location: &location, settings };
        compare(task, &comparison, report)
    })?;
    let outcome = match outcome {
        Outcome::Checked { is_fit: true } => return Ok(verdict),
        Outcome::Checked { is_fit: false } => {
            note(&format!(
                "`skanner baseline update` takes the entries out of {} that nothing matches",
                location.shown
            ));
            let fails = verdict == Verdict::Clean && !report.exit_zero;
            return Ok(if fails { Verdict::Findings } else { verdict });
        }
        Outcome::NotWritten => {
            note(&format!("{} was not written, since not everything could be read", location.shown));
            return Ok(verdict);
        }
        Outcome::Written(change) => change,
    };
    if !report.quiet {
        tell(&outcome, task, &location);
    }
    if let Task::Create { gitattributes, .. } = task {
        see_to_merges(&location, gitattributes, report.quiet)?;
    }
    Ok(verdict)
}

/// What came of it.
enum Outcome {
    Checked { is_fit: bool },
    NotWritten,
    Written(Change),
}

fn refuse_to_replace(location: &Location) -> Result<()> {
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
        "{shown} is there already{what}: `skanner baseline update` removes entries that nothing matches, `update --add` \
         takes in what is new, and `create --force` writes it anew"
    )
}

/// All that the baseline is compared with.
fn feed(args: &BaselineScan, location: &Location, pool: &Pool, workshop: &Workshop<'_>) -> Result<Read> {
    let root = &location.root;
    if args.history {
        let Ok(repository) = git::discover(root) else {
            bail!("{} is in no git repository, so there is no history to read", root.display())
        };
        let mut read = audit::feed(&repository, args.no_ignore, args.allow_shallow, pool, workshop)?;
        read.subject = Some(Subject { what: "files, index and history".to_owned(), nothing: None });
        return Ok(read);
    }
    Walk {
        roots: vec![".".into()],
        respect_ignore: !args.no_ignore,
        force_exclude: false,
        may_be_empty: false,
        pool: pool.clone(),
    }
    .feed(&|| workshop.worker());
    let here = vec![".".into()];
    Ok(Read { sight: Sight::Files(here.clone()), folders: here, ..Read::files(root.clone()) })
}

/// Compares what was found with the file, and changes it.
fn compare(task: Task, comparison: &Comparison<'_>, report: &mut Report) -> Result<Outcome> {
    let location = comparison.location;
    let old = baseline::read(&location.file, &location.shown, location.follow);
    let old = match (task, old) {
        (Task::Create { .. }, Ok(old)) => old.unwrap_or_default(),
        // What is replaced need not be sound; but it must be a file.
        (Task::Create { .. }, Err(_))
            if location.file.symlink_metadata().is_ok_and(|data| data.is_file()) =>
        {
            Baseline::default()
        }
        (_, Ok(Some(old))) => old,
        (_, Ok(None)) => {
            bail!("there is no baseline {}; `skanner baseline create` makes one", location.shown)
        }
        (_, Err(error)) => return Err(error),
    };
    let history = match comparison.seen.sight {
        Sight::History { is_whole, .. } => *is_whole && report.is_complete(),
        _ => false,
    };
    let judged = Judged { files: true, history };
    let add = match task {
        Task::Create { .. } => true,
        Task::Update { add } => add,
        Task::Check => {
            let is_fit = comparison.apply(report, &old, judged, None);
            return Ok(Outcome::Checked { is_fit });
        }
    };
    if !report.is_complete() {
        comparison.apply(report, &old, Judged::default(), None);
        return Ok(Outcome::NotWritten);
    }
    let findings = report.findings.clone();
    let mut cover = comparison.run(report, &old);
    comparison.unused(&mut cover, &report.suppressed, judged, None);
    let change = Change::of(&cover, judged, add);
    if !change.is_none() || !location.file.exists() {
        baseline::write(&location.file, &change.baseline)?;
    }
    // What is reported is what a scan would report from now on.
    let text = change.baseline.to_string();
    let new = Baseline::parse(text.as_bytes(), &location.shown)?;
    report.findings = findings;
    report.suppressed.retain(|one| one.by.kind != crate::finding::Kind::Baseline);
    comparison.run(report, &new);
    Ok(Outcome::Written(change))
}

/// Says what is different in the file.
fn tell(change: &Change, task: Task, location: &Location) {
    let shown = &location.shown;
    let name_all = |what: &str, entries: &[Entry]| {
        for entry in entries {
            note(&format!("{what}: {}", apply::in_words(entry)));
        }
    };
    name_all("removed", &change.removed);
    for moved in &change.moved {
        note(&format!("renamed: {} is in {} now", apply::in_words(&moved.entry), moved.to));
    }
    name_all("only in the history now", &change.only_in_history);
    if matches!(task, Task::Update { .. }) {
        name_all("added", &change.added);
    }
    let count = change.baseline.entries().len();
    let entries = if count == 1 { "entry" } else { "entries" };
    let left = change.left.len();
    match task {
        Task::Create { .. } => {
            note(&format!("{shown} has {count} {entries} now: keys that are not reported again"))
        }
        _ if change.is_none() => note(&format!("{shown} stays as it is, with {count} {entries}")),
        _ => note(&format!("{shown} has {count} {entries} now")),
    }
    if left > 0 {
        let places: Vec<String> = change.left.iter().take(3).map(in_short).collect();
        let more = if left > 3 { ", …" } else { "" };
        note(&format!("not added, since they are new: {}{more}; --add takes them in", places.join(", ")));
    }
}

fn in_short(found: &Found) -> String {
    let Found { fingerprint, rule, place } = found.clone();
    apply::in_words(&Entry { fingerprint, rule, place, line: 0, notes: Vec::new() })
}

/// Tells how branches with different baselines are merged without conflicts, or sees to it.
fn see_to_merges(location: &Location, add: bool, quiet: bool) -> Result<()> {
    let root = &location.root;
    let inner = location.file.strip_prefix(root).ok();
    let repository = git::discover(root).ok().filter(|repository| !repository.is_bare());
    let (Some(inner), Some(repository)) = (inner, repository) else {
        ensure!(!add, "{} lies in no work tree of git, so .gitattributes has no use", location.shown);
        return Ok(());
    };
    if attributes::is_union(&repository, inner) {
        return Ok(());
    }
    let line = attributes::line(inner);
    if add {
        attributes::add(root, &line)?;
        note(&format!("added to .gitattributes: {line}"));
    } else if !quiet {
        note(&format!(
            "with the line `{line}` in .gitattributes, git merges the baselines of two branches without conflicts; \
             --gitattributes adds it"
        ));
    }
    Ok(())
}

/// Says one thing in a line, to whoever reads it. Names come from strangers.
fn note(text: &str) {
    let text = settings::safe(text);
    // Without a reader nothing is lost but words.
    let _ = writeln!(AutoStream::auto(io::stderr()), "skanner: {}", visible(&text));
}
