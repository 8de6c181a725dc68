//! `skanner baseline`: creates, updates and checks a file of known findings.

use anyhow::{Context, Result, bail, ensure};

use super::{console::Console, options};
use crate::{
    baseline::{self, Baseline, BaselineChange, BaselineEntry, Completeness, NewOccurrence, attributes},
    cli::{BaselineCommand, BaselineScan},
    config::SettingSource,
    finding::{Report, Subject, SuppressionKind},
    git,
    path::current_directory,
    session::{
        BaselineComparison, BaselineLocation, ConfigStart, Coverage, ScanScope, Session, Verdict, WorkerPool,
        conclude_with, entry_in_words, feed_repository, load, refuse_links, root_of,
    },
    source::{Reading, Walk},
    threads::Pool,
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
    };
    let here = current_directory().context("the current directory no longer exists")?;
    let root = root_of(&here);
    let file = args.file.as_ref().map(|file| here.join(file));
    let report = &args.report;
    let options = options::of_report(report, console)?.enter(&root)?;
    // Whether a key still exists does not depend on what is reported.
    let session = load(options, ConfigStart::Path(&root), &console.redactor)?;
    let session = Session { looks_for_all: true, ..session };
    let settings = &session.settings;
    for list in [&settings.rules, &settings.exclude_rules] {
        ensure!(
            matches!(list.from, SettingSource::Default | SettingSource::File(_)),
            "{} cannot be used with `skanner baseline`: a baseline covers everything that scans report here",
            list.from
        );
    }
    if file.is_none() {
        refuse_links(settings, &console.redactor)?;
    }
    let location = BaselineLocation::default(root.clone(), &root);
    let location = match (&file, &settings.baseline.value) {
        (Some(file), _) => location.named(file, &SettingSource::Flag("FILE"), &root),
        (None, Some(file)) => location.named(file, &settings.baseline.from, &root),
        (None, None) => location,
    };
    if let Task::Create { force: false, .. } = task {
        refuse_to_replace(&location)?;
    }
    let feed = |pool: &WorkerPool<'_>| feed(args, &location, &session.pool(), pool);
    let (verdict, _, outcome) = conclude_with(&session, feed, |report, context| {
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
        tell(&outcome, task, &location, console);
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

/// Everything that the baseline is compared with.
fn feed(
    args: &BaselineScan,
    location: &BaselineLocation,
    threads: &Pool,
    pool: &WorkerPool<'_>,
) -> Result<Coverage> {
    let root = &location.root;
    if args.history {
        let Ok(repository) = git::discover(root) else {
            bail!("{} is not in a git repository, so there is no history to read", root.display())
        };
        let reading =
            Reading { pool: threads.clone(), allow_shallow: args.allow_shallow, cross_check: false };
        let mut coverage = feed_repository(&repository, args.no_ignore, reading, pool)?;
        coverage.subject = Some(Subject { what: "files, index and history".to_owned(), nothing: None });
        return Ok(coverage);
    }
    Walk {
        roots: vec![".".into()],
        respect_ignore: !args.no_ignore,
        force_exclude: false,
        may_be_empty: false,
        leaves_history: false,
        pool: threads.clone(),
    }
    .feed(&|| pool.worker());
    let here = vec![".".into()];
    Ok(Coverage { scope: ScanScope::Files(here.clone()), roots: here, ..Coverage::files(root.clone()) })
}

/// Compares the findings with the file, and updates it.
fn compare(task: Task, comparison: &BaselineComparison<'_>, report: &mut Report) -> Result<BaselineOutcome> {
    let location = comparison.location;
    let old = baseline::read(&location.file, &location.shown, location.follow);
    let old = match (task, old) {
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
    let history = match comparison.context.scope {
        ScanScope::History { is_whole, .. } => *is_whole && report.is_complete(),
        _ => false,
    };
    let completeness = Completeness { files: true, history };
    let add = match task {
        Task::Create { .. } => true,
        Task::Update { add } => add,
        Task::Check => {
            let is_fit = comparison.apply(report, &old, completeness, None);
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
    let change = BaselineChange::of(&cover, completeness, add);
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

/// Prints the changes to the file.
fn tell(change: &BaselineChange, task: Task, location: &BaselineLocation, console: &Console) {
    let shown = &location.shown;
    let name_all = |what: &str, entries: &[BaselineEntry]| {
        for entry in entries {
            console.note(&format!("{what}: {}", entry_in_words(entry)));
        }
    };
    name_all("removed", &change.removed);
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
            console.note(&format!("wrote {shown}: {count} {entries}. These keys are no longer reported; revoke them if they still work"))
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
